/** The console with a queue that drops what it takes: the local one is in memory, and would be measured with it. */
import app from "../../workers/console/index.ts";

const CAPTURE = {
  async sendBatch(messages: Iterable<unknown>) {
    for (const _message of messages);
  },
} as unknown as Queue;

export default {
  fetch: (request, env, ctx) => app.fetch(request, { ...env, CAPTURE }, ctx),
} satisfies ExportedHandler<ConsoleEnv>;

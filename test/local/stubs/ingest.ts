/** An ingest that notes what it gets in R2, for test/local alone. */
import { textsOf } from "./gateway.ts";

interface Env {
  STORE: R2Bucket;
}

export default {
  async queue(batch, env): Promise<void> {
    for (const message of batch.messages) {
      const text = String(message.body);
      if (text === "never" && batch.queue === "winnow-capture") message.retry();
      else await env.STORE.put(`${batch.queue}/${text}`, String(message.attempts));
    }
  },

  async scheduled({ cron, scheduledTime }, env): Promise<void> {
    if (cron === "fail") throw new Error("as was asked for");
    await env.STORE.put("cron", JSON.stringify({ cron, scheduledTime, variables: textsOf(env) }));
  },
} satisfies ExportedHandler<Env>;

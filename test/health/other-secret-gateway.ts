/** The gateway, as if it had been deployed with another secret. */
import gateway from "../../workers/gateway/index.ts";
import type { Env } from "../../workers/gateway/isolate.ts";

export default {
  fetch: (request, env, ctx) =>
    gateway.fetch(request, { ...env, WINNOW_SECRET: "another secret".padEnd(40, "-") }, ctx),
} satisfies ExportedHandler<Env>;

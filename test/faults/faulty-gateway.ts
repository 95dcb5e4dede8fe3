/**
 * The gateway with broken surroundings: the header x-fault of a call names what fails for it. `queue` and `store` refuse
 * everything, `queue-once` the first message only, `database` every statement.
 */
import gateway from "../../workers/gateway/index.ts";
import type { Env } from "../../workers/gateway/isolate.ts";

export default {
  fetch(request, env, ctx): Promise<Response> {
    const faults = new Set(request.headers.get("x-fault")?.split(","));
    return gateway.fetch(request, broken(env, faults), ctx);
  },
} satisfies ExportedHandler<Env>;

function broken(env: Env, faults: ReadonlySet<string>): Env {
  let refused = 0;
  const refuse = () => Promise.reject(new Error("broken by the test"));
  const send: Queue["send"] = (body, options) => {
    if (faults.has("queue") || (faults.has("queue-once") && refused++ === 0)) return refuse();
    return env.CAPTURE.send(body, options);
  };
  const prepare = () => {
    throw new Error("broken by the test");
  };
  return {
    ...env,
    CAPTURE: { send } as Queue,
    ...(faults.has("store") && { STORE: { put: refuse } as unknown as R2Bucket }),
    ...(faults.has("database") && { DB: { prepare, batch: refuse } as unknown as D1Database }),
  };
}

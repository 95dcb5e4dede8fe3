/** The real gateway, whose queue, bucket and database fail as the header `x-fault-plan` of a call says. */
import gateway from "../../workers/gateway/index.ts";
import type { Env } from "../../workers/gateway/isolate.ts";
import { type FaultPlan, Faults } from "./faulty.ts";

let calls = 0;

export default {
  fetch(request, env, ctx): Response | Promise<Response> {
    const planned = request.headers.get("x-fault-plan");
    if (planned === null) return gateway.fetch(request, env, ctx);
    const faults = new Faults({ ...(JSON.parse(planned) as FaultPlan), ended: 0 }, ++calls);
    const { CAPTURE, STORE, DB } = env;
    const faulty = { CAPTURE: faults.queue(CAPTURE), STORE: faults.bucket(STORE), DB: faults.database(DB) };
    return gateway.fetch(request, { ...env, ...faulty }, ctx);
  },
} satisfies ExportedHandler<Env>;

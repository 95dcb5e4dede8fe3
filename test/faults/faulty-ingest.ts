/** The real ingest, whose bucket and database fail as the object `test/fault-plan` says, and which may be ended in a batch's middle. */
import ingest from "../../workers/ingest/index.ts";
import { type FaultPlan, Faults, NO_FAULTS, PLAN_KEY } from "./faulty.ts";

let batches = 0;

export default {
  async queue(batch, env, ctx): Promise<void> {
    const faults = new Faults(await planIn(env), ++batches);
    faults.endIfPlanned();
    await ingest.queue(batch, around(env, faults), ctx);
    faults.endIfPlanned();
  },
  async scheduled(controller, env): Promise<void> {
    const faults = new Faults(await planIn(env), ++batches);
    await ingest.scheduled(controller, around(env, faults));
  },
} satisfies ExportedHandler<IngestEnv>;

async function planIn(env: IngestEnv): Promise<FaultPlan> {
  return { ...((await (await env.STORE.get(PLAN_KEY))?.json<FaultPlan>()) ?? NO_FAULTS), stalled: 0 };
}

function around(env: IngestEnv, faults: Faults): IngestEnv {
  return { ...env, STORE: faults.bucket(env.STORE), DB: faults.database(env.DB) };
}

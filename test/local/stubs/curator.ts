/** A curator whose night notes its steps in R2, for test/local alone. */
import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { textsOf } from "./gateway.ts";

interface Env {
  DB: D1Database;
  STORE: R2Bucket;
}

const OPEN_RUN =
  "insert or ignore into runs (id, status, started_by, from_ms, to_ms, created_at_ms) values (?1, 'running', 'api', 0, 0, 0)";

export class Night extends WorkflowEntrypoint<Env, { pauseMs: number }> {
  override async run(event: Readonly<WorkflowEvent<{ pauseMs: number }>>, step: WorkflowStep): Promise<object> {
    const variables = textsOf(this.env);
    await step.do("first", async () => {
      const before = await this.env.STORE.get("first");
      await this.env.DB.prepare(OPEN_RUN).bind(event.instanceId).run();
      await this.env.STORE.put("first", `${(await before?.text()) ?? ""}x`);
    });
    await step.sleep("pause", event.payload.pauseMs);
    await step.do("second", async () => void (await this.env.STORE.put("second", "done")));
    return variables;
  }
}

export default {
  async scheduled(): Promise<void> {},
} satisfies ExportedHandler<Env>;

/** Its config names it. */
export class Deliver extends WorkflowEntrypoint {
  override async run(): Promise<void> {}
}

/**
 * curator: the nightly work. The cron and POST /v1/runs (through the console) start the same Workflow.
 */
import { DEFAULT_MATURATION_HOURS, type RunParams } from "../../shared/core/run.ts";

export { Deliver } from "./deliver.ts";
export { Night } from "./night.ts";

export default {
  async scheduled(controller, env): Promise<void> {
    const params: RunParams = {
      startedBy: "cron",
      app: null,
      task: null,
      fromMs: null,
      toMs: null,
      maturationHours: DEFAULT_MATURATION_HOURS,
      seed: null,
      settings: {},
    };
    const id = nightId(controller.scheduledTime);
    try {
      await env.NIGHT.create({ id, params });
    } catch (error) {
      // A cron that fires twice finds its Workflow there: that night is under way or done.
      if (!(await exists(env, id))) throw error;
    }
  },
} satisfies ExportedHandler<CuratorEnv>;

/** One a minute of the schedule: `night-2026-11-23-0317`. */
function nightId(scheduledTimeMs: number): string {
  const [day = "", time = ""] = new Date(scheduledTimeMs).toISOString().split("T");
  return `night-${day}-${time.slice(0, 5).replace(":", "")}`;
}

async function exists(env: CuratorEnv, id: string): Promise<boolean> {
  return env.NIGHT.get(id).then(
    () => true,
    () => false,
  );
}

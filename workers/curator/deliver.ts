/**
 * Tells an app's webhook of a batch, as a Workflow of its own: tried for some hours, and kept as a dead letter when nobody
 * takes it. The night does not wait for it.
 *
 *     POST <url>, signed ──▶ 2xx: taken
 *         └─ anything else, or nothing in time ──▶ again, later and later ──▶ dead/
 */
import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from "cloudflare:workers";
import { NonRetryableError } from "cloudflare:workflows";
import { WEBHOOK_WAIT_MS_MAX } from "../../shared/core/limits.ts";
import { Sealer } from "../../shared/core/seal.ts";
import { toBytes } from "../../shared/core/text.ts";
import { bury } from "../../shared/store/dead-letters.ts";
import { type BatchEvent, signedHeaders, webhookSecret } from "../../shared/webhook/standard-webhook.ts";

export interface Delivery {
  url: string;
  event: BatchEvent;
}

/** Some nine hours: 30 s, 1 min, 2 min, … */
const TRIES = { retries: { limit: 10, delay: "30 seconds", backoff: "exponential" } } as const;
/** The receiver is gone for good, by its own word (RFC 9110 section 15.5.11). */
const GONE = 410;

export class Deliver extends WorkflowEntrypoint<CuratorEnv, Delivery> {
  override async run(workflow: Readonly<WorkflowEvent<Delivery>>, step: WorkflowStep): Promise<void> {
    const { payload: delivery, instanceId: id } = workflow;
    try {
      await step.do("post", TRIES, () => post(this.env, { ...delivery, id }));
    } catch (error) {
      await step.do("bury", () => buryDelivery(this.env, { id, event: delivery.event, reason: String(error) }));
    }
  }
}

async function post(env: CuratorEnv, { url, event, id }: Delivery & { id: string }): Promise<number> {
  const body = JSON.stringify(event);
  const secret = await webhookSecret(env.WINNOW_SECRET, event.data.app);
  const signed = await signedHeaders({ secret, id, atSeconds: Math.floor(Date.now() / 1_000), body });
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "user-agent": "winnow", ...signed },
    body,
    redirect: "manual",
    signal: AbortSignal.timeout(WEBHOOK_WAIT_MS_MAX),
  });
  await response.body?.cancel();
  if (response.ok) return response.status;
  const message = `the webhook of ${event.data.app} answered ${response.status}`;
  throw response.status === GONE ? new NonRetryableError(message) : new Error(message);
}

async function buryDelivery(
  env: CuratorEnv,
  { id, event, reason }: { id: string; event: BatchEvent; reason: string },
): Promise<void> {
  const bytes = toBytes(JSON.stringify(event));
  const sealer = new Sealer(env.WINNOW_SECRET);
  const stores = { bucket: env.STORE, d1: env.DB };
  await bury({ ...stores, id: `webhook-${id}`, bytes, sealer, reason, again: false, nowMs: Date.now() });
}

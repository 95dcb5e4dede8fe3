/** What a webhook is told of a batch, and under which name: the same batch in the same state is told of once. */
import type { BatchEvent } from "./standard-webhook.ts";

export interface ToldBatch {
  id: string;
  app: string;
  task: string | null;
  status: "ready" | "held";
  counts: Record<string, number>;
  sha256: string;
}

export function batchEvent(batch: ToldBatch, atMs: number): { id: string; event: BatchEvent } {
  const { id, app, task, status, counts, sha256 } = batch;
  const data = { id, app, task, status, counts, sha256, manifest: `/v1/batches/${id}` };
  const event: BatchEvent = { type: `batch.${status}`, timestamp: new Date(atMs).toISOString(), data };
  return { id: `${id}-${status}`, event };
}

/** Registered eval sets, as they were sent: `eval-sets/<app>/<name>.jsonl` in R2. */
import { EVAL_SETS_MAX } from "../core/limits.ts";

export interface EvalSetEntry {
  name: string;
  rows: number;
  bytes: number;
  registeredAt: string;
}

interface EvalSetOf {
  app: string;
  name: string;
}

export async function putEvalSet(bucket: R2Bucket, set: EvalSetOf & { jsonl: string; rows: number }): Promise<void> {
  await bucket.put(keyOf(set), set.jsonl, { customMetadata: { rows: String(set.rows) } });
}

/** By name. */
export async function listEvalSets(bucket: R2Bucket, app: string): Promise<EvalSetEntry[]> {
  const prefix = prefixOf(app);
  const { objects } = await bucket.list({ prefix, limit: EVAL_SETS_MAX, include: ["customMetadata"] });
  return objects.map(({ key, size, uploaded, customMetadata }) => ({
    name: key.slice(prefix.length, -".jsonl".length),
    rows: Number(customMetadata?.rows ?? 0),
    bytes: size,
    registeredAt: uploaded.toISOString(),
  }));
}

export async function readEvalSetText(bucket: R2Bucket, set: EvalSetOf): Promise<string | undefined> {
  return (await bucket.get(keyOf(set)))?.text();
}

export async function deleteEvalSet(bucket: R2Bucket, set: EvalSetOf): Promise<void> {
  await bucket.delete(keyOf(set));
}

function prefixOf(app: string): string {
  return `eval-sets/${app}/`;
}

function keyOf({ app, name }: EvalSetOf): string {
  return `${prefixOf(app)}${name}.jsonl`;
}

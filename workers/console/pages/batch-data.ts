/** Batches for the pages: newest first, their manifests, some of their rows. */
import { and, desc, eq, isNull, lt } from "drizzle-orm";
import { EXAMPLE_FILES, type Example, type ExampleFile } from "../../../shared/core/example.ts";
import { parseJson } from "../../../shared/core/json.ts";
import { toText } from "../../../shared/core/text.ts";
import { type BatchRow, batchKey } from "../../../shared/store/batches.ts";
import { openDatabase } from "../../../shared/store/database.ts";
import { batches } from "../../../shared/store/schema.ts";

export interface NewestFilter {
  app: string;
  task?: string | undefined;
  status?: "ready" | "held" | undefined;
  /** Before this one, in the order of publication. */
  beforeSeq?: number | undefined;
  rowsMax: number;
}

export async function newestBatches(d1: D1Database, filter: NewestFilter): Promise<BatchRow[]> {
  const { app, task, status, beforeSeq, rowsMax } = filter;
  return openDatabase(d1)
    .select()
    .from(batches)
    .where(
      and(
        eq(batches.app, app),
        task === undefined ? undefined : eq(batches.task, task),
        status === undefined ? undefined : eq(batches.status, status),
        beforeSeq === undefined ? undefined : lt(batches.seq, beforeSeq),
      ),
    )
    .orderBy(desc(batches.seq))
    .limit(rowsMax);
}

/** The batch of the same task before this one. */
export async function batchBefore(d1: D1Database, row: BatchRow): Promise<BatchRow | undefined> {
  const sameTask = row.task === null ? isNull(batches.task) : eq(batches.task, row.task);
  return openDatabase(d1)
    .select()
    .from(batches)
    .where(and(eq(batches.app, row.app), sameTask, lt(batches.seq, row.seq)))
    .orderBy(desc(batches.seq))
    .limit(1)
    .get();
}

export const SAMPLES_A_FILE = 3;
/** Of the canonical rows, from their beginning: what is looked through for samples. */
const SAMPLED_BYTES = 256 * 1024;

/** The first rows of each file, as far as they lie near the beginning. */
export async function readSamples(bucket: R2Bucket, batch: string): Promise<Map<ExampleFile, Example[]>> {
  const key = batchKey(batch, "canonical.winnow.jsonl");
  const samples = new Map<ExampleFile, Example[]>(EXAMPLE_FILES.map((file) => [file, []]));
  const size = (await bucket.head(key))?.size ?? 0;
  if (size === 0) return samples; // an empty batch: R2 refuses any range of nothing
  const object = await bucket.get(key, { range: { offset: 0, length: Math.min(size, SAMPLED_BYTES) } });
  if (object === null) return samples;
  for (const line of toText(await object.arrayBuffer()).split("\n")) {
    const example = parseJson(line) as Example | undefined; // the last line may be cut
    const own = example === undefined ? undefined : samples.get(example.file);
    if (example !== undefined && own !== undefined && own.length < SAMPLES_A_FILE) own.push(example);
  }
  return samples;
}

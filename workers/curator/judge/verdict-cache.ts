/**
 * What judges said, kept in R2 under `judge/<sha-256>`: a question that was answered is never paid again. Before a call its
 * entry says "asked", so that a night that is stopped in the middle of it and taken up again neither forgets the money nor
 * spends it twice. A judge's reasons are not kept: they may quote what users wrote.
 */
import * as z from "zod";
import { parseJson } from "../../../shared/core/json.ts";

export interface JudgeCache {
  /** null where there is nothing. */
  get(key: string): Promise<string | null>;
  put(key: string, value: string): Promise<void>;
}

const saidSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("points"),
    score: z.number().min(0).max(1),
    criteria: z.record(z.string(), z.int().min(1).max(5)),
  }),
  z.strictObject({ kind: z.literal("winner"), winner: z.enum(["A", "B", "tie"]) }),
  z.strictObject({ kind: z.literal("nothing"), because: z.string().max(64) }),
]);
const entrySchema = z.strictObject({
  version: z.literal(1),
  /** The run and step that asked, or is asking. */
  run: z.string(),
  /** What it cost that run; the worst case while it is only asked. */
  costUsdMicros: z.int().min(0),
  /** null: asked, and no answer known. */
  said: saidSchema.nullable(),
});

export type Said = z.infer<typeof saidSchema>;
export type CacheEntry = z.infer<typeof entrySchema>;

/** @throws what the cache throws; an entry of another form is none */
export async function readEntry(cache: JudgeCache, key: string): Promise<CacheEntry | undefined> {
  const text = await cache.get(nameOf(key));
  const parsed = text === null ? undefined : entrySchema.safeParse(parseJson(text));
  return parsed?.success ? parsed.data : undefined;
}

/** @throws what the cache throws */
export async function writeEntry(cache: JudgeCache, key: string, entry: Omit<CacheEntry, "version">): Promise<void> {
  await cache.put(nameOf(key), JSON.stringify({ version: 1, ...entry } satisfies CacheEntry));
}

function nameOf(key: string): string {
  return `judge/${key}`;
}

/** For the curator's bucket. */
export function bucketCache(bucket: R2Bucket): JudgeCache {
  return {
    get: async (key) => (await bucket.get(key))?.text() ?? null,
    put: async (key, value) => {
      await bucket.put(key, value, { httpMetadata: { contentType: "application/json" } });
    },
  };
}

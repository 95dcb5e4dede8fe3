/**
 * Publishes a batch: its files, its manifest, what explains them; then the row in D1 that lists it. Files before the row, so
 * that what is listed is there; all names and bytes depend on the input alone.
 */
import { sha256Hex } from "../../shared/core/hash.ts";
import { toBytes } from "../../shared/core/text.ts";
import { insertBatch, markExported, putBatchFile } from "../../shared/store/batches.ts";
import { writeExamples } from "../../shared/store/examples.ts";
import { announce } from "../../shared/webhook/announce.ts";
import { batchEvent } from "../../shared/webhook/batch-event.ts";
import { writeBatchFiles } from "./batch-files.ts";
import { describeBatch } from "./describe-batch.ts";
import { makeManifest, type Publication } from "./make-manifest.ts";

/** @returns the row of each example in its file's default format */
export async function publish(publication: Publication): Promise<ReadonlyMap<string, number>> {
  const { env, batch, app, task, window, exported, examples } = publication;
  const put = async (name: string, text: string) => {
    const bytes = toBytes(text);
    const sha256 = sha256Hex(bytes);
    await putBatchFile(env.STORE, { batch, name, bytes, sha256 });
    return sha256;
  };
  const files = await writeBatchFiles({ bucket: env.STORE, batch, examples });
  const manifest = makeManifest(publication, files);
  const sha256 = await put("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
  const beside = describeBatch({ manifest, examples, earlier: publication.earlier });
  for (const [name, text] of beside) await put(name, text);
  await markExported(env.DB, { app, hashes: exported });
  await writeExamples(env.DB, publication.rows);
  const { status, counts } = manifest;
  const { createdAtMs } = window;
  await insertBatch(env.DB, { id: batch, run: window.run, app, task, status, createdAtMs, counts, sha256 });
  const told = batchEvent({ id: batch, app, task, status, counts, sha256 }, createdAtMs);
  await announce(env.DELIVER, { url: publication.settings.webhook?.url, ...told });
  return files.rowOf;
}

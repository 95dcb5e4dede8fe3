/**
 * Publishes a batch: its files, its manifest, what explains them; then the row in D1 that lists it. Files before the row, so
 * that what is listed is there; all names and bytes depend on the input alone.
 */
import { makeCard } from "../../shared/card/card.ts";
import type { CardInput } from "../../shared/card/card-input.ts";
import { makeCroissant } from "../../shared/card/croissant.ts";
import { plotsOf } from "../../shared/card/plots.ts";
import type { Example } from "../../shared/core/example.ts";
import { sha256Hex } from "../../shared/core/hash.ts";
import type { GuardReport, Manifest } from "../../shared/core/manifest.ts";
import { toBytes } from "../../shared/core/text.ts";
import { datasetInfo } from "../../shared/export/dataset-info.ts";
import { EXPORTABLE, fileNameOf } from "../../shared/export/formats.ts";
import { PARQUET_COLUMNS } from "../../shared/export/parquet-columns.ts";
import type { GuardResult } from "../../shared/guard/guard.ts";
import { insertBatch, markExported, putBatchFile } from "../../shared/store/batches.ts";
import { writeExamples } from "../../shared/store/examples.ts";
import { announce } from "../../shared/webhook/announce.ts";
import { batchEvent } from "../../shared/webhook/batch-event.ts";
import { writeBatchFiles } from "./batch-files.ts";
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
  for (const [name, text] of filesBeside(manifest, examples)) await put(name, text);
  await markExported(env.DB, { app, hashes: exported });
  await writeExamples(env.DB, publication.rows);
  const { status, counts } = manifest;
  const { createdAtMs } = window;
  await insertBatch(env.DB, { id: batch, run: window.run, app, task, status, createdAtMs, counts, sha256 });
  const told = batchEvent({ id: batch, app, task, status, counts, sha256 }, createdAtMs);
  await announce(env.DELIVER, { url: publication.settings.webhook?.url, ...told });
  return files.rowOf;
}

/** What explains the files: the card with its pictures, Croissant, LLaMA-Factory's dataset_info. */
function filesBeside(manifest: Manifest, examples: readonly Example[]): [name: string, text: string][] {
  const input: CardInput = {
    manifest,
    columns: PARQUET_COLUMNS,
    scores: examples.map((example) => example.provenance.pGood),
    ...(manifest.guard !== null && { guard: { checks: checksOf(manifest.guard) } }),
  };
  const described = EXPORTABLE.filter(({ format }) => format === "sharegpt").map(({ file, format }) => ({
    file,
    fileName: fileNameOf({ file, format }),
    rows: manifest.files.find((one) => one.file === file && one.format === format)?.rows ?? 0,
  }));
  return [
    ["README.md", makeCard(input)],
    ...plotsOf(input).map(({ name, svg }): [string, string] => [name, svg]),
    ["croissant.json", `${JSON.stringify(makeCroissant(input), null, 2)}\n`],
    ["dataset_info.json", `${JSON.stringify(datasetInfo(described), null, 2)}\n`],
  ];
}

/** The guard's comparisons, as the card lists them. */
function checksOf({ result }: GuardReport): NonNullable<CardInput["guard"]>["checks"] {
  const { compared } = result as unknown as GuardResult;
  return compared.map(({ measure, against, over, value, threshold }) => {
    return { name: `${measure} (${against})`, passed: !over, value, limit: String(threshold) };
  });
}

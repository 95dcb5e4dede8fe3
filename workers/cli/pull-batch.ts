/**
 * One batch into its folder: manifest.json, the files, README.md (the card). The list names the SHA-256 of the manifest, the
 * manifest that of each file: what is on the disk is what the night has published.
 */
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { isObject, type JsonObject, parseJson } from "../../shared/core/json.ts";
import { MANIFEST_SCHEMA, type Manifest } from "../../shared/core/manifest.ts";
import type { ExportFormat } from "../../shared/export/formats.ts";
import type { ApiClient } from "./api-client.ts";
import { batchEvent, batchLine } from "./batch-lines.ts";
import { downloadFile } from "./download-file.ts";
import { CliError, EXIT } from "./exit-codes.ts";
import { pullBeside } from "./pull-beside.ts";
import { type FileToPull, filesToPull, type PullFile } from "./pull-files.ts";
import type { Session } from "./session.ts";
import { inline } from "./terminal.ts";
import { writeWhole } from "./write-whole.ts";

export interface BatchSummary {
  id: string;
  task: string | null;
  status: "ready" | "held";
  createdAt: string;
  /** Of the manifest's bytes. */
  sha256: string;
}

interface PullBatch {
  api: ApiClient;
  batch: BatchSummary;
  out: string;
  format: ExportFormat | undefined;
  files: readonly PullFile[] | undefined;
  force: boolean;
}

export interface BatchOutcome {
  event: { event: string } & JsonObject;
  text: string;
}

export async function pullBatch(session: Session, wanted: PullBatch): Promise<BatchOutcome> {
  const { api, batch, out, format, files: file, force } = wanted;
  const folder = join(out, folderNameOf(batch.id));
  const path = `/v1/batches/${encodeURIComponent(batch.id)}`;
  await mkdir(folder, { recursive: true });
  const { bytes, manifest } = await fetchManifest({ api, path, batch });
  const files = filesToPull(manifest, { format, file });
  const erased: string[] = [];
  for (const one of files) {
    const state = await pullFile(session, { api, path, folder, file: one, force });
    if (state === "erased") erased.push(one.name);
    const { name, rows, bytes: size, sha256 } = one;
    session.report.result({
      event: "file",
      batch: batch.id,
      file: join(folder, name),
      state,
      rows,
      bytes: size,
      sha256,
    });
  }
  await pullBeside({ api, path, folder, format });
  // the last one: where it is, everything is
  await writeWhole(join(folder, "manifest.json"), bytes);
  return outcomeOf({ manifest, folder, erased });
}

async function fetchManifest({ api, path, batch }: { api: ApiClient; path: string; batch: BatchSummary }) {
  const bytes = Buffer.from(await (await api.send(path)).arrayBuffer());
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  if (sha256 !== batch.sha256) {
    const message = `the manifest of batch ${batch.id} has SHA-256 ${sha256}, and the list says ${batch.sha256}; pull again, and if it stays so ask whoever runs winnow`;
    throw new CliError("digest_differs", message, EXIT.integrity);
  }
  const manifest = parseJson(bytes.toString());
  if (!isObject(manifest) || manifest.schema !== MANIFEST_SCHEMA) {
    const schema = isObject(manifest) ? String(manifest.schema) : "none";
    throw new CliError(
      "schema_unknown",
      `the manifest of batch ${batch.id} is of schema ${schema}; a newer winnow reads it`,
    );
  }
  return { bytes, manifest: manifest as unknown as Manifest };
}

async function pullFile(
  session: Session,
  wanted: { api: ApiClient; path: string; folder: string; file: FileToPull; force: boolean },
): Promise<"downloaded" | "resumed" | "present" | "erased"> {
  const { api, path, folder, file, force } = wanted;
  const progress = session.report.progress(file.name, file.bytes);
  try {
    return await downloadFile({
      terminal: session.terminal,
      api,
      path: path + file.path,
      target: join(folder, file.name),
      bytes: file.bytes,
      sha256: file.sha256,
      force,
      onBytes: (done) => progress.reach(done, `${done} of ${file.bytes} bytes`),
    });
  } catch (error) {
    // somebody's data was erased since: the rest of the batch is as it was
    if (error instanceof CliError && error.code === "batch_erased") return "erased";
    throw error;
  } finally {
    progress.clear();
  }
}

/** A name that leads nowhere else, whatever the server says. */
function folderNameOf(id: string): string {
  if (/^[\w-][\w.-]{0,127}$/.test(id)) return id;
  throw new CliError(
    "not_winnow",
    `${JSON.stringify(inline(id).slice(0, 80))} is no batch's id; check --url or WINNOW_URL`,
  );
}

function outcomeOf({
  manifest,
  folder,
  erased,
}: {
  manifest: Manifest;
  folder: string;
  erased: string[];
}): BatchOutcome {
  const retractions = manifest.retractions.length;
  const lines = [
    `${batchLine(manifest)}  ${folder}`,
    ...(erased.length > 0 ? [`  erased since, and not pulled: ${erased.join(", ")}`] : []),
    ...(retractions > 0
      ? [`  takes back ${retractions} rows of earlier batches: leave them out (retractions in manifest.json)`]
      : []),
  ];
  return { event: { ...batchEvent(manifest), folder, erased, retractions }, text: lines.join("\n") };
}

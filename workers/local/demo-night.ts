/** The demo's night: starts a run, shows its funnel, downloads the batch, and shows a line of each file. */
import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cardFileName } from "../../shared/card/file-names.ts";
import { CHECK_DESCRIPTIONS } from "../../shared/check/check-names.ts";
import { RUN_EXCHANGES_MAX } from "../../shared/core/limits.ts";
import type { ManifestFile } from "../../shared/core/manifest.ts";
import { toText } from "../../shared/core/text.ts";
import { callApi, until } from "./demo-api.ts";
import type { SftRow } from "./demo-precision.ts";
import type { RunningWinnow } from "./demo-winnow.ts";

export interface PulledFile {
  file: string;
  format: string;
  rows: number;
  name: string;
  bytes: Uint8Array;
}

interface Run {
  id: string;
  status: "running" | "done" | "failed";
  batches: string[];
  funnel: Record<string, number> | null;
  error?: string;
}

interface BatchManifest {
  id: string;
  status: string;
  emptyBecause: string | null;
  counts: Record<string, number>;
  files: Pick<ManifestFile, "file" | "format" | "rows" | "sha256">[];
}

/** @returns the batch's id @throws when the run failed, or its funnel does not add up to what was sent */
export async function runNight(options: {
  winnow: RunningWinnow;
  window: { task: string; from: string };
  sent: number;
}): Promise<string> {
  const { winnow, window, sent } = options;
  const startedAt = performance.now();
  const { id } = await callApi<{ id: string }>(winnow, "/v1/runs", { ...window, maturationHours: 0 });
  const run = await until("the night to end", async () => {
    const state = await callApi<Run>(winnow, `/v1/runs/${id}`);
    return state.status === "running" ? undefined : state;
  });
  const [batch] = run.batches;
  if (run.status !== "done" || run.funnel === null || batch === undefined) {
    throw new Error(`run ${id} ${run.status}: ${run.error ?? "it made no batch"}`);
  }
  console.log(`night     run ${id}, ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
  printFunnel(run.funnel, sent);
  return batch;
}

const MEANINGS: Record<string, string> = {
  exported: "became rows",
  no_label: "nobody said anything that labels",
  conflicting: "users contradict each other",
  below_threshold: "P(good) is too low, and no row for any other file",
  eval_without_reference: "kept for evaluation, and nothing good to compare with",
  duplicate: "the same as a better one in this batch",
  near_duplicate: "nearly the same as a better one, in this batch or before",
  in_eval_set: "overlaps with a registered eval set",
  stopped: "nothing was left that is worth training on",
  exported_before: "in an earlier batch already: winnow exports nothing twice",
  on_other_side: "its question is on the other side of the train/eval split",
  not_sampled: "not drawn",
  ...CHECK_DESCRIPTIONS,
};

function printFunnel(funnel: Record<string, number>, sent: number): void {
  const { window = 0, ...buckets } = funnel;
  const rows = Object.entries(buckets).sort(([, a], [, b]) => b - a);
  const sum = rows.reduce((total, [, count]) => total + count, 0);
  console.log("\nfunnel    what became of each exchange");
  for (const [bucket, count] of rows) {
    console.log(`  ${String(count).padStart(7)}  ${bucket.padEnd(24)}${MEANINGS[bucket] ?? ""}`.trimEnd());
  }
  console.log(`  ${String(sum).padStart(7)}  in the window, of ${sent} sent`);
  if (sent > RUN_EXCHANGES_MAX)
    console.log(`           one run takes ${RUN_EXCHANGES_MAX}; the next night goes on from there`);
  if (sum !== window || (window !== sent && sent <= RUN_EXCHANGES_MAX)) {
    throw new Error(`the funnel does not add up: ${sent} sent, ${window} in the window, ${sum} in its buckets`);
  }
}

/** Downloads manifest, card and every file of the batch, and checks the files against the manifest. */
export async function pullBatch(options: { winnow: RunningWinnow; batch: string; dir: string }): Promise<PulledFile[]> {
  const { winnow, batch, dir } = options;
  await mkdir(dir, { recursive: true });
  const manifest = await callApi<BatchManifest>(winnow, `/v1/batches/${batch}`);
  await writeFile(join(dir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const card = await download(winnow, `/v1/batches/${batch}/card`);
  if (card !== undefined) await writeFile(join(dir, "README.md"), card);
  const files: PulledFile[] = [];
  for (const { file, format, rows, sha256 } of manifest.files) {
    if (file === "canonical") continue;
    const query = file === "provenance" ? "" : `?format=${format}`;
    const bytes = await download(winnow, `/v1/batches/${batch}/files/${file}${query}`);
    const got = bytes && createHash("sha256").update(bytes).digest("hex");
    if (bytes === undefined || got !== sha256) {
      throw new Error(`${file} as ${format}: sha-256 is ${got ?? "of nothing"}, and the manifest has ${sha256}`);
    }
    const name = cardFileName({ file, format });
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), bytes);
    files.push({ file, format, rows, name, bytes });
  }
  printBatch({ manifest, files, dir, hasCard: card !== undefined });
  return files;
}

/** undefined: there is none. */
async function download(winnow: RunningWinnow, path: string): Promise<Uint8Array | undefined> {
  const response = await fetch(winnow.url + path, { headers: { "x-winnow-key": winnow.key } });
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (response.ok) return bytes;
  if (response.status === 404) return undefined;
  throw new Error(`${path}: ${response.status} ${toText(bytes)}`);
}

function printBatch(options: {
  manifest: BatchManifest;
  files: readonly PulledFile[];
  dir: string;
  hasCard: boolean;
}): void {
  const { manifest, files, dir, hasCard } = options;
  const counts = Object.entries(manifest.counts).map(([file, count]) => `${count} ${file}`);
  console.log(`\nbatch     ${manifest.id} is ${manifest.status}: ${counts.join(", ")} rows`);
  if (manifest.emptyBecause !== null) console.log(`          it is empty: ${manifest.emptyBecause}`);
  console.log(`files     ${dir}${hasCard ? "; README.md is the dataset card" : ""}`);
  for (const [file, formats] of Map.groupBy(files, (one) => one.file)) {
    console.log(`\n  ${file}: ${formats.map(({ name, rows }) => `${name} (${rows} rows)`).join(", ")}`);
    const shown = formats.find(({ name, rows }) => rows > 0 && name.endsWith(".jsonl"));
    if (shown !== undefined) console.log(`    ${shorten(firstLine(shown.bytes))}`);
  }
}

function firstLine(bytes: Uint8Array): string {
  return toText(bytes).split("\n", 1)[0] ?? "";
}

/** Both ends: the question is at one, the answer at the other. */
function shorten(line: string): string {
  const [head, tail] = [180, 160];
  const left = line.length - head - tail;
  return left <= 0 ? line : `${line.slice(0, head)} … ${left} characters … ${line.slice(-tail)}`;
}

/** The rows of the SFT file, each with the reason that its provenance gives. */
export function readSft(files: readonly PulledFile[]): SftRow[] {
  const lines = <T>(file: PulledFile | undefined): T[] => {
    const all = file === undefined ? [] : toText(file.bytes).split("\n");
    return all.filter((line) => line !== "").map((line) => JSON.parse(line) as T);
  };
  const of = (file: string, format: string) => files.find((one) => one.file === file && one.format === format);
  const reasons = lines<{ file: string; row: number; because: string }>(of("provenance", "winnow"))
    .filter(({ file }) => file === "sft")
    .sort((a, b) => a.row - b.row);
  const rows = lines<Pick<SftRow, "messages">>(of("sft", "openai"));
  if (rows.length !== reasons.length) {
    throw new Error(`${rows.length} SFT rows, and provenance of ${reasons.length}`);
  }
  return rows.map((row, index) => ({ ...row, because: reasons[index]?.because ?? "" }));
}

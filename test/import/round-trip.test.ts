/**
 * A log goes in, a batch comes out in every format, and the batch goes in again elsewhere: the same canonical rows. With the
 * command line, through two winnows that know nothing of one another.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cardFileName } from "../../shared/card/file-names.ts";
import { EXAMPLE_FILES, type Example } from "../../shared/core/example.ts";
import { canonicalJson, type Json, type JsonObject } from "../../shared/core/json.ts";
import type { Manifest } from "../../shared/core/manifest.ts";
import {
  canExport,
  DEFAULT_FORMAT,
  EXPORT_FORMATS,
  type FileInFormat,
  FORMATS,
  isExportFormat,
} from "../../shared/export/formats.ts";
import { validateBytes } from "../../shared/export/validate.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { cliOf } from "../cli/cli-run.ts";
import { eventually } from "../local/launch-stubs.ts";
import { DAY_MS, dayBefore } from "../night/nights.ts";
import { api, KEY, SECRET } from "../whole-way/captures.ts";
import { lineOf, ndjson } from "./lines.ts";
import { callOf, linesOfPulled, meaningOf, type PulledFiles } from "./pulled-rows.ts";
import { READ_BACK } from "./read-back.ts";

const DAY = dayBefore(40);
const CALLS = 60;
const TOOL = {
  type: "function",
  function: { name: "track", parameters: { type: "object", properties: { parcel: { type: "integer" } } } },
};

let here: Winnow;
let elsewhere: Winnow;
let root: string;
let batch: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "winnow-round-trip-"));
  here = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  elsewhere = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  batch = await importAndCurate(
    here,
    Array.from({ length: CALLS }, (_, at) => loggedCall(at)),
  );
}, 120_000);
afterAll(async () => {
  await here?.stop();
  await elsewhere?.stop();
  await rm(root, { recursive: true, force: true });
});

/** By turns approved, rejected, corrected, and approved with tools and a history. */
function loggedCall(at: number): JsonObject {
  const line = lineOf(at, { task: "round-trip", at: new Date(DAY + at * 60_000).toISOString(), user: `user-${at}` });
  const answer = `Parcel ${at} left the depot of district ${at * 7} this morning.`;
  const request = {
    model: "gpt-4o-mini",
    messages: [{ role: "user", content: `Größe 🦜 ${at}: where is parcel ${at} of order ${at * 13}?` }] as JsonObject[],
  };
  const calling = at % 4 === 3;
  if (calling) {
    const calls = [{ id: `call_${at}`, type: "function", function: { name: "track", arguments: `{"parcel":${at}}` } }];
    request.messages.push({ role: "assistant", content: null, tool_calls: calls });
    request.messages.push({ role: "tool", tool_call_id: `call_${at}`, content: "left the depot" });
  }
  const said = [
    { kind: "thumb", value: "up" },
    { kind: "thumb", value: "down" },
    { kind: "correction", text: `Parcel ${at} comes on the ${1 + (at % 28)}th, before noon.` },
    { kind: "thumb", value: "up" },
  ][at % 4];
  return {
    ...line,
    ...(at % 8 === 0 && { lineage: { origin: "human" } }),
    request: { ...request, ...(calling && { tools: [TOOL] }) } as JsonObject,
    response: {
      ...(line.response as JsonObject),
      choices: [{ index: 0, message: { role: "assistant", content: answer }, finish_reason: "stop" }],
    },
    feedback: [{ ...said, actor: `actor-${at}` }],
  };
}

/** @returns the batch of the night */
async function importAndCurate(winnow: Winnow, lines: readonly JsonObject[]): Promise<string> {
  const cli = cliOf(winnow, KEY);
  const file = join(root, `${winnow.url.replace(/\D/g, "")}.jsonl`);
  await writeFile(file, ndjson(lines));
  const run = await cli(["import", file]);
  expect(run).toMatchObject({ exitCode: 0, stdout: `${lines.length} calls taken, 0 rejected\n` });
  const exchanges = new Set(lines.map(({ id, at }) => id ?? at)).size;
  const db = await winnow.db();
  await eventually(`${exchanges} exchanges with feedback`, async () => {
    const sql =
      "select (select count(*) from exchanges) as calls, (select count(distinct exchange_id) from feedback) as told";
    const row = await db.prepare(sql).first<{ calls: number; told: number }>();
    return row?.calls === exchanges && row.told === exchanges ? row : undefined;
  });
  const window = ["--from", new Date(DAY).toISOString(), "--to", new Date(DAY + DAY_MS).toISOString()];
  const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  const night = await cli(["run", "--task", "round-trip", ...window, "--wait", "--json"], { wait });
  expect(night.exitCode, night.stderr).toBe(0);
  const [made] = night.events.filter(({ event }) => event === "batch");
  return String(made?.batch);
}

async function canonicalOf(winnow: Winnow, id: string): Promise<Example[]> {
  const object = await (await winnow.bucket()).get(`batches/${id}/canonical.winnow.jsonl`);
  const text = (await object?.text()) ?? "";
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Example);
}

/** The batch in one format, in a folder of its own. */
async function pulled(format?: string): Promise<string> {
  const out = join(root, format ?? "default");
  const run = await cliOf(
    here,
    KEY,
  )(["pull", "--all", ...(format === undefined ? [] : ["--format", format]), "--out", out]);
  expect(run.exitCode, run.stderr).toBe(0);
  return join(out, batch);
}

async function rowsIn<T>(folder: string, name: string): Promise<T[]> {
  const text = await readFile(join(folder, name), "utf8");
  return text === ""
    ? []
    : text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as T);
}

/** What the rows of a file make, imported again: as canonical JSON. */
async function callsIn(one: FileInFormat): Promise<string[]> {
  const path = `/v1/batches/${batch}/files/${one.file}?format=${one.format}`;
  const bytes = new Uint8Array(await (await api(here, path)).arrayBuffer());
  const decoded = await FORMATS[one.format].container.decode({ file: one.file, bytes });
  const lines = decoded.ok ? decoded.lines : [];
  const rows = lines.map((line) => READ_BACK[one.format](JSON.parse(line) as JsonObject, one.file));
  return rows.filter((row) => row !== undefined).map((row) => canonicalJson(callOf(one, row) as unknown as Json));
}

describe("a log that was imported", () => {
  test("makes rows of every kind, of what people said", async () => {
    const rows = await canonicalOf(here, batch);
    const files = Map.groupBy(rows, ({ file }) => file);
    for (const file of ["sft", "preference", "kto", "eval"] as const)
      expect(files.get(file)?.length ?? 0, file).toBeGreaterThan(1);
    const history = rows.find(({ prompt, tools }) => tools !== null && prompt.some(({ role }) => role === "tool"));
    expect(history?.tools).toEqual([TOOL]);
    const writers = new Set((files.get("kto") ?? []).map(({ provenance }) => provenance.lineage.origin));
    expect([...writers].sort()).toEqual(["human", "model"]);
  });

  test.each(EXPORT_FORMATS)("comes out in %s as that format's strict check has it", async (format) => {
    const folder = await pulled(format);
    const { files } = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")) as Manifest;
    let checked = 0;
    for (const { file, format: written, rows } of files) {
      if (written !== format || !isExportFormat(written) || file === "canonical" || file === "provenance") continue;
      if (rows === 0) continue; // a file without rows is not pulled
      const bytes = await readFile(join(folder, cardFileName({ file, format })));
      expect(await validateBytes({ file, format: written, bytes })).toEqual([]);
      checked += rows;
    }
    expect(checked).toBeGreaterThan(0);
  });

  test.each(EXPORT_FORMATS)(
    "and each row of %s says, read back, what the row of the default form says",
    async (format) => {
      for (const file of EXAMPLE_FILES.filter((one) => canExport({ file: one, format }))) {
        const [theirs, ours] = [await callsIn({ file, format }), await callsIn({ file, format: DEFAULT_FORMAT[file] })];
        const whole = theirs.length === ours.length;
        expect(theirs.length).toBeGreaterThan(0);
        expect(whole ? theirs : theirs.filter((call) => !ours.includes(call))).toEqual(whole ? ours : []);
        // those that hold text alone leave the calls with tools out, and nothing else
        expect(ours.length - theirs.length).toBe(whole ? 0 : ours.filter((call) => call.includes("tool_calls")).length);
      }
    },
  );

  test("and whose batch is imported elsewhere makes the same canonical rows there", async () => {
    const folder = await pulled();
    const files: PulledFiles = {
      sft: await rowsIn(folder, "sft.openai.jsonl"),
      eval: await rowsIn(folder, "eval.openai.jsonl"),
      preference: await rowsIn(folder, "preference.openai.jsonl"),
      kto: await rowsIn(folder, "kto.trl.jsonl"),
      provenance: await rowsIn(folder, "provenance.winnow.jsonl"),
    };
    const lines = linesOfPulled(files);
    const again = await canonicalOf(elsewhere, await importAndCurate(elsewhere, lines));
    // an evaluation row holds its reference alone: what a person mended there is not in the batch
    const comesBack = (await canonicalOf(here, batch)).filter(
      ({ file, provenance }) => file !== "eval" || provenance.because !== "correction",
    );
    expect(again.map(meaningOf).sort()).toEqual(comesBack.map(meaningOf).sort());
    expect(again.length).toBeGreaterThan(CALLS / 2);
  });
});

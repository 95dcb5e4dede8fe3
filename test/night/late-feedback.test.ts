/** What people say after a row was exported: the next batch takes it back, or brings it anew. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { detailOf, idOf, linesOf, SECRET, say, signedIdOf } from "../whole-way/captures.ts";
import { callOf, DAY_MS, DOWN, dayBefore, live, manifestOf, nightOf, type Said, type Told, UP } from "./nights.ts";

const DAY = dayBefore(40);
const TASK = "late";
const correction = (text: string): Said => ({ kind: "correction", text });
const NAMES = ["flipped", "cleared", "corrected", "untouched"] as const;
const FIRST: Record<(typeof NAMES)[number], Said> = {
  flipped: UP,
  cleared: UP,
  corrected: correction("Better."),
  untouched: UP,
};
const CALLS: Told[] = NAMES.map((name, at) => ({
  ...callOf({ task: TASK, dayMs: DAY, at, said: [FIRST[name]] }),
  name,
}));

/** Two answers to one prompt, of which one is chosen over the other. */
const PAIR = "late-pair";
const [CHOSEN, REJECTED] = [
  callOf({ task: PAIR, dayMs: DAY, at: 0, question: "Which one?", said: [UP] }),
  callOf({ task: PAIR, dayMs: DAY, at: 1, question: "Which one?", said: [DOWN] }),
] as const;

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  await live(winnow, [...CALLS, CHOSEN, REJECTED]);
});
afterAll(() => winnow?.stop());

/** Waits until D1 has it, as the night reads D1. */
async function sayOf(name: (typeof NAMES)[number], said: Said): Promise<void> {
  await sayAbout(CALLS[NAMES.indexOf(name)] as Told, said);
}

async function sayAbout(call: Told, said: Said): Promise<void> {
  const before = await received();
  await say(winnow, [{ id: await signedIdOf(call), ...said }]);
  while ((await received()) === before) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function received(): Promise<string | undefined> {
  const row = await (await winnow.db()).prepare("select max(event_id) as last from feedback").first<{ last: string }>();
  return row?.last;
}

interface Row {
  file: string;
  exchangeId: string;
  amends?: { batch: string; version: number };
}

/** The night of a day on which nothing happened. */
async function laterNight(days: number, task = TASK) {
  const { id: run, batches, funnel } = await nightOf(winnow, { task, dayMs: DAY + days * DAY_MS });
  const [batch = ""] = batches;
  return {
    run,
    batch,
    funnel,
    manifest: await manifestOf(winnow, batch),
    rows: await linesOf<Row>(winnow, batch, "provenance"),
  };
}

const idsByName = new Map<string, string>();

test("the first night exports what was said until then", async () => {
  const { batches } = await nightOf(winnow, { task: TASK, dayMs: DAY });
  const rows = await linesOf<Row>(winnow, batches[0] ?? "", "provenance");
  expect(rows.map(({ file }) => file).sort()).toEqual(["kto", "kto", "kto", "preference", "sft", "sft", "sft", "sft"]);
  expect((await manifestOf(winnow, batches[0] ?? "")).retractions).toEqual([]);
  for (const [at, call] of CALLS.entries())
    idsByName.set((await signedIdOf(call)).split(".")[0] ?? "", NAMES[at] ?? "");
});

function named(list: readonly { exchangeId: string; file: string; reason?: string; version?: number }[]): string[] {
  return list
    .map(({ exchangeId, file, reason, version }) =>
      [idsByName.get(exchangeId), file, reason, version].filter((part) => part !== undefined).join(" "),
    )
    .sort();
}

test("a vote that flipped, one that was cleared and a new correction are in the next manifest, and what is new in its files", async () => {
  await sayOf("flipped", DOWN);
  await sayOf("cleared", { ...UP, value: null });
  await sayOf("corrected", correction("Better still."));
  const { batch, funnel, manifest, rows } = await laterNight(1);
  expect(funnel).toEqual({ window: 0 });
  expect(named(manifest.retractions)).toEqual([
    "cleared kto no_label 1",
    "cleared sft no_label 1",
    "corrected preference amended 1",
    "corrected sft amended 1",
    "flipped kto amended 1",
    "flipped sft no_longer 1",
  ]);
  expect(named(rows)).toEqual(["corrected preference", "corrected sft", "flipped kto"]);
  for (const { amends } of rows) expect(amends?.version).toBe(1);
  const [flipped] = await linesOf<{ label: boolean }>(winnow, batch, "kto");
  expect(flipped?.label).toBe(false);
  const [mended] = await linesOf<{ messages: { content: string }[] }>(winnow, batch, "sft");
  expect(mended?.messages.at(-1)?.content).toBe("Better still.");
});

test("a night on which nothing was said takes nothing back, and brings nothing again", async () => {
  const { manifest, rows } = await laterNight(2);
  expect([manifest.retractions, rows]).toEqual([[], []]);
});

test("what was taken back and is said again comes again, as its next version", async () => {
  await sayOf("cleared", UP);
  const { manifest, rows } = await laterNight(3);
  expect(manifest.retractions).toEqual([]);
  expect(named(rows)).toEqual(["cleared kto", "cleared sft"]);
  for (const { amends } of rows) expect(amends?.version).toBe(1);
  await sayOf("cleared", DOWN);
  const next = await laterNight(4);
  expect(named(next.manifest.retractions)).toEqual(["cleared kto amended 2", "cleared sft no_longer 2"]);
});

test("a word that changes nothing leaves the rows as they are", async () => {
  await sayOf("untouched", { kind: "copied" });
  const { manifest, rows } = await laterNight(5);
  expect([manifest.retractions, rows]).toEqual([[], []]);
});

test("the trail has the nights that thought again, what they took back, and the versions between", async () => {
  const { trail } = await detailOf(winnow, idOf(CALLS[NAMES.indexOf("cleared")] as Told));
  const told = trail as unknown as { isLate: boolean; status: string; rows: object[]; retracted: { file: string }[] }[];
  expect(told.map(({ isLate }) => isLate)).toEqual([false, true, true, true]);
  expect(told.map(({ status }) => status)).toEqual(["ready", "ready", "ready", "ready"]);
  expect(told.map(({ retracted }) => retracted.map(({ file }) => file).sort())).toEqual([
    ...[[], ["kto", "sft"]],
    ...[[], ["kto", "sft"]],
  ]);
  expect(told.map(({ rows }) => rows.length)).toEqual([2, 0, 2, 1]);
});

describe("a pair of two answers", () => {
  test("stays where a word on one of them changes nothing", async () => {
    const { batches } = await nightOf(winnow, { task: PAIR, dayMs: DAY });
    const rows = await linesOf<Row>(winnow, batches[0] ?? "", "provenance");
    expect(rows.map(({ file }) => file).sort()).toEqual(["kto", "kto", "preference", "sft"]);
    await sayAbout(CHOSEN, { kind: "copied" });
    const { manifest, rows: later } = await laterNight(1, PAIR);
    expect([manifest.retractions, later]).toEqual([[], []]);
  });

  test("names its row in the trail of the answer that is rejected, too", async () => {
    const { trail } = await detailOf(winnow, idOf(REJECTED));
    const [entry] = trail as unknown as { rows: object[] }[];
    expect(entry?.rows).toEqual([
      { file: "kto", row: 2 },
      { file: "preference", row: 1, as: "rejected" },
    ]);
  });

  test("is taken back where the rejected one turns out to be good", async () => {
    await sayAbout(REJECTED, UP);
    const { manifest } = await laterNight(2, PAIR);
    const taken = manifest.retractions.map(({ exchangeId, file, reason }) => [exchangeId, file, reason]);
    expect(taken.sort()).toEqual([
      [idOf(CHOSEN), "preference", "no_longer"],
      [idOf(REJECTED), "kto", "amended"],
    ]);
  });
});

/** What a night draws: by its seed, with probabilities that are right, and the same bytes whenever it is done again. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Drawing } from "../../shared/sample/drawing-bytes.ts";
import { getDrawing } from "../../shared/store/run-files.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { SECRET } from "../whole-way/captures.ts";
import { callOf, dayBefore, expectAddsUp, live, manifestOf, nightOf, type Told, UP } from "./nights.ts";

const DAY = dayBefore(40);
const GOOD = 40;
const SILENT = 160;
/** 40 with a thumb up, 160 of whom nobody said anything: two strata. */
const CALLS: Told[] = Array.from({ length: GOOD + SILENT }, (_, at) =>
  callOf({ task: "drawn", dayMs: DAY, at, ...(at < GOOD && { said: [UP] }) }),
);

/** Of another task, on the same day. */
const FEW = Array.from({ length: 6 }, (_, at) => callOf({ task: "few", dayMs: DAY, at }));

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  await live(winnow, [...CALLS, ...FEW]);
}, 240_000);
afterAll(() => winnow?.stop());

/** What a run drew, as it lies in R2. */
async function drawingOf(run: string): Promise<Drawing> {
  const drawing = await getDrawing(await winnow.bucket(), { run, app: "demo", task: "drawn" });
  if (drawing === undefined) throw new Error(`no drawing of ${run}`);
  return drawing;
}

async function drawWith(seed: string) {
  const settings = { budget: 40, auditShare: 0.1 };
  const run = await nightOf(winnow, { task: "drawn", dayMs: DAY, seed, settings });
  return { run, drawing: await drawingOf(run.id) };
}

function classOf(stratum: string): "good" | "none" {
  return stratum.startsWith("good/") ? "good" : "none";
}

test("a small budget is shared out over the strata, with an audit slice of all, and each row knows its probability", async () => {
  const { run, drawing } = await drawWith("one");
  expectAddsUp(run, CALLS.length);
  const drawn = drawing.drawn();
  expect(run.funnel.not_sampled).toBe(CALLS.length - drawn.length);
  expect(drawn.filter((one) => one.drawn?.audit)).toHaveLength(20);
  // three quarters of the budget for what people spoke of
  const expected = { good: 1 - (1 - 30 / GOOD) * (1 - 0.1), none: 1 - (1 - 10 / SILENT) * (1 - 0.1) };
  for (const { stratum, inclusionProbability } of drawn) {
    expect(inclusionProbability).toBeCloseTo(expected[classOf(stratum)], 12);
  }
  const { sampling } = await manifestOf(winnow, run.batches[0] ?? "");
  expect(sampling.strata.map(({ stratum, size }) => [classOf(stratum), size])).toEqual([
    ["good", GOOD],
    ["none", SILENT],
  ]);
});

test("weighted by their probabilities, the drawn rows stand for all: the mean of many draws is the truth", async () => {
  const estimates: number[] = [];
  for (let seed = 0; seed < 12; seed++) {
    const { drawing } = await drawWith(`draw ${seed}`);
    const good = drawing.drawn().filter(({ stratum }) => classOf(stratum) === "good");
    estimates.push(good.reduce((sum, one) => sum + 1 / one.inclusionProbability, 0));
  }
  const mean = estimates.reduce((sum, one) => sum + one, 0) / estimates.length;
  // a draw takes some 31 of 40: its estimate has a standard error of about 2, the mean of twelve one of under 1
  expect(Math.abs(mean - GOOD)).toBeLessThan(3);
});

test("one seed draws the same, another one something else", async () => {
  const [first, again, other] = [await drawWith("seed"), await drawWith("seed"), await drawWith("other")];
  const ids = ({ drawing }: { drawing: Drawing }) => drawing.drawn().map(({ id }) => id);
  expect(ids(again)).toEqual(ids(first));
  expect(ids(other)).not.toEqual(ids(first));
});

test("a night's budget is shared out over its tasks, and what a small one leaves goes to the others", async () => {
  const settings = { budget: 40, nightBudget: 30, auditShare: 0 };
  const run = await nightOf(winnow, { dayMs: DAY, seed: "night", settings });
  const manifests = await Promise.all(run.batches.map((batch) => manifestOf(winnow, batch)));
  const of = (task: string) => manifests.find((manifest) => manifest.task === task);
  expect([of("drawn")?.sampling.budget, of("few")?.sampling.budget]).toEqual([24, 6]);
  expect(run.funnel.not_sampled).toBe(CALLS.length - 24);
  const drawn = (await drawingOf(run.id)).drawn();
  // three quarters of 24 for what people spoke of
  for (const { stratum, inclusionProbability } of drawn) {
    expect(inclusionProbability).toBeCloseTo(classOf(stratum) === "good" ? 18 / GOOD : 6 / SILENT, 12);
  }
});

/** Evaluation and training stay apart: by conversation, by prompt, and over the nights. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { detailOf, idOf, linesOf, SECRET } from "../whole-way/captures.ts";
import { callOf, DAY_MS, dayBefore, live, nightOf, reasonsOf, sessionOn, type Told, UP } from "./nights.ts";

const DAY = dayBefore(40);
const TASK = "split";

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
});
afterAll(() => winnow?.stop());

async function sideOf(call: Told): Promise<string | null | undefined> {
  return (await detailOf(winnow, idOf(call))).trail[0]?.side;
}

test("a conversation is on one side, over three nights, and no night trains on what another one evaluates with", async () => {
  const sessions = Array.from({ length: 60 }, (_, at) => `conversation ${at}`);
  const days = [0, 1, 2].map((day) =>
    sessions.map((session, at) => {
      const header = { task: TASK, session };
      return { ...callOf({ task: TASK, dayMs: DAY + day * DAY_MS, at, said: [UP] }), header };
    }),
  );
  await live(winnow, days.flat());
  const batches: string[] = [];
  for (const day of [0, 1, 2])
    batches.push(...(await nightOf(winnow, { task: TASK, dayMs: DAY + day * DAY_MS })).batches);
  const sides = await Promise.all(days.map((day) => Promise.all(day.map(sideOf))));
  expect(sides[1]).toEqual(sides[0]);
  expect(sides[2]).toEqual(sides[0]);
  const evaluated = sides[0]?.filter((side) => side === "eval").length ?? 0;
  expect(evaluated).toBeGreaterThan(0);
  expect(evaluated).toBeLessThan(sessions.length / 3);
  for (const batch of batches) {
    const [evaluation, ...training] = await Promise.all(
      ["eval", "sft", "kto", "preference"].map((file) => linesOf<object>(winnow, batch, file)),
    );
    expect(evaluation).toHaveLength(evaluated);
    expect(training[0]).toHaveLength(sessions.length - evaluated);
  }
  const provenance = await Promise.all(
    batches.map((batch) => linesOf<{ file: string; exchangeId: string }>(winnow, batch, "provenance")),
  );
  const evalIds = new Set(
    days
      .flat()
      .map(idOf)
      .filter((_, at) => sides.flat()[at] === "eval") as string[],
  );
  for (const { file, exchangeId } of provenance.flat()) expect(evalIds.has(exchangeId)).toBe(file === "eval");
});

test.each<["train" | "eval", "train" | "eval"]>([
  ["train", "eval"],
  ["eval", "train"],
])("a prompt that was used for %s is not used for %s in a later night", async (first, second) => {
  const question = `Asked first for ${first}?`;
  const task = `prompt-${first}`;
  const early = callOf({ task, dayMs: DAY, at: 1, side: first, question, answer: "One.", said: [UP] });
  const late = callOf({ task, dayMs: DAY + DAY_MS, at: 1, side: second, question, answer: "Two.", said: [UP] });
  await live(winnow, [early, late]);
  const runs = [await nightOf(winnow, { task, dayMs: DAY }), await nightOf(winnow, { task, dayMs: DAY + DAY_MS })];
  expect(await reasonsOf(winnow, [early], runs[0]?.id ?? "")).toEqual(["exported"]);
  expect(await reasonsOf(winnow, [late], runs[1]?.id ?? "")).toEqual(["on_other_side"]);
});

test("a prompt that is on both sides of one night is evaluated with", async () => {
  const task = "both-sides";
  const question = "Asked on both sides?";
  const day = (["train", "eval"] as const).map((side, at) => {
    const header = { task, session: sessionOn(side, `${task} ${at}`) };
    return { ...callOf({ task, dayMs: DAY, at, question, answer: `${side}.`, said: [UP] }), header };
  });
  await live(winnow, day);
  const run = await nightOf(winnow, { task, dayMs: DAY });
  expect(await reasonsOf(winnow, day, run.id)).toEqual(["on_other_side", "exported"]);
});

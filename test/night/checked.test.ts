/** Answers that fail a check are not learned from, and their trail says what was found; a person's correction of one is. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { detailOf, idOf, SECRET } from "../whole-way/captures.ts";
import { callOf, dayBefore, live, manifestOf, nightOf, UP } from "./nights.ts";

const DAY = dayBefore(30);
const LOOP = "I am happy to help you with that.\n".repeat(12);

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
});
afterAll(() => winnow?.stop());

test("each ends in the count of its check, with the reason, unless the check is off", async () => {
  const task = "checked";
  const calls = [
    callOf({ task, dayMs: DAY, at: 0, said: [UP], answer: "502 Bad Gateway" }),
    callOf({ task, dayMs: DAY, at: 1, said: [UP], answer: LOOP }),
    callOf({
      task,
      dayMs: DAY,
      at: 2,
      answer: LOOP,
      question: "Will you help?",
      said: [{ kind: "correction", text: "Yes." }],
    }),
  ];
  await live(winnow, calls);
  const run = await nightOf(winnow, { task, dayMs: DAY });
  expect(run.funnel).toEqual({ window: 3, error_text: 1, repetition: 1, exported: 1 });
  expect((await manifestOf(winnow, run.batches[0] ?? "")).counts).toMatchObject({ sft: 1, preference: 0 });
  const trails = await Promise.all(calls.map(async (one) => JSON.stringify((await detailOf(winnow, idOf(one))).trail)));
  expect(trails[0]).toContain("is the message of an error");
  expect(trails[1]).toMatch(/\d+% of its lines are repeated, 30% at most/);
  const off = await nightOf(winnow, { task, dayMs: DAY, settings: { checks: { repetition: false } } });
  expect(off.funnel).toEqual({ window: 3, error_text: 1, exported: 2 }); // of the third a pair can be made now
});

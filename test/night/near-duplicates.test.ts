/** Near-duplicates in a night, and over nights: the best one stays, and no question is on both sides of the split. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { SECRET } from "../whole-way/captures.ts";
import { callOf, DAY_MS, dayBefore, live, manifestOf, nightOf, reasonsOf, type Said, UP } from "./nights.ts";

const DAY = dayBefore(40);
const QUESTION =
  "My parcel with the red shoes was sent last Monday from your house in the north, and I was told that it would be here within three days, but nobody has rung the bell so far, so where can it be now and whom should I ask?";
const ANSWER =
  "I am sorry that the shoes have not come yet. The parcel left our house on Monday evening and was scanned in the depot near you on Wednesday morning, so it should be with you today or tomorrow at the latest; if it is not, write to me again and I will send another pair at once.";

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
});
afterAll(() => winnow?.stop());

function call(
  task: string,
  at: number,
  more: { question: string; answer: string; side?: "train" | "eval"; day?: number; said?: Said[] },
) {
  const { question, answer, side = "train", day = 0, said = [UP] } = more; // no prompt of one task stands in another, as an app's tasks share what was exported
  return callOf({
    task,
    dayMs: DAY + day * DAY_MS,
    at,
    side,
    said,
    question: `${question} ${task}?`,
    answer: `${answer} ${task}.`,
  });
}

test("of nearly the same the best stays, tonight and in later nights, and another answer to the same question stays too", async () => {
  const task = "near";
  const best = [UP, { ...UP, actor: "gus" }, { ...UP, actor: "hal" }];
  const calls = [
    call(task, 0, { question: QUESTION.replace("red", "blue"), answer: ANSWER.replace("today", "now") }),
    call(task, 1, { question: QUESTION, answer: ANSWER, said: best }),
    call(task, 2, { question: QUESTION, answer: "Nobody knows.", said: [UP] }),
  ];
  const later = [call(task, 0, { question: QUESTION, answer: ANSWER.replace("evening", "night"), day: 1 })];
  await live(winnow, [...calls, ...later]);
  const [first, second] = [
    await nightOf(winnow, { task, dayMs: DAY }),
    await nightOf(winnow, { task, dayMs: DAY + DAY_MS }),
  ];
  expect(await reasonsOf(winnow, calls, first.id)).toEqual(["near_duplicate", "exported", "exported"]);
  expect(await reasonsOf(winnow, later, second.id)).toEqual(["near_duplicate"]);
});

test.each<["train" | "eval", "train" | "eval"]>([
  ["train", "eval"],
  ["eval", "train"],
])("what was asked for %s is not asked in nearly the same words for %s in a later night", async (one, other) => {
  const task = `near-${one}`;
  const early = call(task, 0, { question: QUESTION, answer: "One.", side: one });
  const late = call(task, 0, { question: QUESTION.replace("bell", "door"), answer: "Two.", side: other, day: 1 });
  await live(winnow, [early, late]);
  const [first, second] = [
    await nightOf(winnow, { task, dayMs: DAY }),
    await nightOf(winnow, { task, dayMs: DAY + DAY_MS }),
  ];
  expect(await reasonsOf(winnow, [early], first.id)).toEqual(["exported"]);
  expect(await reasonsOf(winnow, [late], second.id)).toEqual(["on_other_side"]);
});

test("a question that is on both sides of one night in nearly the same words is evaluated with", async () => {
  const task = "near-both";
  const calls = [
    call(task, 0, { question: QUESTION, answer: "One.", side: "train" }),
    call(task, 1, { question: QUESTION.replace("bell", "door"), answer: "Two.", side: "eval" }),
  ];
  await live(winnow, calls);
  const run = await nightOf(winnow, { task, dayMs: DAY });
  expect(await reasonsOf(winnow, calls, run.id)).toEqual(["on_other_side", "exported"]);
});

test("a cluster that eats a task is told of, and one template with many fillings is none", async () => {
  const words = Array.from({ length: 100 }, (_, at) => `word${at}`);
  const swarm = Array.from({ length: 24 }, (_, at) =>
    call("near-swarm", at, { question: words.with(4 * at, `other${at}`).join(" "), answer: ANSWER }),
  );
  const filled = Array.from({ length: 60 }, (_, at) =>
    call("near-filled", at, {
      question: `${QUESTION} My number is ${at * 7919}.`,
      answer: `${ANSWER} Number ${at * 7919}.`,
    }),
  );
  await live(winnow, [...swarm, ...filled]);
  const settings = { sessionShareMax: 1 };
  const swarmed = await nightOf(winnow, { task: "near-swarm", dayMs: DAY, settings });
  const { dedupe, funnel } = await manifestOf(winnow, swarmed.batches[0] ?? "");
  expect(funnel.exported).toBeLessThanOrEqual(2);
  expect(dedupe.alarms).toEqual([
    { exchangeId: expect.any(String), size: expect.any(Number), share: expect.any(Number) },
  ]);
  expect(dedupe.alarms[0]?.share).toBeGreaterThan(0.8);
  const templated = await nightOf(winnow, { task: "near-filled", dayMs: DAY, settings });
  expect(templated.funnel).toEqual({ window: 60, exported: 60 });
});

/** Registered eval sets: what overlaps with one is not trained on, and says with which line. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { api, detailOf, idOf, SECRET } from "../whole-way/captures.ts";
import { callOf, dayBefore, live, manifestOf, nightOf, UP } from "./nights.ts";

const DAY = dayBefore(20);
const QUESTION =
  "A farmer has seventeen sheep, and all but nine of them run away in the night; how many does he have left?";

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
});
afterAll(() => winnow?.stop());

function register(jsonl: string, name = "riddles"): Promise<Response> {
  return api(winnow, `/v1/eval-sets?name=${name}`, { method: "POST", body: jsonl });
}

test("a row that asks what an eval set asks is not trained on, until the set is taken away", async () => {
  expect(
    (await register(`${JSON.stringify({ question: "Who?" })}\n${JSON.stringify({ question: QUESTION })}\n`)).status,
  ).toBe(201);
  const listed = (await (await api(winnow, "/v1/eval-sets")).json()) as { evalSets: { name: string; rows: number }[] };
  expect(listed.evalSets).toMatchObject([{ name: "riddles", rows: 2 }]);
  const calls = [
    callOf({ task: "riddle", dayMs: DAY, at: 0, said: [UP], question: `Tell me: ${QUESTION}`, answer: "Nine." }),
    callOf({ task: "riddle", dayMs: DAY, at: 1, said: [UP], question: "How many legs has a sheep?", answer: "Four." }),
  ];
  await live(winnow, calls);
  const kept = await nightOf(winnow, { task: "riddle", dayMs: DAY });
  expect(kept.funnel).toEqual({ window: 2, exported: 1, in_eval_set: 1 });
  expect((await manifestOf(winnow, kept.batches[0] ?? "")).split.evalSets).toEqual(["riddles"]);
  const [first] = calls;
  const { trail } = await detailOf(winnow, idOf(first ?? callOf({ task: "", dayMs: 0, at: 0 })));
  expect(JSON.stringify(trail)).toContain("12-gram of riddles, line 2");

  expect((await api(winnow, "/v1/eval-sets/riddles", { method: "DELETE" })).status).toBe(200);
  expect((await api(winnow, "/v1/eval-sets/riddles", { method: "DELETE" })).status).toBe(404);
  const free = await nightOf(winnow, { task: "riddle", dayMs: DAY });
  expect(free.funnel).toEqual({ window: 2, exported: 1, exported_before: 1 });
});

test.each([
  ["no name", "", '{"text":"q"}', 400, "name"],
  ["a name that is a path", "?name=../x", '{"text":"q"}', 400, "name"],
  ["a line that is none", "?name=x", '{"text":"q"}\n{', 400, "line 2"],
  ["nothing", "?name=x", "", 400, "no rows"],
  ["eleven megabytes", "?name=x", "x".repeat(11 * 1024 * 1024), 413, "over 10485760 bytes"],
])("%s is refused, and says why", async (_, query, body, status, told) => {
  const answer = await api(winnow, `/v1/eval-sets${query}`, { method: "POST", body });
  expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(told)]);
});

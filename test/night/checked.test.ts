/** Answers that fail a check are not learned from, and their trail says what was found; a person's correction of one is. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { detailOf, idOf, SECRET } from "../whole-way/captures.ts";
import { callOf, dayBefore, live, manifestOf, nightOf, type Told, UP } from "./nights.ts";

const DAY = dayBefore(30);
const LOOP = "I am happy to help you with that.\n".repeat(12);

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
});
afterAll(() => winnow?.stop());

const GERMAN =
  "Meine Bestellung ist seit zwei Wochen unterwegs und niemand kann mir sagen, wo sie geblieben ist. Bitte kümmern Sie sich darum.";
const ENGLISH =
  "Your parcel left our house two weeks ago and should be with you soon; if it is not there by Friday, we will send you another one.";
const SCHEMA = {
  type: "object",
  properties: { format: { enum: ["short", "long"] } },
  required: ["format"],
  additionalProperties: false,
};
const TOOLS = [{ type: "function", function: { name: "report", parameters: SCHEMA } }];

/** By the check that it fails: what makes a call fail it, and a part of what its trail says. */
const FAILING: Record<string, [more: Partial<Told>, said: string]> = {
  wrong_language: [{ question: GERMAN, answer: ENGLISH }, 'the answer is in "en", the question in "de"'],
  invalid_json: [
    asking(
      { response_format: { type: "json_schema", json_schema: { name: "r", schema: SCHEMA } } },
      '{"format":"wide"}',
    ),
    'a JSON Schema was given, and it breaks its "enum"',
  ],
  invalid_tool_arguments: [asking({ tools: TOOLS }, null, "{}"), 'call 1 breaks "required" of the tool\'s schema'],
  secret: [
    asking({}, null, `{"format":"sk-proj-${"aB3dE5gH7jK9mN1pQ3sT5vW7yZ".repeat(2)}"}`),
    "1 secret that the prompt does not have: openai_key",
  ],
};

/** A request with these fields, answered with this text, or with a call of the tool. */
function asking(fields: object, content: string | null, args?: string): Partial<Told> {
  const call = { id: "call_1", type: "function", function: { name: "report", arguments: args } };
  const message = { role: "assistant", content, ...(args !== undefined && { tool_calls: [call] }) };
  const request = { model: "gpt-4o-mini", messages: [{ role: "user", content: "Report?" }], ...fields };
  return {
    request: JSON.stringify(request),
    response: JSON.stringify({ model: "gpt-4o-mini", choices: [{ index: 0, message, finish_reason: "stop" }] }),
  };
}

test("what asked for JSON, tools or an answer in its own language is held to that, whatever the thumb", async () => {
  const task = "held-to-it";
  const names = Object.keys(FAILING);
  const sound = callOf({
    task,
    dayMs: DAY,
    at: names.length,
    said: [UP],
    ...asking({ tools: TOOLS }, null, '{"format":"short"}'),
  });
  const calls = names.map((name, at) => callOf({ task, dayMs: DAY, at, said: [UP], ...FAILING[name]?.[0] }));
  await live(winnow, [...calls, sound]);
  const run = await nightOf(winnow, { task, dayMs: DAY });
  const each = Object.fromEntries(names.map((name) => [name, 1]));
  expect(run.funnel).toEqual({ window: names.length + 1, ...each, exported: 1 });
  for (const [at, name] of names.entries()) {
    const [entry] = (await detailOf(winnow, idOf(calls[at] as Told))).trail;
    expect(entry).toMatchObject({ reason: name, stage: "check", detail: FAILING[name]?.[1] });
  }
});

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

import { describe, expect, test } from "vitest";
import { assemble, NO_EXAMPLE_REASONS, type NoExampleReason, type Sampled } from "../../shared/assemble/assemble.ts";
import { EXAMPLE_FILES, type Example } from "../../shared/core/example.ts";
import type { ExchangeRecord, Message } from "../../shared/core/exchange.ts";
import type { Feedback, FeedbackKind } from "../../shared/core/feedback.ts";
import type { ExchangeId } from "../../shared/core/ids.ts";
import { verdictOf } from "../../shared/verdict/verdict.ts";
import fc from "./property.ts";

const PROMPT: Message[] = [
  { role: "system", content: "Be kind." },
  { role: "user", content: "Capital of France?" },
];
const ANSWER: Message = { role: "assistant", content: "Paris, I think." };
const BETTER: Message = { role: "assistant", content: "Paris." };
const TOOL = { type: "function", function: { name: "look_up" } };

const RECORD: ExchangeRecord = {
  type: "exchange",
  version: 1,
  id: "019a0000-0000-7000-8000-000000000001" as ExchangeId,
  app: "demo",
  task: "geography",
  template: "a1b2c3d4e5f60718",
  prompt: "0011223344556677",
  conversation: "8899aabbccddeeff",
  answer: "0123456789abcdef",
  turn: "123456789abcdef0",
  follows: null,
  next: null,
  user: "ada@example.com",
  session: "s1",
  parent: null,
  traceparent: null,
  requestId: null,
  responseId: "chatcmpl-1",
  provider: "openai",
  format: "openai",
  path: "/v1/chat/completions",
  model: "gpt-4.1-mini",
  capture: "full",
  meta: null,
  at: "2026-11-20T03:04:05.678Z",
  status: 200,
  outcome: "complete",
  streamed: false,
  finishReason: "stop",
  usage: null,
  costUsdMicros: null,
  firstByteMs: 10,
  durationMs: 20,
  flags: [],
  request: { model: "gpt-4.1-mini", messages: [], tools: [TOOL] },
  response: {},
};

function say(kind: FeedbackKind, options: Partial<Feedback> = {}): Feedback {
  return {
    exchangeId: RECORD.id,
    kind,
    name: "",
    actor: "ada@example.com",
    value: true,
    text: null,
    atMs: 1_795_392_000_000,
    eventId: "event-1",
    ...options,
  };
}

const UP = say("thumb", { value: "up" });
const DOWN = say("thumb", { value: "down" });
const CORRECTION = say("correction", { text: "Paris." });

function sampled(feedback: readonly Feedback[], overrides: Partial<Sampled> = {}): Sampled {
  return {
    record: RECORD,
    prompt: PROMPT,
    tools: [TOOL],
    answer: ANSWER,
    failed: null,
    feedback,
    verdict: { ...verdictOf(feedback), verified: false },
    lineage: { answer: { origin: "model", model: RECORD.model }, correction: { origin: "human-edited" } },
    inclusionProbability: 0.25,
    stratum: "good",
    side: "train",
    pGoodMin: 0.7,
    ...overrides,
  };
}

function examplesOf(feedback: readonly Feedback[], overrides: Partial<Sampled> = {}): Example[] {
  const examples = assemble(sampled(feedback, overrides));
  if (typeof examples === "string") throw new Error(`no example: ${examples}`);
  return examples;
}

/** What an example teaches, without where it comes from. */
function lessonsOf(examples: readonly Example[]): object[] {
  return examples.map(({ id: _id, prompt: _prompt, tools: _tools, provenance: _provenance, ...lesson }) => lesson);
}

describe("on the training side", () => {
  test("a correction becomes a target and a preference over the answer", () => {
    expect(lessonsOf(examplesOf([CORRECTION]))).toEqual([
      { file: "sft", completion: BETTER },
      { file: "preference", chosen: BETTER, rejected: ANSWER },
    ]);
  });

  test("a correction that says what the answer said is a target and no preference", () => {
    const same = say("correction", { text: "Paris, I think." });
    expect(lessonsOf(examplesOf([same]))).toEqual([{ file: "sft", completion: ANSWER }]);
  });

  test("a correction of an answer that failed its checks, or is missing, is a target and no preference", () => {
    const target = [{ file: "sft", completion: BETTER }];
    expect(lessonsOf(examplesOf([CORRECTION], { failed: "truncated" }))).toEqual(target);
    expect(lessonsOf(examplesOf([CORRECTION], { answer: undefined }))).toEqual(target);
  });

  test("a correction is used whatever the voters say of the answer, and a thumb up for it makes no row", () => {
    expect(lessonsOf(examplesOf([CORRECTION, UP])).map((lesson) => "file" in lesson && lesson.file)).toEqual([
      "sft",
      "preference",
    ]);
    expect(lessonsOf(examplesOf([CORRECTION, UP, say("thumb", { value: "down", actor: "bob" })]))).toHaveLength(2);
  });

  test("a correction of what others, taken together, call good is in conflict with them", () => {
    const bob = say("thumb", { value: "up", actor: "bob" });
    const cyd = say("thumb", { value: "up", actor: "cyd" });
    const dee = say("thumb", { value: "down", actor: "dee" });
    expect(assemble(sampled([CORRECTION, bob]))).toBe("conflicting");
    expect(assemble(sampled([CORRECTION, bob, cyd, dee]))).toBe("conflicting");
    expect(assemble(sampled([CORRECTION, bob, cyd], { side: "eval" }))).toBe("conflicting");
    expect(assemble(sampled([CORRECTION, bob, dee]))).not.toBe("conflicting");
  });

  test("a correction with a thumb down makes the answer undesirable, too", () => {
    expect(lessonsOf(examplesOf([CORRECTION, DOWN]))).toEqual([
      { file: "sft", completion: BETTER },
      { file: "preference", chosen: BETTER, rejected: ANSWER },
      { file: "kto", completion: ANSWER, label: false },
    ]);
  });

  test("of several corrections the newest counts, whatever their order", () => {
    const old = say("correction", { text: "old", atMs: 1, eventId: "z", actor: "bob" });
    const older = say("correction", { text: "older", atMs: 0, eventId: "zz", actor: "cyd" });
    for (const feedback of [
      [old, CORRECTION, older],
      [CORRECTION, older, old],
      [older, old, CORRECTION],
    ]) {
      expect(lessonsOf(examplesOf(feedback))[0]).toEqual({ file: "sft", completion: BETTER });
    }
  });

  test("of two corrections of one millisecond the later event counts, whatever their order", () => {
    const later = say("correction", { text: "later", eventId: "event-2", actor: "bob" });
    expect(lessonsOf(examplesOf([CORRECTION, later]))[0]).toMatchObject({ completion: { content: "later" } });
    expect(lessonsOf(examplesOf([later, CORRECTION]))[0]).toMatchObject({ completion: { content: "later" } });
  });

  test("a thumb up makes the answer a target, and desirable", () => {
    expect(lessonsOf(examplesOf([UP]))).toEqual([
      { file: "sft", completion: ANSWER },
      { file: "kto", completion: ANSWER, label: true },
    ]);
  });

  test("a thumb down makes the answer undesirable, and nothing else", () => {
    expect(lessonsOf(examplesOf([DOWN]))).toEqual([{ file: "kto", completion: ANSWER, label: false }]);
  });

  test.each([
    [1, true, ["sft", "kto"]],
    [0.6, true, ["kto"]],
    [0.4, false, ["kto"]],
    [0, false, ["kto"]],
  ])("a rating of %d labels the answer %s, in %j", (value, label, files) => {
    const examples = examplesOf([say("rating", { value })]);
    expect(examples.map((example) => example.file)).toEqual(files);
    expect(examples.at(-1)).toMatchObject({ file: "kto", label });
  });

  test("a thumb up that weak signs speak against stays desirable, and is no target", () => {
    const examples = examplesOf([UP, say("regenerated"), say("reverted")]);
    expect(lessonsOf(examples)).toEqual([{ file: "kto", completion: ANSWER, label: true }]);
  });

  test("an answer that nobody spoke of is a target where a calibrated verdict is sure of it, and only there", () => {
    const verdict = { pGood: 0.9, grounds: [], labelled: false, conflicting: false };
    const sure = { verdict: { ...verdict, verified: true } };
    expect(lessonsOf(examplesOf([], sure))).toEqual([{ file: "sft", completion: ANSWER }]);
    expect(lessonsOf(examplesOf([], { ...sure, side: "eval" }))).toEqual([{ file: "eval", completion: ANSWER }]);
    expect(assemble(sampled([], { verdict: { ...verdict, verified: false } }))).toBe("no_label");
  });

  test("a thumb of somebody who says the opposite of what others find labels nothing", () => {
    const against = { kind: "thumb", value: "up", actor: "eve", logOdds: -0.8 };
    const verdict = { pGood: 0.3, grounds: [against], labelled: true, conflicting: false, verified: false };
    expect(assemble(sampled([UP], { verdict }))).toBe("below_threshold");
  });

  test("an answer that failed a check gives the check as its reason", () => {
    expect(assemble(sampled([UP], { failed: "truncated" }))).toBe("truncated");
    expect(assemble(sampled([], { failed: "repetition" }))).toBe("repetition");
  });

  test("an acceptance makes the answer a target, and is no thumb", () => {
    expect(lessonsOf(examplesOf([say("accepted")]))).toEqual([{ file: "sft", completion: ANSWER }]);
  });

  test("the threshold is met at itself, and not one digit below", () => {
    const { pGood } = verdictOf([say("accepted")]);
    expect(lessonsOf(examplesOf([say("accepted")], { pGoodMin: pGood }))).toHaveLength(1);
    expect(assemble(sampled([say("accepted")], { pGoodMin: pGood + 1e-6 }))).toBe("below_threshold");
  });
});

describe("on the evaluation side", () => {
  const side = "eval";

  test("a correction becomes the reference", () => {
    expect(lessonsOf(examplesOf([CORRECTION, DOWN], { side }))).toEqual([{ file: "eval", completion: BETTER }]);
  });

  test("an answer that is good becomes the reference", () => {
    expect(lessonsOf(examplesOf([UP], { side }))).toEqual([{ file: "eval", completion: ANSWER }]);
  });

  test("an answer that is bad leaves nothing to compare with", () => {
    expect(assemble(sampled([DOWN], { side }))).toBe("eval_without_reference");
  });
});

/** Each reason, with all that gives it. */
const REASONS: [NoExampleReason, string, Sampled][] = [
  ["no_label", "nobody said anything", sampled([])],
  [
    "no_label",
    "weak signs rank and never label",
    sampled([say("copied"), say("retained"), say("metric", { name: "m" })]),
  ],
  ["no_label", "a comment is not understood", sampled([say("comment", { text: "hm" })])],
  ["no_label", "there is no answer", sampled([UP], { answer: undefined })],
  ["no_label", "the same on the evaluation side", sampled([], { side: "eval" })],
  ["conflicting", "one is for it and one against", sampled([UP, say("thumb", { value: "down", actor: "bob" })])],
  ["below_threshold", "what was accepted was regenerated", sampled([say("accepted"), say("regenerated")])],
  ["eval_without_reference", "the answer is bad", sampled([DOWN], { side: "eval" })],
  ["eval_without_reference", "voters disagree", sampled([UP, DOWN], { side: "eval" })],
  ["eval_without_reference", "it is not good enough", sampled([say("rating", { value: 0.6 })], { side: "eval" })],
];

describe("no example", () => {
  test.each(REASONS)("%s: %s", (reason, _why, input) => {
    expect(assemble(input)).toBe(reason);
  });

  test("has every reason once at least", () => {
    expect(new Set(REASONS.map(([reason]) => reason))).toEqual(new Set(NO_EXAMPLE_REASONS));
  });
});

describe("an example", () => {
  test("has the prompt and the tools as the app sent them", () => {
    for (const example of examplesOf([CORRECTION, DOWN])) {
      expect(example.prompt).toEqual(PROMPT);
      expect(example.tools).toEqual([TOOL]);
    }
  });

  test.each([[[]], ["x"], [null], [{}]])("has no tools where the conversation offers %j", (tools) => {
    for (const example of examplesOf([UP], { tools })) expect(example.tools).toBeNull();
  });

  test("has an id of its own, the same each time", () => {
    const ids = examplesOf([CORRECTION, DOWN]).map((example) => example.id);
    expect(new Set(ids).size).toBe(3);
    expect(examplesOf([CORRECTION, DOWN]).map((example) => example.id)).toEqual(ids);
    const other = { ...RECORD, id: "019a0000-0000-7000-8000-000000000002" as ExchangeId };
    const otherIds = examplesOf([CORRECTION, DOWN], { record: other }).map((example) => example.id);
    expect(otherIds.some((id) => ids.includes(id))).toBe(false);
  });

  test("says why it is there", () => {
    const [target, pair, row] = examplesOf([CORRECTION, DOWN]);
    expect(target?.provenance).toEqual({
      exchangeId: RECORD.id,
      at: RECORD.at,
      model: "gpt-4.1-mini",
      template: "a1b2c3d4e5f60718",
      inclusionProbability: 0.25,
      stratum: "good",
      pGood: verdictOf([CORRECTION, DOWN]).pGood,
      grounds: [
        { kind: "correction", value: true, actor: "actor-1", logOdds: -1.2 },
        { kind: "thumb", value: "down", actor: "actor-1", logOdds: -1.6 },
      ],
      lineage: { origin: "human-edited" },
      because: "correction",
    });
    expect(pair?.provenance.because).toBe("correction");
    expect(row?.provenance).toMatchObject({
      because: "thumb",
      lineage: { origin: "model", model: "gpt-4.1-mini" },
    });
    expect(examplesOf([UP])[0]?.provenance.because).toBe("verdict");
  });

  test("names no one, and still tells two voices from one", () => {
    const feedback = [
      say("thumb", { value: "up", actor: "ada@example.com" }),
      say("copied", { actor: "bob@example.com" }),
      say("accepted", { actor: "ada@example.com" }),
      say("retained", { actor: "" }),
    ];
    const [example] = examplesOf(feedback);
    expect(example?.provenance.grounds.map((ground) => ground.actor)).toEqual([
      "actor-1",
      "actor-2",
      "actor-1",
      "actor-3",
    ]);
    expect(JSON.stringify(examplesOf(feedback))).not.toContain("@example.com");
  });
});

describe("whatever the feedback", () => {
  const kinds = fc.constantFrom<FeedbackKind>("thumb", "rating", "correction", "accepted", "copied", "regenerated");
  const word = fc.tuple(kinds, fc.nat(10), fc.constantFrom("ada", "bob", "cyd")).map(([kind, number, actor]) =>
    say(kind, {
      actor,
      value: kind === "thumb" ? (number % 2 ? "up" : "down") : kind === "rating" ? number / 10 : true,
      text: kind === "correction" ? `correction ${number}` : null,
      atMs: number,
    }),
  );
  const input = fc
    .record({
      feedback: fc.array(word, { maxLength: 6 }),
      side: fc.constantFrom("train" as const, "eval" as const),
      failed: fc.constantFrom(null, "repetition"),
      answer: fc.constantFrom(ANSWER, undefined),
      pGoodMin: fc.double({ min: 0.5, max: 1, noNaN: true }),
    })
    .map(({ feedback, ...overrides }) => sampled(feedback, overrides));

  test("nothing of the evaluation side is trained on, and nothing else is evaluated on", () => {
    fc.assert(
      fc.property(input, (sampled) => {
        const examples = assemble(sampled);
        if (typeof examples === "string") return;
        for (const { file } of examples) expect(file === "eval").toBe(sampled.side === "eval");
      }),
      { numRuns: 1_000 },
    );
  });

  test("there is a reason or an example, and no file holds two", () => {
    fc.assert(
      fc.property(input, (sampled) => {
        const examples = assemble(sampled);
        if (typeof examples === "string") {
          expect([...NO_EXAMPLE_REASONS, "repetition"]).toContain(examples);
          return;
        }
        const files = examples.map((example) => example.file);
        expect(files.length).toBeGreaterThan(0);
        expect(new Set(files).size).toBe(files.length);
        for (const file of files) expect(EXAMPLE_FILES).toContain(file);
      }),
      { numRuns: 1_000 },
    );
  });

  test("an answer that failed its checks is never learned from", () => {
    fc.assert(
      fc.property(input, (sampled) => {
        const examples = assemble({ ...sampled, failed: "truncated" });
        if (typeof examples === "string") return;
        for (const example of examples) expect(JSON.stringify(lessonsOf([example]))).not.toContain("I think");
      }),
      { numRuns: 1_000 },
    );
  });
});

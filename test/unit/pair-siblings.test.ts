/** Pairs of two answers to one prompt. */
import { expect, test } from "vitest";
import { pairSiblings, type Sibling } from "../../shared/assemble/pair-siblings.ts";
import type { Feedback } from "../../shared/core/feedback.ts";
import type { ExchangeId } from "../../shared/core/ids.ts";
import { verdictOf } from "../../shared/verdict/verdict.ts";

function say(kind: Feedback["kind"], value: Feedback["value"] = true): Feedback {
  return { exchangeId: "x" as ExchangeId, kind, name: "", actor: "ada", value, text: null, atMs: 1, eventId: "e" };
}
const UP = say("thumb", "up");
const DOWN = say("thumb", "down");

function sibling(
  id: string,
  feedback: Feedback[],
  more: Partial<Sibling> & { content?: string; failed?: string } = {},
): Sibling {
  const { content = `Answer ${id}.`, failed = null, ...rest } = more;
  return {
    prompt: "p",
    parent: null,
    conversation: null,
    sampled: {
      record: { id: id as ExchangeId, at: "2026-11-20T00:00:00.000Z", model: "m", template: null },
      prompt: [{ role: "user", content: "Question?" }],
      tools: null,
      answer: { role: "assistant", content },
      failed,
      feedback,
      verdict: { ...verdictOf(feedback), verified: false },
      lineage: { answer: { origin: "model", model: "m" }, correction: { origin: "human-edited" } },
      inclusionProbability: 1,
      stratum: "good",
      pGoodMin: 0.7,
    },
    ...rest,
  };
}

function pairsOf(...siblings: Sibling[]): string[] {
  return [...pairSiblings(siblings).values()].map(
    ({ provenance }) => `${provenance.exchangeId} over ${provenance.rejectedExchangeId}: ${provenance.because}`,
  );
}

test("an answer that people like is chosen over one to the same prompt that they don't", () => {
  expect(pairsOf(sibling("a", [UP]), sibling("b", [DOWN]))).toEqual(["a over b: siblings"]);
  const pair = pairSiblings([sibling("a", [UP]), sibling("b", [DOWN])]).get("a");
  expect([pair?.chosen.content, pair?.rejected.content]).toEqual(["Answer a.", "Answer b."]);
});

test.each<[string, Sibling]>([
  ["nobody spoke of", sibling("b", [])],
  ["only weak signs speak against", sibling("b", [say("regenerated")])],
  ["answers another prompt", sibling("b", [DOWN], { prompt: "q" })],
  ["failed a check", sibling("b", [DOWN], { failed: "truncated" })],
  ["says the same", sibling("b", [DOWN], { content: "Answer a." })],
  ["people disagree about", sibling("b", [DOWN, { ...UP, actor: "bob" }, { ...DOWN, actor: "cyd" }])],
])("an answer that %s is not rejected", (_what, other) => {
  expect(pairsOf(sibling("a", [UP]), other)).toEqual([]);
});

test("an answer that was mended is not chosen as it was", () => {
  const mended = { ...say("correction"), text: "Better." };
  expect(pairsOf(sibling("a", [UP, say("accepted"), say("accepted"), mended]), sibling("b", [DOWN]))).toEqual([]);
});

test("what was asked for again gives way to the next answer, where that one was taken", () => {
  const first = sibling("a", [say("regenerated")], { conversation: "c" });
  const again = { conversation: "c" };
  expect(pairsOf(first, sibling("b", [say("accepted")], again))).toEqual(["b over a: regenerated"]);
  expect(pairsOf(first, sibling("b", [UP], again))).toEqual(["b over a: regenerated"]);
  expect(pairsOf(first, sibling("b", [], again))).toEqual([]);
  expect(pairsOf(first, sibling("b", [UP], { conversation: "d" }))).toEqual([]);
  expect(pairsOf(sibling("a", [say("regenerated")]), sibling("b", [UP], { parent: "a.mac" }))).toEqual([
    "b over a: regenerated",
  ]);
  // the one before is not the next one
  expect(pairsOf(sibling("a", [UP], again), sibling("b", [say("regenerated")], again))).toEqual([]);
});

test("of several, those of nearly one length are paired, and each is in one pair", () => {
  const words = (count: number, letter: string) => `${letter} `.repeat(count);
  const good = [sibling("a", [UP], { content: words(100, "x") }), sibling("b", [UP], { content: words(10, "x") })];
  const bad = [sibling("c", [DOWN], { content: words(11, "y") }), sibling("d", [DOWN], { content: words(90, "y") })];
  expect(pairsOf(...good, ...bad).sort()).toEqual(["a over d: siblings", "b over c: siblings"]);
  expect(pairsOf(...good, ...bad.slice(0, 1))).toEqual(["b over c: siblings"]);
});

test("the order in which answers come makes no difference", () => {
  const all = [sibling("a", [UP]), sibling("b", [DOWN]), sibling("c", [UP]), sibling("d", [DOWN])];
  expect(pairsOf(...all.toReversed()).sort()).toEqual(pairsOf(...all).sort());
});

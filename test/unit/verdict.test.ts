import { describe, expect, test } from "vitest";
import { type Feedback, type FeedbackKind, SENT_KINDS } from "../../shared/core/feedback.ts";
import type { ExchangeId } from "../../shared/core/ids.ts";
import { DEFAULT_SETTINGS } from "../../shared/core/run.ts";
import { classOf, VERDICT_CLASSES, verdictOf } from "../../shared/verdict/verdict.ts";
import { WEIGHTS, weigh } from "../../shared/verdict/weights.ts";
import fc from "./property.ts";

type Piece = Partial<Feedback> & { kind: FeedbackKind };

function piece(options: Piece): Feedback {
  return {
    exchangeId: "019a0000-0000-7000-8000-000000000001" as ExchangeId,
    name: "",
    actor: "",
    value: true,
    text: null,
    atMs: 1_795_392_000_000,
    eventId: "event-1",
    ...options,
  };
}

const UP = piece({ kind: "thumb", value: "up", actor: "ada" });
const DOWN = piece({ kind: "thumb", value: "down", actor: "bob" });

const anyPiece: fc.Arbitrary<Feedback> = fc
  .tuple(fc.constantFrom(...SENT_KINDS), fc.nat(100), fc.constantFrom("ada", "bob", "cyd", ""))
  .map(([kind, number, actor]) => {
    if (kind === "thumb") return piece({ kind, actor, value: number % 2 ? "up" : "down" });
    if (kind === "rating") return piece({ kind, actor, value: number / 100 });
    if (kind === "metric") return piece({ kind, actor, name: "m", value: number % 3 ? number % 3 === 1 : number });
    return piece({ kind, actor, text: kind === "correction" || kind === "comment" ? "text" : null });
  });
const anyFeedback = fc.array(anyPiece, { maxLength: 20 });

describe("a verdict", () => {
  test("of no feedback is even, and rests on nothing", () => {
    expect(verdictOf([])).toEqual({ pGood: 0.5, grounds: [], labelled: false, conflicting: false });
  });

  test("of one thumb is right some four times in five", () => {
    expect(verdictOf([UP])).toEqual({
      pGood: 0.802184, // 1 / (1 + e^-1.4)
      grounds: [{ kind: "thumb", value: "up", actor: "ada", logOdds: 1.4 }],
      labelled: true,
      conflicting: false,
    });
    expect(verdictOf([DOWN])).toMatchObject({ pGood: 0.167982, labelled: true });
  });

  test("adds its voters up in log-odds", () => {
    const verdict = verdictOf([UP, piece({ kind: "copied" }), piece({ kind: "regenerated" })]);
    expect(verdict.pGood).toBeCloseTo(1 / (1 + Math.exp(-(1.4 + 0.5 - 1.2))), 6);
    expect(verdict.grounds.map((ground) => ground.logOdds)).toEqual([1.4, 0.5, -1.2]);
  });

  test("does not depend on the order in which the feedback came", () => {
    const shuffled = anyFeedback.chain((feedback) =>
      fc.tuple(fc.constant(feedback), fc.shuffledSubarray(feedback, { minLength: feedback.length })),
    );
    fc.assert(
      fc.property(shuffled, ([feedback, other]) => {
        const { grounds, ...verdict } = verdictOf(feedback);
        const { grounds: otherGrounds, ...otherVerdict } = verdictOf(other);
        expect(otherVerdict).toEqual(verdict);
        expect(otherGrounds.map(spell).sort()).toEqual(grounds.map(spell).sort());
        expect(classOf(verdictOf(other))).toBe(classOf(verdictOf(feedback)));
      }),
      { numRuns: 500 },
    );
  });

  test("never gets worse by a good word, nor better by a bad one", () => {
    fc.assert(
      fc.property(anyFeedback, anyPiece, (feedback, word) => {
        const before = verdictOf(feedback).pGood;
        const after = verdictOf([...feedback, word]).pGood;
        const { logOdds } = weigh(word);
        if (logOdds >= 0) expect(after).toBeGreaterThanOrEqual(before);
        if (logOdds <= 0) expect(after).toBeLessThanOrEqual(before);
      }),
      { numRuns: 500 },
    );
  });

  test("is never certain, however many agree", () => {
    for (const [word, side] of [
      [UP, 1],
      [DOWN, 0],
    ] as const) {
      const { pGood } = verdictOf(Array(1_000).fill(word));
      expect(pGood).toBeGreaterThan(0);
      expect(pGood).toBeLessThan(1);
      expect(Math.round(pGood)).toBe(side);
    }
  });

  test("has a ground for every word that stands, with its name only where it has one", () => {
    const { grounds } = verdictOf([
      piece({ kind: "metric", name: "resolved", value: true, actor: "ada" }),
      piece({ kind: "comment", text: "hm" }),
    ]);
    expect(grounds).toEqual([
      { kind: "metric", name: "resolved", value: true, actor: "ada", logOdds: 0.8 },
      { kind: "comment", value: true, actor: "", logOdds: 0 },
    ]);
  });

  test("never carries a person's text", () => {
    const verdict = verdictOf([
      piece({ kind: "correction", text: "my secret" }),
      piece({ kind: "comment", text: "my secret" }),
    ]);
    expect(JSON.stringify(verdict)).not.toContain("my secret");
  });
});

describe("what a word weighs", () => {
  test("of a rating runs from a thumb down to a thumb up, and half says nothing", () => {
    const weightOf = (value: number) => weigh(piece({ kind: "rating", value }));
    expect(weightOf(1)).toEqual({ logOdds: WEIGHTS.thumbUp.logOdds, labels: true });
    expect(weightOf(0)).toEqual({ logOdds: -1.4, labels: true });
    expect(weightOf(0.5)).toEqual({ logOdds: 0, labels: false });
    expect(weightOf(0.75).logOdds).toBeCloseTo(0.7);
  });

  test("of a metric depends on true or false, and a number has no known scale", () => {
    expect(weigh(piece({ kind: "metric", value: true })).logOdds).toBe(0.8);
    expect(weigh(piece({ kind: "metric", value: false })).logOdds).toBe(-0.8);
    expect(weigh(piece({ kind: "metric", value: 12 }))).toEqual({ logOdds: 0, labels: false });
  });

  test.each([
    ["accepted", 1],
    ["copied", 1],
    ["retained", 1],
    ["dismissed", -1],
    ["regenerated", -1],
    ["reverted", -1],
    ["correction", -1],
    ["comment", 0],
  ] as const)("of %s has the sign %d", (kind, sign) => {
    expect(Math.sign(weigh(piece({ kind })).logOdds)).toBe(sign);
  });

  test("labels only where someone spoke of the answer", () => {
    const labels = SENT_KINDS.filter((kind) => weigh(piece({ kind, value: kind === "rating" ? 1 : "up" })).labels);
    expect(labels).toEqual(["thumb", "rating", "correction", "accepted"]);
  });

  test("of one thumb up passes the default threshold, but not after a regeneration", () => {
    expect(verdictOf([UP]).pGood).toBeGreaterThanOrEqual(DEFAULT_SETTINGS.pGoodMin);
    expect(verdictOf([UP, piece({ kind: "regenerated" })]).pGood).toBeLessThan(DEFAULT_SETTINGS.pGoodMin);
  });
});

describe("a conflict", () => {
  test.each([
    ["a thumb up and one down", [UP, DOWN]],
    ["a thumb up and a low rating", [UP, piece({ kind: "rating", value: 0.2 })]],
    ["a thumb down and an acceptance", [DOWN, piece({ kind: "accepted" })]],
  ])("is %s", (_what, feedback) => {
    expect(verdictOf(feedback).conflicting).toBe(true);
  });

  test.each([
    ["two thumbs up", [UP, { ...UP, actor: "cyd" }]],
    ["a thumb up and a correction, which speaks for itself", [UP, piece({ kind: "correction", text: "better" })]],
    ["a thumb up and weak signs against it", [UP, piece({ kind: "regenerated" }), piece({ kind: "reverted" })]],
    ["a thumb up and a rating that says nothing", [UP, piece({ kind: "rating", value: 0.5 })]],
  ])("is not %s", (_what, feedback) => {
    expect(verdictOf(feedback).conflicting).toBe(false);
  });
});

describe("the class of a verdict", () => {
  test.each([
    ["corrected", [UP, DOWN, piece({ kind: "correction", text: "better" })]],
    ["conflicting", [UP, DOWN]],
    ["good", [UP]],
    ["bad", [DOWN]],
    ["weak", [piece({ kind: "copied" })]],
    ["none", []],
    ["none", [piece({ kind: "comment", text: "hm" })]],
  ] as const)("is %s", (expected, feedback) => {
    expect(classOf(verdictOf(feedback))).toBe(expected);
  });

  test("is one of six, whatever the feedback", () => {
    fc.assert(fc.property(anyFeedback, (feedback) => VERDICT_CLASSES.includes(classOf(verdictOf(feedback)))));
  });
});

function spell(ground: object): string {
  return JSON.stringify(ground);
}

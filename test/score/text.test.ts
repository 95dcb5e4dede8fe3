import { describe, expect, test } from "vitest";
import { type Answer, findAgreement } from "../../shared/score/agreement.ts";
import { checkArithmetic } from "../../shared/score/arithmetic.ts";
import { finalContent } from "../../shared/score/final-content.ts";
import { BUCKETS, ngramBuckets } from "../../shared/score/ngrams.ts";
import { SIMPLE_FEATURES, simpleFeatures } from "../../shared/score/simple-features.ts";
import fc from "../unit/property.ts";

describe("what an answer comes to", () => {
  test.each([
    ["a last line", "First this.\nThen that.\nAnswer: 1,000.00", "The answer: $1000"],
    ["JSON, whatever the order of its keys", '{"a":1,"b":[2]}', '{ "b": [2], "a": 1 }'],
    ["words, whatever their case and marks", "**Positive**", "positive."],
    ["an only line", "  42 ", "I think so:\n\n42"],
  ])("is equal by %s", (_what, one, other) => {
    expect(finalContent(one)).not.toBeNull();
    expect(finalContent(one)).toBe(finalContent(other));
  });

  test.each([
    ["another number", "A: 26", "A: 27"],
    ["another decimal", "0.5", "0.05"],
    ["another sign", "-5", "5"],
    ["another text under the same long last line", `one\n${"x ".repeat(80)}`, `two\n${"x ".repeat(80)}`],
    ["other JSON", '{"a":1}', '{"a":2}'],
  ])("differs by %s", (_what, one, other) => {
    expect(finalContent(one)).not.toBe(finalContent(other));
  });

  test("is nothing, of nothing", () => {
    expect(finalContent("")).toBeNull();
    expect(finalContent(" \n\t ")).toBeNull();
    expect(finalContent("***")).toBeNull();
  });

  test("is found in any text, in bounded time", () => {
    fc.assert(fc.property(fc.string({ maxLength: 300, unit: "binary" }), (text) => finalContent(text) !== ""));
    expect(finalContent(`${"{[".repeat(50_000)}`)).not.toBeNull();
  });
});

describe("arithmetic in a text", () => {
  test.each([
    ["12 * 3 = 36", 1, 0],
    ["12 * 3 = 35", 1, 1],
    ["16-3-4=9, then 9*2=18", 2, 0],
    ["<<16-3-4=9>>9 and <<9*2=19>>", 2, 1],
    ["$5 × 4 = $20", 1, 0],
    ["(2 + 3) * 4 = 20", 1, 0],
    ["2 + 3 * 4 = 20", 1, 1],
    ["10 / 3 = 3.33", 1, 0],
    ["10 / 3 = 3", 1, 0],
    ["10 / 3 = 4", 1, 1],
    ["80,000*1.5=120,000", 1, 0],
    ["100 - 150 = -50", 1, 0],
    ["3 x 4 = 12", 1, 0],
  ])("%s: %d claims, %d of them wrong", (text, claims, wrong) => {
    expect(checkArithmetic(text)).toEqual({ claims, wrong });
  });

  test.each([
    "x = 5",
    "a = b",
    "total = 12",
    "5 = 5",
    "1 / 0 = 3",
    "2 + = 4",
    "(2 + 3 = 5",
    "==",
    "date 2024-01-02 = today",
  ])("claims nothing in %j", (text) => {
    expect(checkArithmetic(text)).toEqual({ claims: 0, wrong: 0 });
  });

  test("never fails, and takes bounded time on hostile text", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 200, unit: fc.constantFrom(..."0123456789+-*/()=., $x".split("")) }),
        (text) => {
          const { claims, wrong } = checkArithmetic(text);
          expect(wrong).toBeLessThanOrEqual(claims);
        },
      ),
      { numRuns: 500 },
    );
    const startedMs = performance.now();
    for (const piece of ["1+", "(", "=", "1=", " ", "- "]) checkArithmetic(piece.repeat(50_000));
    expect(performance.now() - startedMs).toBeLessThan(3_000);
  });
});

describe("agreement", () => {
  const answer = (id: string, content: string, more: Partial<Answer> = {}): Answer => {
    return { id, task: "t", model: id, promptKey: "p", content, textKey: id, ...more };
  };

  test("counts the others that come to the same, and all others", () => {
    const found = findAgreement([answer("a", "1"), answer("b", "1"), answer("c", "2")]);
    expect(found.get("a")).toMatchObject({ agreeing: 1, others: 2 });
    expect(found.get("c")).toEqual({ agreeing: 0, others: 2, cluster: null });
    expect(found.get("a")?.cluster).toBe(found.get("b")?.cluster);
  });

  test("does not count the same model saying the same text again", () => {
    const same = { model: "m", textKey: "same" };
    const found = findAgreement([answer("a", "1", same), answer("b", "1", same), answer("c", "2")]);
    expect(found.get("a")).toMatchObject({ agreeing: 0, others: 1 });
  });

  test("counts little on content that is common in the task", () => {
    const rare = [answer("a", "17"), answer("b", "17")];
    const elsewhere = Array.from({ length: 9 }, (_, at) => answer(`x${at}`, "bye", { promptKey: `q${at}` }));
    const common = [answer("c", "bye", { promptKey: "r" }), answer("d", "bye", { promptKey: "r" })];
    const found = findAgreement([...rare, ...common, ...elsewhere]);
    expect(found.get("a")?.agreeing).toBe(1);
    expect(found.get("c")?.agreeing).toBeCloseTo(0.1);
  });

  test("is not looked for between prompts or tasks, nor where prompt or text is unknown", () => {
    const found = findAgreement([
      answer("a", "1"),
      answer("b", "1", { promptKey: "other" }),
      answer("c", "1", { task: "other" }),
      answer("d", "1", { promptKey: null }),
      answer("e", "1", { promptKey: null }),
    ]);
    expect(found.size).toBe(0);
  });
});

describe("features", () => {
  test("are as many as there are names, and finite for any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), (prompt, answer) => {
        const features = simpleFeatures({ prompt, answer, finishReason: null });
        expect(features).toHaveLength(SIMPLE_FEATURES.length);
        expect(features.every(Number.isFinite)).toBe(true);
      }),
    );
  });

  test("tell wrong arithmetic, numbers of the prompt that are used, and an early stop", () => {
    const featureOf = (name: (typeof SIMPLE_FEATURES)[number], answer: string, finishReason: string | null = null) =>
      simpleFeatures({ prompt: "Add 2 and 3.", answer, finishReason })[SIMPLE_FEATURES.indexOf(name)];
    expect(featureOf("share of equations that do not hold", "2 + 3 = 6 and 2 + 3 = 5")).toBe(0.5);
    expect(featureOf("share of the prompt's numbers that the answer uses", "2 and 9")).toBe(0.5);
    expect(featureOf("stopped early", "2", "length")).toBe(1);
    expect(featureOf("stopped early", "2", "stop")).toBe(0);
  });

  test("of n-grams are bounded, ascending and the same each time", () => {
    const long = Array.from({ length: 5_000 }, (_, at) => `word${at}`).join(" ");
    const buckets = ngramBuckets(long);
    expect(buckets.length).toBeGreaterThan(50);
    expect(buckets.length).toBeLessThanOrEqual(384);
    expect([...buckets]).toEqual([...new Set(buckets)].sort((a, b) => a - b));
    expect(Math.max(...buckets)).toBeLessThan(BUCKETS);
    expect(ngramBuckets(long)).toEqual(buckets);
    expect(ngramBuckets("")).toHaveLength(0);
  });

  test("of n-grams are shared by texts that share words", () => {
    const common = (a: string, b: string) => {
      const other = new Set(ngramBuckets(b));
      return ngramBuckets(a).filter((bucket) => other.has(bucket)).length;
    };
    expect(common("the quick brown fox", "the quick brown dog")).toBeGreaterThan(10);
    expect(common("the quick brown fox", "ZZZ 999")).toBe(0);
  });
});

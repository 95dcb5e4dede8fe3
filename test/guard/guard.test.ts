import { describe, expect, test } from "vitest";
import { adviceFor } from "../../shared/guard/advice.ts";
import { type GuardInput, guard } from "../../shared/guard/guard.ts";
import { type GuardMeasures, TEXT_MEASURES, type TextMeasure } from "../../shared/guard/measures.ts";
import { tailSketch } from "../../shared/guard/tail.ts";
import { DEFAULT_THRESHOLDS, thresholdsWith } from "../../shared/guard/thresholds.ts";

/** A batch where every text measure is 0.5 and sure. */
function batch(over: Partial<GuardMeasures> = {}, text: Partial<GuardMeasures["text"]> = {}): GuardMeasures {
  const sure = Object.fromEntries(TEXT_MEASURES.map((name) => [name, { value: 0.5, error: 0.0001, n: 20 }]));
  return {
    ...{ version: 1, rows: 200, differentTexts: 200, groundedRows: 40, groundedShare: 0.2 },
    ...{ selfWrittenShare: {}, modelPromptShare: 0, logWords: null, flattery: null },
    text: { ...(sure as GuardMeasures["text"]), ...text },
    tail: { prompt: words(0, 400), answer: words(0, 400) },
    ...over,
  };
}

/** 200 texts of which two have each of the words. */
function words(from: number, to: number) {
  const texts = Array.from({ length: 200 }, (_, at) => [`all${at % 3}`]);
  for (let word = from; word < to; word++) for (const at of [0, 100]) texts[(word + at) % 200]?.push(`rare${word}`);
  return tailSketch(texts);
}

const judge = (input: Partial<GuardInput>) =>
  guard({ measures: batch(), generation0: batch(), recent: [], thresholds: DEFAULT_THRESHOLDS, ...input });
const reasons = (input: Partial<GuardInput>) =>
  judge(input).reasons.map(({ measure, against }) => `${measure}, ${against}`);
const worseBy = (name: TextMeasure, part: number, error = 0.0001) => {
  const { worse, scale, margin } = DEFAULT_THRESHOLDS.text[name];
  const change = part * margin * (scale === "relative" ? 0.5 : 1) * (worse === "up" ? 1 : -1);
  return batch({}, { [name]: { value: 0.5 + change, error, n: 20 } });
};

describe("the guard", () => {
  test("lets a batch pass that is like its baselines", () => {
    expect(judge({ recent: [batch(), batch(), batch()] })).toMatchObject({ held: false, reasons: [], notCompared: [] });
  });

  test.each(TEXT_MEASURES)("holds for %s past its threshold, not up to it, and not for the better", (name) => {
    expect(reasons({ measures: worseBy(name, 1.1) })).toEqual([`${name}, generation 0`]);
    expect(reasons({ measures: worseBy(name, 0.95) })).toEqual([]);
    expect(reasons({ measures: worseBy(name, -3) })).toEqual([]);
  });

  test("does not hold for what errors as wide as a small batch's could explain", () => {
    expect(reasons({ measures: worseBy("distinct2", 2, 0.05) })).toEqual([]);
  });

  test("compares with recent batches from three on, the last seven of them, and by their own spread", () => {
    const [worse, none] = [worseBy("distinct2", 1.2), { generation0: null }];
    expect(reasons({ measures: worse, ...none, recent: [batch(), batch()] })).toEqual([]);
    expect(reasons({ measures: worse, ...none, recent: [batch(), batch(), batch()] })).toEqual(["distinct2, recent"]);
    const wild = [0.3, 0.5, 0.7, 0.4].map((value) => batch({}, { distinct2: { value, error: 0.001, n: 20 } }));
    expect(reasons({ measures: worse, ...none, recent: wild })).toEqual([]);
    const sevenCalm = Array.from({ length: 7 }, () => batch());
    expect(reasons({ measures: worse, ...none, recent: [...wild, ...sevenCalm] })).toEqual(["distinct2, recent"]);
  });

  test("holds where rare words are gone from the answers, and not where users went to other topics", () => {
    const gone = { prompt: words(0, 400), answer: words(300, 700) };
    expect(reasons({ measures: batch({ tail: gone }) })).toEqual(["tailCoverage, generation 0"]);
    const moved = { prompt: words(300, 700), answer: words(300, 700) };
    expect(reasons({ measures: batch({ tail: moved }) })).toEqual([]);
  });

  test("holds what is mostly by fine-tunes of fine-tunes, and only advises on the first generation", () => {
    expect(reasons({ measures: batch({ selfWrittenShare: { "1": 0.1, "2": 0.3, "3": 0.21 } }) })).toEqual([
      "deepSelfWrittenShare, generation 0",
    ]);
    expect(reasons({ measures: batch({ selfWrittenShare: { "2": 0.5 } }) })).toEqual([]);
    const first = judge({ measures: batch({ selfWrittenShare: { "1": 0.8 } }) });
    expect(first.held).toBe(false);
    expect(first.advice).toMatchObject({ method: "accumulate", selfWrittenRows: 160, missingRows: 120 });
  });

  test("holds where people's words are gone and one's own fine-tunes write the rest", () => {
    const bare = { groundedRows: 2, groundedShare: 0.01 };
    expect(reasons({ measures: batch({ ...bare, selfWrittenShare: { "1": 0.9 } }) })).toEqual([
      "groundedShare, generation 0",
    ]);
    expect(reasons({ measures: batch({ ...bare, selfWrittenShare: { "1": 0.4 } }) })).toEqual([]);
    expect(reasons({ measures: batch({ ...bare, rows: 12, selfWrittenShare: { "1": 0.9 } }) })).toEqual([]);
  });

  test("holds where models ask most of the questions", () => {
    expect(reasons({ measures: batch({ modelPromptShare: 0.51 }) })).toEqual(["modelPromptShare, generation 0"]);
    expect(reasons({ measures: batch({ modelPromptShare: 0.5 }) })).toEqual([]);
  });

  test("judges no share of lineage under ten rows", () => {
    const own = { selfWrittenShare: { "2": 1 } };
    expect(reasons({ measures: batch({ ...own, rows: 9 }) })).toEqual([]);
    expect(reasons({ measures: batch({ ...own, rows: 10 }) })).toEqual(["deepSelfWrittenShare, generation 0"]);
  });

  test("says what it could not compare, and why", () => {
    const little = Object.fromEntries(TEXT_MEASURES.map((name) => [name, null])) as GuardMeasures["text"];
    const { held, notCompared } = judge({ measures: batch({}, little) });
    expect(held).toBe(false);
    expect(notCompared).toContainEqual({ measure: "distinct2", against: "generation 0", because: "too_little_text" });
    expect(notCompared).toContainEqual({ measure: "distinct2", against: "recent", because: "no_baseline" });
  });

  test("tells in words what is wrong, with the numbers", () => {
    const [reason] = judge({ measures: worseBy("distinct2Wide", 2) }).reasons;
    expect(reason?.text).toBe(
      "fewer different word pairs (over a hundred answers): distinct2Wide 0.35, generation 0 0.5, threshold 0.15",
    );
  });

  test("takes the first batch of thirty rows without a row of one's own for generation 0", () => {
    const first = (over: Partial<GuardMeasures>) =>
      judge({ generation0: null, measures: batch(over) }).becomesGeneration0;
    expect(first({ rows: 30 })).toBe(true);
    expect(first({ rows: 29 })).toBe(false);
    expect(first({ selfWrittenShare: { "1": 0.01 } })).toBe(false);
    expect(judge({}).becomesGeneration0).toBe(false);
  });

  test("goes by the margins and shares that an app sets, and by the defaults for the others", () => {
    const thresholds = thresholdsWith({ margins: { distinct2: 0.5 }, modelPromptShareMax: 1 });
    expect(reasons({ measures: worseBy("distinct2", 2), thresholds })).toEqual([]);
    expect(reasons({ measures: worseBy("distinct3", 2), thresholds })).toEqual(["distinct3, generation 0"]);
    expect(reasons({ measures: batch({ modelPromptShare: 1 }), thresholds })).toEqual([]);
  });
});

describe("the advice", () => {
  test("takes people's rows first, the newest first, then base models', and tells what is missing", () => {
    const measures = batch({ rows: 100, selfWrittenShare: { "1": 0.9 } });
    const earlier = [
      { id: "old", groundedRows: 30, baseRows: 25, selfWrittenRows: 0 },
      { id: "new", groundedRows: 10, baseRows: 5, selfWrittenRows: 50 },
    ];
    expect(adviceFor({ measures, earlier })).toMatchObject({
      method: "accumulate",
      mix: [
        { batch: "new", rows: 10, origin: "grounded" },
        { batch: "old", rows: 30, origin: "grounded" },
        { batch: "new", rows: 5, origin: "base model" },
        { batch: "old", rows: 25, origin: "base model" },
      ],
      missingRows: 10,
    });
  });

  test("asks for nothing but accumulation where nothing is one's own", () => {
    expect(adviceFor({ measures: batch(), earlier: [] })).toMatchObject({
      mix: [],
      missingRows: 0,
      selfWrittenRows: 0,
    });
  });
});

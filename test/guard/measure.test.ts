import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Example } from "../../shared/core/example.ts";
import { uniform } from "../../shared/core/hash.ts";
import { blocksOf, windowsOf } from "../../shared/guard/blocks.ts";
import { flatters } from "../../shared/guard/flattery.ts";
import { measure } from "../../shared/guard/measure.ts";
import { TEXT_MEASURES, type TextMeasure } from "../../shared/guard/measures.ts";
import { tailCoverage, tailSketch } from "../../shared/guard/tail.ts";
import { wordsOf } from "../../shared/guard/words.ts";
import { corpora } from "./corpus.ts";
import { seeded, shuffled } from "./draw.ts";
import { sftRow, sftRows } from "./rows.ts";

const CORPUS = shuffled(corpora().invented, seeded(5));
const measured = (examples: readonly Example[], uniform: string[] = []) =>
  measure({
    examples,
    uniform: uniform.map((content, at) => ({ id: `u${at}`, answer: { role: "assistant", content } })),
    seed: "test",
  });

describe("the measures of a batch", () => {
  test("do not depend on the order of its rows", async () => {
    const rows = sftRows(CORPUS.slice(0, 150));
    expect(JSON.stringify(await measured(shuffled(rows, seeded(1))))).toBe(JSON.stringify(await measured(rows)));
  });

  test("are some 15 KB of JSON", async () => {
    expect(JSON.stringify(await measured(sftRows(CORPUS.slice(0, 2_000)))).length).toBeLessThan(20_000);
  });

  test("count a text once that stands in several files of the batch, and leave eval and disliked rows aside", async () => {
    const row = sftRow({ at: 1, answer: "one answer" });
    const rejected = { role: "assistant", content: "worse" };
    const { completion, ...base } = row;
    const rows: Example[] = [
      row,
      { ...base, file: "kto", completion, label: true },
      { ...base, file: "preference", chosen: completion, rejected },
      { ...sftRow({ at: 2, answer: "disliked" }), file: "kto", label: false },
      { ...sftRow({ at: 3, answer: "kept back" }), file: "eval" },
    ];
    expect(await measured(rows)).toMatchObject({ rows: 1, differentTexts: 1 });
  });

  test("tell who wrote the rows", async () => {
    const answer = "some words";
    const rows = [
      sftRow({ at: 1, answer, lineage: { origin: "human-edited" } }),
      sftRow({ at: 2, answer, lineage: { origin: "model", model: "ft", generation: 2 } }),
      sftRow({ at: 3, answer, lineage: { origin: "model", model: "ft", generation: 1, promptOrigin: "model" } }),
      sftRow({ at: 4, answer }),
    ];
    expect(await measured(rows)).toMatchObject({
      ...{ rows: 4, groundedRows: 1, groundedShare: 0.25, modelPromptShare: 0.25 },
      selfWrittenShare: { "1": 0.25, "2": 0.25 },
    });
  });

  test("stay within three errors when a batch is ten times as large, or its answers three times as long", async () => {
    const threes = CORPUS.slice(0, 900).map((_, at) => CORPUS.slice(at * 3, at * 3 + 3));
    const long = threes.map((three) => ({ answer: three.map(({ answer }) => answer).join(" ") }));
    const small = await measured(sftRows(CORPUS.slice(0, 250)));
    for (const other of [await measured(sftRows(CORPUS.slice(0, 2_500))), await measured(sftRows(long))]) {
      for (const name of TEXT_MEASURES.filter(
        (name) => /^(gzip|distinct|entropy|self)/.test(name) && !/1/.test(name),
      )) {
        const [one, two] = [small.text[name], other.text[name]];
        if (one === null || two === null) throw new Error(`${name} was not measured`);
        expect(Math.abs(one.value - two.value), name).toBeLessThan(3 * Math.hypot(one.error, two.error));
      }
    }
  });

  test("get worse, each of them, where every tenth answer is the same twenty times", async () => {
    const varied = await measured(sftRows(CORPUS.slice(0, 600)));
    const copied = await measured(
      sftRows(CORPUS.slice(0, 600).map((_, at) => ({ answer: CORPUS[at % 30]?.answer ?? "" }))),
    );
    const ways: [TextMeasure, 1 | -1][] = [
      ...(["gzipRatioWide", "selfRepetition", "selfRepetitionWide", "openingTopShare"] as const).map(
        (name): [TextMeasure, 1] => [name, 1],
      ),
      ...(["distinct1Wide", "distinct2Wide", "distinct3Wide", "entropy1Wide", "entropy2Wide"] as const).map(
        (name): [TextMeasure, -1] => [name, -1],
      ),
      ["openingEntropy", -1],
    ];
    for (const [name, way] of ways) {
      const worsening = way * ((copied.text[name]?.value ?? Number.NaN) - (varied.text[name]?.value ?? Number.NaN));
      expect(worsening, name).toBeGreaterThan(0);
    }
  });

  test("are null where there is too little text, and where there is no uniform slice", async () => {
    const { text } = await measured(sftRows([{ answer: "yes" }, { answer: "no" }]));
    expect(Object.values(text).every((estimate) => estimate === null)).toBe(true);
    expect(await measured([])).toMatchObject({ rows: 0, groundedShare: 0, selfWrittenShare: {} });
  });

  test("tell how much more flattery, and how much longer answers, are liked than given", async () => {
    const plain = Array.from({ length: 40 }, () => "Take the second door on the left.");
    const liked = plain.map((answer, at) => ({
      answer: at % 2 === 0 ? `Great question! ${answer} ${answer}` : answer,
    }));
    const { text } = await measured(sftRows(liked), plain);
    expect(text.likedFlattery?.value).toBeCloseTo(0.5);
    expect(text.likedLength?.value).toBeGreaterThan(0.3);
    const corrected = liked.map((row) => ({ ...row, lineage: { origin: "human-edited" as const } }));
    expect((await measured(sftRows(corrected), plain)).text.likedFlattery).toBeNull();
  });
});

describe("blocks", () => {
  test("hold exactly their words, whatever texts they are made of", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 200 }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 40 }),
        (texts, words) => {
          const windows = windowsOf(
            texts.map((text, at) => ({ id: String(at), text })),
            "s",
          );
          const blocks = blocksOf(windows, { words, blocksMax: 5 });
          expect(blocks.every((block) => block.flat().length === words)).toBe(true);
          const all = windows.reduce((sum, window) => sum + window.words.length, 0);
          expect(blocks.length).toBeLessThanOrEqual(Math.min(5, Math.floor(all / words)));
        },
      ),
    );
  });
});

describe("words", () => {
  test("are those of the script, and one character each where no blanks are written", () => {
    expect(wordsOf("L’Été, naïve! 3.5")).toEqual(["l", "été", "naïve", "3", "5"]);
    expect(wordsOf("漢字abc テスト")).toEqual(["漢", "字", "abc", "テ", "ス", "ト"]);
    expect(wordsOf("x".repeat(50)).map((word) => word.length)).toEqual([24, 24, 2]);
  });

  test("are found in any text, lone surrogates too", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => wordsOf(text).every((word) => word.length > 0)));
  });
});

describe("flattery", () => {
  test.each([
    "Great question! The capital is Paris.",
    "Oh, you're absolutely right, I am sorry.",
    "Sehr gute Frage! Das liegt daran.",
    "Vous avez tout à fait raison, je corrige.",
    "¡Excelente pregunta! La respuesta es sí.",
    "Отличный вопрос! Ответ такой.",
    "这是一个很好的问题！",
    "素晴らしい質問ですね。",
  ])("is heard in %s", (text) => expect(flatters(text)).toBe(true));

  test.each(["The capital is Paris.", `${"word ".repeat(40)}great question`, "", "Right: turn left."])(
    "is not heard in %s",
    (text) => expect(flatters(text)).toBe(false),
  );
});

describe("coverage of the tail", () => {
  const sketch = (from: number, to: number) => tailSketch(CORPUS.slice(from, to).map(({ answer }) => wordsOf(answer)));

  test("is near 1 for another batch of the same kind, whatever the two sizes", () => {
    for (const [batch, earlier] of [
      [sketch(0, 1_000), sketch(1_000, 2_000)],
      [sketch(0, 150), sketch(1_000, 2_500)],
      [sketch(0, 2_000), sketch(2_000, 2_400)],
    ] as const) {
      expect(tailCoverage(batch, earlier)?.value).toBeGreaterThan(0.8);
      expect(tailCoverage(batch, earlier)?.value).toBeLessThan(1.2);
    }
  });

  test("falls by what is taken away", () => {
    const earlier = sketch(0, 1_000);
    const texts = CORPUS.slice(1_000, 2_000).map(({ answer }) => wordsOf(answer));
    const half = texts.map((words) => words.map((word) => (uniform(word) < 0.5 ? word : "gone")));
    const [whole, left] = [tailCoverage(tailSketch(texts), earlier), tailCoverage(tailSketch(half), earlier)];
    expect((left?.value ?? 0) / (whole?.value ?? 0)).toBeGreaterThan(0.4);
    expect((left?.value ?? 0) / (whole?.value ?? 0)).toBeLessThan(0.6);
  });

  test("says nothing where little can be expected", () => {
    expect(tailCoverage(sketch(0, 3), sketch(0, 1_000))).toBeNull();
    expect(tailCoverage(tailSketch([]), sketch(0, 100))).toBeNull();
  });
});

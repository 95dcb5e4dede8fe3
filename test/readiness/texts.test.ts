/** What is told from words without a model: facts that a correction brings, and what failures have in common. */
import { describe, expect, test } from "vitest";
import { addsFacts } from "../../shared/readiness/added-facts.ts";
import { clusterFailures, type SpokenOf } from "../../shared/readiness/failure-clusters.ts";
import { wordsOf } from "../../shared/readiness/words.ts";
import fc from "../unit/property.ts";
import { seeded } from "../unit/seeded.ts";

describe("a correction brings facts", () => {
  const call = {
    prompt: "When does the store in Leeds open? It is near 12 Mill Street.",
    answer: "The store in Leeds opens at 09:00.",
  };
  const TEXTS: [string, boolean, string][] = [
    ["with a number of its own", true, "The store in Leeds opens at 10:30."],
    ["with a name of its own", true, "The store in Leeds has moved to Bradford."],
    ["with a name that has a capital inside", true, "the store is on openStreet."],
    ["not with names and numbers that the call had", false, "Leeds: 12 Mill Street opens at 09:00."],
    ["not with a number in another spelling", false, "The store opens at 0900."],
    ["not with other words for the same", false, "Sure, it opens in the morning. You are welcome!"],
    ["not by numbering", false, "Steps:\n1. Go to the store.\n2. Ask there."],
    ["not by where sentences and lines begin", false, "Certainly. Opening is early!\n- Bring a friend\n* Come along"],
  ];
  test.each(TEXTS)("%s: %j", (_name, expected, correction) => {
    expect(addsFacts({ ...call, correction })).toBe(expected);
  });

  test("not with names that only its code has", () => {
    expect(addsFacts({ ...call, correction: "Do it so:\n```\nconst openAt = 1030;\n```\nand be early." })).toBe(false);
    expect(addsFacts({ ...call, correction: "Do it so:\n```\nconst a = 1;\n```\nand ask Miriam." })).toBe(true);
  });

  test("not where the prompt has them at its far end, nor where it is too long to look through", () => {
    const correction = "Ask Miriam at 10:30.";
    const filler = "on and on ".repeat(10_000);
    expect(addsFacts({ ...call, correction, prompt: `${filler} Miriam, 10:30` })).toBe(false);
    expect(addsFacts({ ...call, correction, prompt: filler })).toBe(true);
    expect(addsFacts({ ...call, correction, prompt: filler.repeat(3) })).toBe(false);
  });

  test("not by the capitals of a language that gives them to every noun", () => {
    const german = { prompt: "Wann öffnet der Laden?", answer: "Um neun." };
    expect(addsFacts({ ...german, correction: "Der Laden öffnet am Morgen, die Türen sind im Hof." })).toBe(false);
    expect(addsFacts({ ...german, correction: "Der Laden öffnet um 10:30 am Morgen." })).toBe(true);
  });

  test("never with an answer that is given back, whatever it is made of", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (prompt, answer) => {
        expect(addsFacts({ prompt, answer, correction: answer })).toBe(false);
        expect(addsFacts({ prompt, answer, correction: prompt })).toBe(false);
      }),
    );
  });
});

describe("failures with a word in common", () => {
  const DAY_MS = 24 * 3_600_000;
  const OPTIONS = { failureWeight: 1, goodWeight: 1 };
  const FILLER = ["please", "order", "today", "parcel", "account", "letter", "window", "ticket"];
  const next = seeded(7);
  const filler = () => Array.from({ length: 4 }, () => FILLER[Math.floor(next() * FILLER.length)]).join(" ");
  const rowsOf = (count: number, row: (at: number) => Partial<SpokenOf>): SpokenOf[] =>
    Array.from({ length: count }, (_, at) => ({
      question: filler(),
      failed: false,
      template: "a",
      atMs: at * DAY_MS,
      ...row(at),
    }));
  const refunds = rowsOf(40, (at) => ({ failed: true, question: `${filler()} Refund`, template: `v${at % 4}` }));
  const invoices = rowsOf(25, () => ({ failed: true, question: `invoice ${filler()}` }));
  const rows = [...refunds, ...invoices, ...rowsOf(10, () => ({ failed: true })), ...rowsOf(75, () => ({}))];

  test("are found by that word, the largest group first, with the versions and days they span", () => {
    const clusters = clusterFailures(rows, OPTIONS);
    expect(clusters.map(({ key }) => key)).toEqual(["refund", "invoice"]);
    expect(clusters[0]).toEqual({ key: "refund", failures: 40, goodRate: 0, templates: 4, days: 39 });
    expect(clusters[1]).toMatchObject({ failures: 25, templates: 1 });
  });

  test("are each in one cluster at most, and in the same whatever the order", () => {
    const overlapping = rows.map((row, at) => (at < 45 ? { ...row, question: `${row.question} twice` } : row));
    const clusters = clusterFailures(overlapping, OPTIONS);
    const total = clusters.reduce((sum, { failures }) => sum + failures, 0);
    expect(total).toBeLessThanOrEqual(75);
    expect(clusterFailures(overlapping.toReversed(), OPTIONS)).toEqual(clusters);
  });

  test("are not found where good answers have the word as often, nor where nothing was good", () => {
    const everywhere = rows.map((row) => ({ ...row, question: "where is my order" }));
    expect(clusterFailures(everywhere, OPTIONS)).toEqual([]);
    expect(clusterFailures(refunds, OPTIONS)).toEqual([]);
    expect(clusterFailures([], OPTIONS)).toEqual([]);
  });

  test("have the good rate of all that were labelled, where fewer of one kind were read", () => {
    const mixed = [...rows, ...rowsOf(8, () => ({ question: "refund" }))];
    const [plain] = clusterFailures(mixed, OPTIONS);
    const [weighted] = clusterFailures(mixed, { failureWeight: 1, goodWeight: 10 });
    expect(plain).toMatchObject({ key: "refund" });
    expect(plain?.goodRate).toBeCloseTo(8 / 48, 5);
    expect(weighted?.goodRate).toBeCloseTo(80 / 120, 5);
  });
});

test("words of scripts without spaces are pairs of characters", () => {
  expect(wordsOf("払い戻しは order-42 です")).toEqual(["払い", "戻し", "は", "order", "42", "です"]);
});

import { describe, expect, test } from "vitest";
import { sigmoid } from "../../shared/core/probability.ts";
import { calibrate, fitIsotonic, fitPlatt } from "../../shared/score/calibrate.ts";
import { FeatureTable } from "../../shared/score/feature-table.ts";
import type { TrainingRow } from "../../shared/score/logistic.ts";
import { auc, calibrationError, shareGood } from "../../shared/score/measures.ts";
import { scorerFromBytes, scorerToBytes } from "../../shared/score/scorer-bytes.ts";
import { scoreWith, TRAINING_ROWS_MIN, trainScorer } from "../../shared/score/train.ts";
import { seeded } from "../unit/seeded.ts";

const WORDS = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"];
const THUMB = 1.386; // right four times in five

interface Lesson {
  table: FeatureTable;
  rows: TrainingRow[];
  truth: boolean[];
}

/** Answers of random words; good ones are long with the probability `signal`, and say "indeed" with it too. */
function lesson(options: { count: number; signal: number; seed: number; errs?: number }): Lesson {
  const { count, signal, seed, errs = 0.2 } = options;
  const random = seeded(seed);
  const table = new FeatureTable();
  const truth: boolean[] = [];
  const rows = Array.from({ length: count }, (_, at): TrainingRow => {
    const good = random() < 0.5;
    const shown = random() < signal ? good : random() < 0.5;
    const words = Array.from({ length: shown ? 24 : 12 }, () => WORDS[Math.floor(random() * WORDS.length)]);
    const answer = `${words.join(" ")}${shown ? " indeed" : ""}`;
    const row = table.add({ prompt: "Say something.", answer, finishReason: null, model: "m", task: "t" });
    truth.push(good);
    const up = random() < errs ? !good : good;
    return { row, evidence: up ? THUMB : -THUMB, offset: 0, group: `g${at}` };
  });
  return { table, rows, truth };
}

function train({ table, rows }: Lesson, seed = "s") {
  return trainScorer({ table, rows, seed, ngrams: true });
}

describe("the learned scorer", () => {
  test("is used where there is something to learn, and says so", () => {
    const taught = lesson({ count: 2_000, signal: 0.8, seed: 1 });
    const { report, heldOut } = train(taught);
    expect(report).toMatchObject({ used: true, rows: 2_000 });
    expect(report.logLoss).toBeLessThan(report.baseLogLoss ?? 0);
    expect(report.calibrationError).toBeLessThan(0.1);
    const good = taught.rows.filter((_, at) => taught.truth[at]).map(({ row }) => heldOut.get(row) ?? 0);
    const bad = taught.rows.filter((_, at) => !taught.truth[at]).map(({ row }) => heldOut.get(row) ?? 0);
    expect(mean(good)).toBeGreaterThan(mean(bad) + 1);
  });

  test("is not used where labels are noise, in 19 of 20 seeds at least", () => {
    const seeds = Array.from({ length: 60 }, (_, seed) => seed);
    const used = seeds.filter((seed) => train(lesson({ count: 250, signal: 0, seed: seed + 100 })).report.used);
    expect(used.length, `used with seeds ${used}`).toBeLessThanOrEqual(3);
  });

  test("is not used with too few votes, and says how many there are", () => {
    const few = lesson({ count: TRAINING_ROWS_MIN - 1, signal: 1, seed: 1 });
    const { report, scorer } = train(few);
    expect(scorer).toBeNull();
    expect(report).toMatchObject({ used: false, auc: null });
    expect(report.because).toContain(`${TRAINING_ROWS_MIN - 1} rows`);
  });

  test("learns nothing from words that say nothing", () => {
    const taught = lesson({ count: 600, signal: 1, seed: 1 });
    const rows = taught.rows.map((row) => ({ ...row, evidence: 0 }));
    expect(train({ ...taught, rows }).report).toMatchObject({ used: false, rows: 0 });
  });

  test("is the same for the same seed", () => {
    const taught = lesson({ count: 400, signal: 0.8, seed: 2 });
    const [one, other] = [train(taught), train(taught)];
    expect(other.report).toEqual(one.report);
    expect([...other.heldOut]).toEqual([...one.heldOut]);
  });

  test("does not hear what was said of a row or its group: turned round, their held-out predictions hardly move", () => {
    const heard = (group: string) => {
      const taught = lesson({ count: 800, signal: 0.9, seed: 3 });
      const prompt = "Say something.";
      const said = (evidence: number) =>
        Array.from({ length: 40 }, (_, at): TrainingRow => {
          const answer = `alpha beta gamma delta zebra ${"stripes zebra ".repeat(4)}${WORDS[at % WORDS.length]}`;
          const row = taught.table.add({ prompt, answer, finishReason: null, model: "m", task: "t" });
          return { row, evidence, offset: 0, group: group === "one" ? "zebra" : `zebra ${at}` };
        });
      const predicted = (rows: TrainingRow[]) => {
        const { heldOut, report } = train({ ...taught, rows: [...taught.rows, ...rows] });
        expect(report.used).toBe(true);
        return mean(rows.map(({ row }) => heldOut.get(row) ?? 0));
      };
      return predicted(said(THUMB)) - predicted(said(-THUMB));
    };
    // What is left: 40 of 840 rows move the calibration of all others a little.
    expect(heard("forty")).toBeGreaterThan(2.5 * Math.abs(heard("one")));
  });

  test("predicts rows that it was not trained on, calibrated", () => {
    const taught = lesson({ count: 1_500, signal: 0.8, seed: 4 });
    const { scorer } = trainScorer({ table: taught.table, rows: taught.rows.slice(0, 1_000), seed: "s", ngrams: true });
    if (scorer === null) throw new Error("the scorer is not used");
    const unseen = taught.rows.slice(1_000).map(({ row }, at) => ({
      pGood: sigmoid(scoreWith(scorer, { table: taught.table, row, offset: 0 })),
      evidence: taught.truth[1_000 + at] ? 20 : -20,
    }));
    expect(auc(unseen)).toBeGreaterThan(0.85);
    expect(calibrationError(unseen)).toBeLessThan(0.1);
  });
});

describe("a scorer as bytes", () => {
  const taught = lesson({ count: 400, signal: 0.9, seed: 5 });
  const scorer = train(taught).scorer;
  if (scorer === null) throw new Error("the scorer is not used");
  const bytes = scorerToBytes(scorer);

  test("comes back as it was, wherever the bytes lie", () => {
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    for (const given of [bytes, shifted.subarray(3)]) {
      const back = scorerFromBytes(given);
      expect(back).toEqual(scorer);
      const row = { table: taught.table, row: 7, offset: 0.3 };
      expect(back === null ? null : scoreWith(back, row)).toBe(scoreWith(scorer, row));
    }
  });

  test("is refused if it is cut, longer, of another version or something else", () => {
    const altered = (at: number, byte: number) => bytes.map((old, place) => (place === at ? byte : old));
    expect(scorerFromBytes(bytes.subarray(0, -1))).toBeNull();
    expect(scorerFromBytes(new Uint8Array([...bytes, 0]))).toBeNull();
    expect(scorerFromBytes(altered(4, 2))).toBeNull();
    expect(scorerFromBytes(altered(0, 0))).toBeNull();
    expect(scorerFromBytes(altered(12, 0))).toBeNull();
    expect(scorerFromBytes(new Uint8Array())).toBeNull();
  });
});

describe("calibration", () => {
  /** Raw log-odds that are twice too sure, and a little too high. */
  function distorted(count: number, seed: number) {
    const random = seeded(seed);
    return Array.from({ length: count }, () => {
      const logOdds = 6 * random() - 3;
      const up = random() < sigmoid(logOdds) === random() < 0.8;
      return { logOdds: 2 * logOdds + 1, evidence: up ? THUMB : -THUMB, truth: logOdds };
    });
  }

  test.each([
    ["Platt's line", fitPlatt, 0.05],
    ["the isotonic curve", fitIsotonic, 0.12],
  ])("%s undoes a distortion, through labels that err", (_what, learn, apart) => {
    const rows = distorted(6_000, 3);
    const calibration = learn(rows);
    const off = mean(rows.map((row) => Math.abs(sigmoid(calibrate(calibration, row.logOdds)) - sigmoid(row.truth))));
    expect(off).toBeLessThan(apart);
    expect(mean(rows.map((row) => Math.abs(sigmoid(row.logOdds) - sigmoid(row.truth))))).toBeGreaterThan(apart);
  });

  test("never turns an order round", () => {
    for (const learn of [fitPlatt, fitIsotonic]) {
      const calibration = learn(distorted(200, 4));
      const levels = Array.from({ length: 100 }, (_, at) => calibrate(calibration, at / 5 - 10));
      expect(levels).toEqual([...levels].sort((a, b) => a - b));
      expect(levels.every(Number.isFinite)).toBe(true);
    }
  });
});

describe("measures under uncertain labels", () => {
  test("find the share that is good through words that err", () => {
    const random = seeded(6);
    const evidence = Array.from({ length: 5_000 }, () => (random() < 0.7 === random() < 0.8 ? THUMB : -THUMB));
    expect(Math.abs(shareGood(evidence) - 0.7)).toBeLessThan(0.03);
    expect(shareGood([])).toBe(0.5);
  });

  test("order certain labels as usual", () => {
    const rows = [0.1, 0.4, 0.35, 0.8].map((pGood, at) => ({ pGood, evidence: [-30, -30, 30, 30][at] ?? 0 }));
    expect(auc(rows)).toBeCloseTo(0.75, 9);
    expect(auc(rows.map((row) => ({ ...row, pGood: 0.5 })))).toBeCloseTo(0.5, 9);
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

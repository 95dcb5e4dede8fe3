import { describe, expect, test } from "vitest";
import { estimateWeights, type SpokenOf, signalOf } from "../../shared/verdict/estimate-weights.ts";
import { type Signal, WEIGHTS } from "../../shared/verdict/weights.ts";
import { thumb } from "../bench-verdict/simulated-users.ts";
import { seeded } from "../unit/seeded.ts";

/** `copied` at these rates beside good and bad answers. */
function rows(options: { count: number; ifGood: number; ifBad: number; task?: string; seed?: number }): SpokenOf[] {
  const random = seeded(options.seed ?? 1);
  return Array.from({ length: options.count }, () => {
    const good = random() < 0.5;
    const copied = random() < (good ? options.ifGood : options.ifBad);
    const signals = new Set<Signal>(copied ? ["copied"] : []);
    return { task: options.task ?? "t", pGood: good ? 0.9 : 0.1, signals };
  });
}

describe("what behaviour means", () => {
  test("is the prior where it was never seen beside a vote", () => {
    expect(estimateWeights([{ task: "t", pGood: 0.9, signals: new Set() }]).get("t")?.copied).toBeUndefined();
  });

  test("hardly moves by one vote", () => {
    const [one] = rows({ count: 1, ifGood: 1, ifBad: 1 });
    const found = estimateWeights(one === undefined ? [] : [one]).get("t")?.copied?.logOdds ?? 9;
    expect(Math.abs(found - WEIGHTS.copied.logOdds)).toBeLessThan(0.25);
  });

  test("is found with many votes, even against the prior's sign", () => {
    const found = estimateWeights(rows({ count: 4_000, ifGood: 0.1, ifBad: 0.4 })).get("t")?.copied;
    // Seen through labels that are wrong one time in ten: log(0.13 / 0.37).
    expect(found?.logOdds).toBeCloseTo(Math.log(0.13 / 0.37), 0);
    expect(found?.logOdds).toBeLessThan(-0.8);
    expect(found?.variance).toBeLessThan(0.02);
  });

  test("of a task with few votes is drawn towards its app's", () => {
    const app = rows({ count: 2_000, ifGood: 0.4, ifBad: 0.1, task: "many" });
    const few = rows({ count: 12, ifGood: 0.1, ifBad: 0.9, task: "few", seed: 4 });
    const together = estimateWeights([...app, ...few]);
    const alone = estimateWeights(few);
    expect(together.get("few")?.copied?.logOdds).toBeGreaterThan((alone.get("few")?.copied?.logOdds ?? 9) + 0.2);
    expect(together.get("few")?.copied?.logOdds).toBeLessThan(together.get("many")?.copied?.logOdds ?? -9);
  });

  test("is asked of behaviour alone", () => {
    const piece = thumb({ id: "e", actor: "a", up: true });
    expect(signalOf(piece)).toBeNull();
    expect(signalOf({ ...piece, kind: "copied", value: true })).toBe("copied");
    expect(signalOf({ ...piece, kind: "metric", value: true })).toBe("metricTrue");
    expect(signalOf({ ...piece, kind: "metric", value: false })).toBe("metricFalse");
    expect(signalOf({ ...piece, kind: "metric", value: 12 })).toBeNull();
    expect(signalOf({ ...piece, kind: "comment", value: true })).toBeNull();
  });
});

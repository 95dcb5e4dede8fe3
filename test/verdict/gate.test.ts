/** When the verdict may speak where no person has: only where it was right about what people did speak of. */
import { expect, test } from "vitest";
import { isSurelyGood } from "../../shared/verdict/verdict.ts";
import { gateOf } from "../../workers/curator/gate.ts";
import { judgeNight } from "../../workers/curator/judge-night.ts";
import { type NightExchange, NightRows } from "../../workers/curator/night-rows.ts";
import { thumb } from "../bench-verdict/simulated-users.ts";
import { school } from "./school.ts";

function gateFor(exchanges: readonly NightExchange[], pGoodMin = 0.7) {
  const night = new NightRows();
  for (const one of exchanges) night.add(one);
  const judged = judgeNight(night, { seed: "s" });
  const ids = exchanges.filter(({ feedback }) => feedback.length > 0).map(({ id }) => id);
  return { judged, gate: gateOf(judged, { ids, pGoodMin }) };
}

test("is open where what agrees is good by people's words, and what it lets through is good in truth", () => {
  const { answers, exchanges } = school({ prompts: 200, coverage: 0.5, seed: 8 });
  const { judged, gate } = gateFor(exchanges);
  expect(gate).toMatchObject({ open: true });
  expect(gate.rows).toBeGreaterThanOrEqual(30);
  expect(gate.low).toBeLessThan(gate.share ?? 0);
  const silent = answers.filter(({ id }, at) => {
    return exchanges[at]?.feedback.length === 0 && (judged.judgementOf(id)?.interval.low ?? 0) >= 0.7;
  });
  expect(silent.length).toBeGreaterThan(50);
  expect(silent.filter(({ correct }) => correct).length / silent.length).toBeGreaterThan(0.9);
});

test("lets nothing through of which no more is known than that most answers of its task are good", () => {
  const { exchanges } = school({ prompts: 50, coverage: 1, seed: 8 });
  // nearly all are liked, no two answer the same prompt, and nothing can be learned from their texts
  const told = exchanges.map((one, at) => ({
    ...one,
    ...{ promptKey: `alone ${at}`, text: null },
    feedback: at % 2 === 0 ? [thumb({ id: one.id, actor: `u${at % 40}`, up: at % 20 !== 0 })] : [],
  }));
  const { judged, gate } = gateFor(told);
  expect(told.filter(({ id }) => (judged.unspokenOf(id)?.interval.low ?? 0) >= 0.7).length).toBeGreaterThan(100);
  expect(gate).toMatchObject({ open: false, rows: 0 });
});

test("weak signs alone are not what an answer is known by", () => {
  const judgement = (kind: string) => ({
    interval: { low: 0.8, high: 0.9 },
    grounds: [
      { kind: "base_rate", value: 0.8, actor: "", logOdds: 1.4 },
      { kind, value: true, actor: "", logOdds: 0.5 },
    ],
  });
  expect(["copied", "scorer", "agreement"].map((kind) => isSurelyGood(judgement(kind), 0.7))).toEqual([
    false,
    true,
    true,
  ]);
  expect(isSurelyGood(judgement("scorer"), 0.81)).toBe(false);
});

test("is closed where too little was said to try it, and says so", () => {
  const { exchanges } = school({ prompts: 200, coverage: 0.02, seed: 8 });
  const { gate } = gateFor(exchanges);
  expect(gate).toMatchObject({ open: false, share: null, low: null });
  expect(gate.because).toMatch(/30 at least/);
});

test("is closed where people call bad what agrees", () => {
  const { exchanges } = school({ prompts: 200, coverage: 0, seed: 8 });
  // what agrees is what everybody got wrong
  const told = exchanges.map((one, at) => ({
    ...one,
    feedback: [thumb({ id: one.id, actor: `u${at % 40}`, up: at % 10 === 0 })],
  }));
  const { gate } = gateFor(told);
  expect(gate.open).toBe(false);
});

test("asks for more where more is asked of a target", () => {
  const { exchanges } = school({ prompts: 200, coverage: 0.5, seed: 8 });
  expect(gateFor(exchanges, 0.999).gate.open).toBe(false);
});

test("what is known of an exchange without its own words does not change with them", () => {
  const { exchanges } = school({ prompts: 50, coverage: 0.5, seed: 9 });
  const lonely = { ...exchanges[0], id: "lonely", promptKey: "alone", text: null, feedback: [] } as NightExchange;
  const spoken = { ...lonely, feedback: [thumb({ id: "lonely", actor: "somebody new", up: true })] };
  const [silent, heard] = [
    [...exchanges, lonely],
    [...exchanges, spoken],
  ].map((all) => gateFor(all).judged);
  expect(heard?.judgementOf("lonely")?.pGood).toBeGreaterThan(heard?.unspokenOf("lonely")?.pGood ?? 1);
  expect(heard?.unspokenOf("lonely")?.pGood).toBeCloseTo(silent?.judgementOf("lonely")?.pGood ?? 0, 1);
});

import { describe, expect, test } from "vitest";
import { logit } from "../../shared/core/probability.ts";
import type { Judgement } from "../../shared/verdict/verdict.ts";
import { judgeNight } from "../../workers/curator/judge-night.ts";
import { type NightExchange, NightRows } from "../../workers/curator/night-rows.ts";
import { calibrationError } from "../bench-verdict/measures.ts";
import { thumb } from "../bench-verdict/simulated-users.ts";
import fc from "../unit/property.ts";
import { exchange, school } from "./school.ts";

function judgeAll(exchanges: readonly NightExchange[], seed = "s"): Map<string, Judgement> {
  const night = new NightRows();
  for (const one of exchanges) night.add(one);
  const { judgementOf } = judgeNight(night, { seed });
  return new Map(
    exchanges.flatMap(({ id }) => {
      const judgement = judgementOf(id);
      return judgement === undefined ? [] : [[id, judgement]];
    }),
  );
}

const up = (id: string, actor: string) => thumb({ id, actor, up: true });
const down = (id: string, actor: string) => thumb({ id, actor, up: false });

describe("a night's judgement", () => {
  test("of nothing is even, and unknown exchanges have none", () => {
    const night = new NightRows();
    expect(judgeNight(night, { seed: "s" }).judgementOf("e1")).toBeUndefined();
    expect(judgeAll([exchange("e1")]).get("e1")).toMatchObject({ pGood: 0.5, labelled: false, sides: null });
  });

  test("is the same for the same night, whatever the order, and does not change the night", () => {
    const { exchanges } = school({ prompts: 100, coverage: 0.6, seed: 3, tell: true });
    const night = new NightRows();
    for (const one of exchanges) night.add(one);
    const first = judgeNight(night, { seed: "s" });
    const again = judgeNight(night, { seed: "s" });
    expect(first.report?.used).toBe(true);
    const turned = new NightRows();
    for (const one of exchanges.toReversed()) turned.add(one);
    const other = judgeNight(turned, { seed: "s" });
    expect(other.scorer).toEqual(first.scorer); // to the last bit
    for (const { id } of exchanges) {
      expect(again.judgementOf(id)).toEqual(first.judgementOf(id));
      expect(other.judgementOf(id)).toEqual(first.judgementOf(id));
    }
  });

  test("of a vote taken back is that of a vote never cast", () => {
    const { exchanges } = school({ prompts: 20, coverage: 0.5, seed: 4 });
    const standing = judgeAll(exchanges);
    const voted = exchanges.map((one, at) =>
      at === 3 ? { ...one, feedback: [...one.feedback, up(one.id, "zoe")] } : one,
    );
    expect(judgeAll(voted).get("e3")).not.toEqual(standing.get("e3"));
    const cleared = voted.map((one) => ({ ...one, feedback: one.feedback.filter(({ actor }) => actor !== "zoe") }));
    expect([...judgeAll(cleared)]).toEqual([...standing]);
  });

  test("never gets worse by another thumb up of someone unknown", () => {
    const vote = fc.record({ at: fc.nat(7), actor: fc.constantFrom("a", "b", "c", "d"), up: fc.boolean() });
    fc.assert(
      fc.property(
        fc.uniqueArray(vote, { selector: ({ at, actor }) => `${at} ${actor}`, maxLength: 20 }),
        fc.nat(7),
        (votes, at) => {
          const feedbackOf = (id: string) =>
            votes.filter((one) => `e${one.at}` === id).map((one) => thumb({ id, ...one }));
          const ids = Array.from({ length: 8 }, (_, index) => `e${index}`);
          const before = judgeAll(ids.map((id) => exchange(id, feedbackOf(id)))).get(`e${at}`)?.pGood ?? 1;
          const with1 = ids.map((id) => exchange(id, [...feedbackOf(id), ...(id === `e${at}` ? [up(id, "new")] : [])]));
          expect(judgeAll(with1).get(`e${at}`)?.pGood).toBeGreaterThanOrEqual(before);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("turns round by the word of someone who is found to mean the opposite", () => {
    const ids = Array.from({ length: 30 }, (_, at) => `e${at}`);
    const known = ids.map((id, at) => {
      const good = at % 2 === 0;
      const people = ["ada", "bob", "cyd"].map((actor) => thumb({ id, actor, up: good }));
      return exchange(id, [...people, thumb({ id, actor: "eve", up: !good })]);
    });
    const judged = judgeAll([...known, exchange("new", [up("new", "eve")]), exchange("none")]);
    expect(judged.get("new")?.pGood).toBeLessThan((judged.get("none")?.pGood ?? 0) - 0.2);
    expect(judged.get("new")?.grounds.find(({ actor }) => actor === "eve")?.logOdds).toBeLessThan(-1);
  });

  test("shows both sides of a conflict, and is less sure of it", () => {
    const [split, agreed] = ["split", "agreed"].map((id) => {
      return exchange(id, [up(id, "ada"), up(id, "bob"), thumb({ id, actor: "cyd", up: id === "agreed" })]);
    });
    const judged = judgeAll(split === undefined || agreed === undefined ? [] : [split, agreed]);
    expect(judged.get("split")).toMatchObject({ conflicting: true, sides: { good: ["ada", "bob"], bad: ["cyd"] } });
    expect(judged.get("agreed")).toMatchObject({ conflicting: false, sides: null });
    expect(widthOf(judged.get("split"))).toBeGreaterThan(widthOf(judged.get("agreed")));
  });

  test("is surer, the more people say the same", () => {
    const ids = [1, 3, 6].map((voters) =>
      exchange(
        `v${voters}`,
        Array.from({ length: voters }, (_, at) => up(`v${voters}`, `p${at}`)),
      ),
    );
    const judged = judgeAll(ids);
    const widths = ["v1", "v3", "v6"].map((id) => widthOf(judged.get(id)));
    expect(widths).toEqual([...widths].sort((a, b) => b - a));
    expect(widths[2]).toBeLessThan(0.2);
    for (const { interval, pGood } of judged.values()) {
      expect(interval.low).toBeLessThan(pGood);
      expect(interval.high).toBeGreaterThanOrEqual(pGood);
    }
  });

  test("is surer of the word of someone with a record than of somebody new", () => {
    const record = Array.from({ length: 40 }, (_, at) => {
      const people = ["ada", "bob", "cyd"].map((actor) => thumb({ id: `e${at}`, actor, up: at % 2 === 0 }));
      return exchange(`e${at}`, people);
    });
    const judged = judgeAll([...record, exchange("known", [up("known", "ada")]), exchange("new", [up("new", "zoe")])]);
    expect(judged.get("known")?.pGood).toBeGreaterThan(judged.get("new")?.pGood ?? 1);
    const reach = (id: string) => {
      const { low, high } = judged.get(id)?.interval ?? { low: 0.5, high: 0.5 };
      return logit(high) - logit(low);
    };
    expect(reach("known")).toBeLessThan(0.8 * reach("new"));
  });

  test("has grounds that add up to it", () => {
    const { exchanges } = school({ prompts: 100, coverage: 0.5, seed: 5 });
    for (const { pGood, grounds } of judgeAll(exchanges).values()) {
      const sum = grounds.reduce((total, { logOdds }) => total + logOdds, 0);
      expect(1 / (1 + Math.exp(-sum))).toBeCloseTo(pGood, 4);
    }
  });

  test("lets what was said of an answer count for another that comes to the same", () => {
    const answers = ["42", "42", "7", "8"].map((said, at) => {
      const text = { prompt: "?", answer: `So it is\n${said}`, finishReason: null };
      return exchange(`e${at}`, at === 0 ? [down("e0", "ada"), down("e0", "bob")] : [], {
        promptKey: "p",
        text,
        model: `m${at}`,
      });
    });
    const judged = judgeAll(answers);
    expect(judged.get("e1")?.grounds.find(({ kind }) => kind === "same_answer")?.logOdds).toBeLessThan(-1);
    expect(judged.get("e2")?.grounds.some(({ kind }) => kind === "same_answer")).toBe(false);
    expect(judged.get("e1")).toMatchObject({ labelled: false });
  });

  test("is calibrated where users err as they do", () => {
    for (const seed of [1, 2, 3]) {
      const { answers, exchanges } = school({ prompts: 300, coverage: 0.5, seed });
      const judged = judgeAll(exchanges);
      const rows = answers.map(({ id, correct }) => ({
        id,
        score: judged.get(id)?.pGood ?? 0.5,
        truth: Number(correct),
      }));
      expect(calibrationError(rows), `seed ${seed}`).toBeLessThan(0.06);
    }
  });
});

function widthOf(judgement: Judgement | undefined): number {
  return judgement === undefined ? Number.NaN : judgement.interval.high - judgement.interval.low;
}

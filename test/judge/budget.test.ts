/** Money: never a millionth over the budget, at any number of calls at once, and nothing twice. */
import { describe, expect, test } from "vitest";
import { Budget } from "../../shared/judge/budget.ts";
import { CALLS_AT_ONCE } from "../../workers/curator/judge/bounds.ts";
import { judgeRows } from "../../workers/curator/judge/judge-rows.ts";
import fc from "../unit/property.ts";
import { type Behaviour, type JudgeStandin, judgeStandin } from "./judge-standin.ts";
import { memoryCache, optionsFor, pair, row } from "./judged-night.ts";

const CENT = 10_000;
const MIXED: readonly Behaviour[] = Array.from({ length: 400 }, (_, at) =>
  at % 7 === 3 ? "cut" : at % 11 === 5 ? "no-usage" : at % 5 === 1 ? "rate-limited" : at % 13 === 2 ? "html" : "honest",
);
const ROWS = Array.from({ length: 60 }, (_, at) =>
  row(String(at), { quality: 1 + (at % 5), text: "word ".repeat(at * 7) }),
);
const PAIRS = Array.from({ length: 10 }, (_, at) => pair(String(at)));

describe("a night with a budget", () => {
  test.each([0, 1, 2, 5, 10, 17, 33])("of %i cents bills no millionth more, whatever the judge does", async (cents) => {
    for (const bytesPerToken of [1, 4]) {
      const standin = judgeStandin({ behaviours: MIXED, seed: cents, bytesPerToken });
      const options = optionsFor(standin, { budgetUsdMicros: cents * CENT });
      const { report, scores, preferences } = await judgeRows({ rows: ROWS, pairs: PAIRS, options });
      expect(standin.billedMicros).toBeLessThanOrEqual(report.spentUsdMicros);
      expect(report.spentUsdMicros).toBeLessThanOrEqual(cents * CENT);
      const left = Object.values(report.leftOut).reduce((sum, count) => sum + count, 0);
      expect(scores.size + preferences.size + left).toBe(ROWS.length + PAIRS.length);
      if (cents > 2) expect(report.stopped).toBe("budget_spent");
      else expect([report.calls, report.leftOut]).toEqual([0, { too_dear: ROWS.length + PAIRS.length }]);
    }
  });

  test("would have cost more without it", async () => {
    const standin = judgeStandin({ behaviours: MIXED });
    const { report } = await judgeRows({ rows: ROWS, pairs: PAIRS, options: optionsFor(standin) });
    expect(report.stopped).toBe(null);
    expect(standin.billedMicros).toBeGreaterThan(33 * CENT);
  });

  test("leaves no more of it than one question could cost", async () => {
    const standin = judgeStandin({ behaviours: ["honest"] });
    const { report } = await judgeRows({
      rows: ROWS,
      pairs: [],
      options: optionsFor(standin, { budgetUsdMicros: 17 * CENT }),
    });
    expect(report.spentUsdMicros).toBe(standin.billedMicros);
    expect(17 * CENT - report.spentUsdMicros).toBeLessThan(3 * CENT);
  });

  test("counts what earlier steps of the run spent", async () => {
    const standin = judgeStandin({ behaviours: ["honest"] });
    const options = optionsFor(standin, { budgetUsdMicros: 10 * CENT, spentUsdMicros: 6 * CENT });
    const { report } = await judgeRows({ rows: ROWS, pairs: [], options });
    expect(standin.billedMicros).toBeLessThanOrEqual(4 * CENT);
    expect(report.spentUsdMicros).toBe(6 * CENT + standin.billedMicros);
  });

  test("goes on without the one question that the whole of it would not pay", async () => {
    const standin = judgeStandin({ behaviours: ["honest"] });
    const rows = [row("dear", { text: "word ".repeat(4_000) }), row("cheap")];
    const { report, scores } = await judgeRows({
      rows,
      pairs: [],
      options: optionsFor(standin, { budgetUsdMicros: 4 * CENT }),
    });
    expect([...scores.keys()]).toEqual(["cheap"]);
    expect(report.leftOut).toEqual({ too_dear: 1 });
  });

  test("asks the same questions however fast and in whatever order answers come", async () => {
    const asked = async (release: "at once" | "first first" | "last first") => {
      const standin = judgeStandin({ behaviours: ["honest"], seed: 3 });
      const held = holding(standin, release);
      const options = optionsFor({ fetch: held }, { budgetUsdMicros: 17 * CENT });
      const { report, scores } = await judgeRows({ rows: ROWS, pairs: [], options });
      return { scores: new Map([...scores].sort()), spent: report.spentUsdMicros, leftOut: report.leftOut };
    };
    const one = await asked("at once");
    expect(one.scores.size).toBeGreaterThan(5);
    expect(one.scores.size).toBeLessThan(ROWS.length);
    expect(await asked("first first")).toEqual(one);
    expect(await asked("last first")).toEqual(one);
  });

  test("asks as many at once as it says, and no more", async () => {
    let [now, most] = [0, 0];
    const standin = judgeStandin({ behaviours: ["honest"] });
    const fetch: JudgeStandin["fetch"] = async (address, init) => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
      return standin.fetch(address, init);
    };
    await judgeRows({ rows: ROWS, pairs: [], options: optionsFor({ fetch }) });
    expect(most).toBe(CALLS_AT_ONCE);
  });
});

describe("a night that is done again", () => {
  test("asks nothing and spends nothing, in the same run or a later one", async () => {
    const standin = judgeStandin({ behaviours: ["honest", "prose", "honest"] });
    const cache = memoryCache();
    const night = (run: string) =>
      judgeRows({ rows: ROWS, pairs: PAIRS, options: optionsFor(standin, { cache, run }) });
    const first = await night("night-1/a/t");
    const calls = standin.calls.length;
    const again = await night("night-1/a/t");
    const later = await night("night-2/a/t");
    expect(standin.calls.length).toBe(calls);
    expect([again.report.calls, later.report.calls]).toEqual([0, 0]);
    expect(again.report.spentUsdMicros).toBe(first.report.spentUsdMicros);
    expect(later.report.spentUsdMicros).toBe(0);
    expect([again.scores, later.scores]).toEqual([first.scores, first.scores]);
    expect([again.preferences, later.preferences]).toEqual([first.preferences, first.preferences]);
    expect(later.report.leftOut).toEqual(first.report.leftOut);
  });

  test.each([1, 2, 7, 30])(
    "after it was stopped in call %i asks no question twice, and keeps to its budget",
    async (stopAt) => {
      const standin = judgeStandin({ behaviours: ["honest"], bytesPerToken: 1 });
      const cache = memoryCache();
      const changed = { cache, budgetUsdMicros: 60 * CENT };
      const stuck = stopping(standin, stopAt);
      void judgeRows({ rows: ROWS, pairs: PAIRS, options: optionsFor({ fetch: stuck.fetch }, changed) });
      await stuck.stopped;
      const { report } = await judgeRows({ rows: ROWS, pairs: PAIRS, options: optionsFor(standin, changed) });
      const bodies = standin.calls.map(({ body }) => JSON.stringify(body));
      expect(new Set(bodies).size).toBe(bodies.length);
      expect(standin.billedMicros).toBeLessThanOrEqual(report.spentUsdMicros);
      expect(report.spentUsdMicros).toBeLessThanOrEqual(60 * CENT);
      expect(report.leftOut.interrupted).toBeGreaterThan(0);
    },
  );

  test("asks anew by another rubric, and by another model", async () => {
    const standin = judgeStandin({ behaviours: ["honest"] });
    const cache = memoryCache();
    const rubric = { version: "own", criteria: [{ name: "tone", question: "Is it kind?", weight: 1 }] };
    await judgeRows({ rows: [row("1")], pairs: [], options: optionsFor(standin, { cache }) });
    await judgeRows({ rows: [row("1")], pairs: [], options: optionsFor(standin, { cache, rubric }) });
    expect(standin.calls.length).toBe(2);
  });

  test("asks once about what is there twice", async () => {
    const standin = judgeStandin({ behaviours: ["honest"] });
    const { scores } = await judgeRows({
      rows: [row("1"), { ...row("1"), id: "2" }],
      pairs: [],
      options: optionsFor(standin),
    });
    expect([scores.get("1"), standin.calls.length]).toEqual([scores.get("2"), 1]);
  });

  test("keeps nothing of what users or judges wrote", async () => {
    const standin = judgeStandin({ behaviours: ["honest"] });
    const cache = memoryCache();
    await judgeRows({ rows: ROWS, pairs: PAIRS, options: optionsFor(standin, { cache }) });
    for (const entry of cache.entries.values()) expect(entry).not.toMatch(/word|Question|As asked/);
  });
});

describe("the ledger", () => {
  test("never has more spent and set aside than the budget", () => {
    const cost = fc.double({ min: 0, max: 100, noNaN: true });
    const calls = fc.array(fc.record({ worst: cost, share: fc.double({ min: 0, max: 1, noNaN: true }) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), calls, (budgetMicros, all) => {
        const budget = new Budget({ budgetMicros, spentMicros: 0 });
        const open: { micros: number; cost: number }[] = [];
        for (const { worst, share } of all) {
          const reserved = budget.reserve(worst);
          if (reserved.ok) open.push({ micros: reserved.micros, cost: worst * share });
          else if (reserved.because === "wait") expect(open.length).toBeGreaterThan(0);
          const done = reserved.ok ? undefined : open.shift();
          if (done !== undefined) budget.settle(done, done.cost);
          expect(budget.spentMicros + open.reduce((sum, { micros }) => sum + micros, 0)).toBeLessThanOrEqual(
            budgetMicros,
          );
        }
      }),
    );
  });

  test("takes its budget to the millionth, and not one over", () => {
    const budget = new Budget({ budgetMicros: 100, spentMicros: 40 });
    expect(budget.reserve(61)).toEqual({ ok: false, because: "spent" });
    expect(budget.reserve(60)).toEqual({ ok: true, micros: 60 });
    expect(budget.reserve(1)).toEqual({ ok: false, because: "wait" });
    expect(budget.settle({ micros: 60 }, 9.2)).toBe(10);
    expect(budget.spentMicros).toBe(50);
    expect(budget.reserve(101)).toEqual({ ok: false, because: "too_dear" });
    expect(budget.reserve(Number.NaN)).toEqual({ ok: false, because: "too_dear" });
  });
});

/** Holds calls until as many are under way as there may be, or nothing else happens; then lets one go. */
function holding(standin: JudgeStandin, release: "at once" | "first first" | "last first"): JudgeStandin["fetch"] {
  const held: (() => void)[] = [];
  return async (address, init) => {
    const answer = await standin.fetch(address, init);
    if (release === "at once") return answer;
    await new Promise<void>((resolve) => {
      held.push(resolve);
      setImmediate(() => (release === "last first" ? held.pop() : held.shift())?.());
    });
    return answer;
  };
}

/** From the call of that number on nothing comes back, though it is billed: as where a Worker is stopped. */
function stopping(standin: JudgeStandin, stopAt: number): { fetch: JudgeStandin["fetch"]; stopped: Promise<void> } {
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  let calls = 0;
  const fetch: JudgeStandin["fetch"] = async (address, init) => {
    const call = ++calls;
    const answer = await standin.fetch(address, init);
    if (call < stopAt) return answer;
    setImmediate(resolve);
    return new Promise(() => undefined);
  };
  return { fetch, stopped };
}

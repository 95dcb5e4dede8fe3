/** No user, session, template or question has more of a batch than it may, and every probability is right all the same. */
import { describe, expect, test } from "vitest";
import type { Draw, DrawOptions } from "../../shared/sample/draw.ts";
import type { Item } from "../../shared/sample/window-items.ts";
import fc from "../unit/property.ts";
import { seeded } from "../unit/seeded.ts";
import { drawNamed } from "./named-items.ts";

const NO_AUDIT = { auditShare: 0 };

function drawFrom(items: readonly Item[], options: DrawOptions): Draw {
  return drawNamed(
    items.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    options,
  );
}

/** One user is half of a day, and one of his sessions half of him; strata cut across. */
function day(): Item[] {
  const random = seeded(11);
  return Array.from({ length: 60 }, (_, at): Item => {
    const loud = at < 30;
    return {
      id: `e${String(at).padStart(2, "0")}`,
      stratum: ["good", "bad", "none"][Math.floor(3 * random())] ?? "",
      user: loud ? "loud" : at < 40 ? null : `user-${at % 7}`,
      session: loud && at < 15 ? "long" : !loud && at < 40 ? "nobody's" : null,
      template: at % 5 === 0 ? "rare" : "common",
      prompt: at % 6 === 1 ? "again and again" : null,
    };
  });
}

function countBy(items: readonly Item[], { drawn }: Draw, key: "user" | "session" | "template"): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) {
    const name = item[key];
    if (name == null || drawn.get(item.id)?.chosen !== true) continue;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

describe("ten thousand capped draws", () => {
  const DRAWS = 10_000;
  const items = day();
  const options = { budget: 20, auditShare: 0.1, caps: { user: 5, session: 2, template: 14, prompt: 2 } };
  const times = new Map(items.map(({ id }) => [id, 0]));
  const stated = new Map<string, number>();
  let most = { user: 0, session: 0 };
  for (let seed = 0; seed < DRAWS; seed++) {
    const drawing = drawFrom(items, { ...options, seed: `seed-${seed}` });
    for (const [id, { inclusionProbability }] of drawing.drawn) {
      times.set(id, (times.get(id) ?? 0) + 1);
      expect(stated.get(id) ?? inclusionProbability).toBe(inclusionProbability); // whatever the seed
      stated.set(id, inclusionProbability);
    }
    const highest = (key: "user" | "session") => Math.max(0, ...countBy(items, drawing, key).values());
    most = { user: Math.max(most.user, highest("user")), session: Math.max(most.session, highest("session")) };
  }

  test.each(items.map(({ id }) => [id] as const))("hold %s as often as was stated, within 4 standard errors", (id) => {
    const probability = stated.get(id) ?? 0;
    expect(probability).toBeGreaterThan(0);
    const count = times.get(id) ?? 0;
    if (probability === 1) expect(count).toBe(DRAWS);
    else {
      const error = Math.sqrt((probability * (1 - probability)) / DRAWS);
      expect(Math.abs(count / DRAWS - probability) / error, `${count}, stated ${probability}`).toBeLessThan(4);
    }
  });

  test("never let a user or a session over its cap, and let both reach it", () => {
    expect(most).toEqual({ user: 5, session: 2 });
  });

  test("expect of a question no more rows than its cap, whoever asks it", () => {
    const asked = items.filter(({ prompt }) => prompt !== null);
    const own = drawFrom(items, { ...options, ...NO_AUDIT, seed: "s" }).probabilities;
    const expected = asked.reduce((sum, { id }) => sum + (own[items.findIndex((item) => item.id === id)] ?? 0), 0);
    expect(expected).toBeLessThanOrEqual(2 + 1e-9);
    expect(expected).toBeGreaterThan(1.9);
  });

  test("make a row of the crowd less probable than one of the others", () => {
    expect(stated.get("e20")).toBeLessThan(stated.get("e45") ?? 0);
    expect(stated.get("e03")).toBeLessThan(stated.get("e20") ?? 0);
  });
});

describe("a capped draw", () => {
  const someItems = fc.array(
    fc.record({
      stratum: fc.constantFrom("good", "bad", "none"),
      user: fc.constantFrom(null, "a", "b", "c"),
      session: fc.constantFrom(null, "s", "t"),
      template: fc.constantFrom("x", "y"),
    }),
    { maxLength: 60 },
  );

  test("holds every cap, whatever the window", () => {
    fc.assert(
      fc.property(someItems, fc.nat(30), fc.integer({ min: 1, max: 9 }), fc.string(), (some, budget, cap, seed) => {
        const items = some.map((item, at): Item => ({ ...item, id: `e${String(at).padStart(3, "0")}` }));
        const caps = { user: cap, session: cap };
        const drawing = drawFrom(items, { seed, budget, ...NO_AUDIT, caps });
        for (const count of countBy(items, drawing, "user").values()) expect(count).toBeLessThanOrEqual(cap);
        expect(drawing.drawn.size).toBeLessThanOrEqual(budget);
      }),
    );
  });

  test("holds a session to its cap within each user's part, and takes what the others leave", () => {
    const items = day();
    const drawing = drawFrom(items, { seed: "s", budget: 20, ...NO_AUDIT, caps: { user: 5 } });
    expect(drawing.drawn.size).toBe(20); // what the loud one may not have the others get
    expect(countBy(items, drawing, "user").get("loud")).toBe(5);
  });

  test("gives a template that is a stratum no more than it may have", () => {
    const items = Array.from({ length: 100 }, (_, at): Item => {
      const template = at < 90 ? "common" : "rare";
      return { id: `e${String(at).padStart(3, "0")}`, stratum: `none/${template}`, template };
    });
    for (let seed = 0; seed < 20; seed++) {
      const drawing = drawFrom(items, { seed: `${seed}`, budget: 20, ...NO_AUDIT, caps: { template: 12 } });
      const counts = countBy(items, drawing, "template");
      expect(counts.get("rare")).toBeGreaterThanOrEqual(8);
      expect(counts.get("common")).toBeLessThanOrEqual(12);
    }
  });
});

test("strata that people spoke of outright get three quarters of the budget, and what others leave", () => {
  const items = (["good", "none"] as const).flatMap((stratum) =>
    Array.from({ length: 100 }, (_, at): Item => ({ id: `${stratum}${at}`, stratum })),
  );
  const isFirst = (stratum: string) => stratum === "good";
  const sizes = (budget: number) =>
    Object.fromEntries(
      drawFrom(items, { seed: "s", budget, ...NO_AUDIT, isFirst }).strata.map(({ stratum, drawn }) => [stratum, drawn]),
    );
  expect(sizes(40)).toEqual({ good: 30, none: 10 });
  expect(sizes(160)).toEqual({ good: 100, none: 60 });
  expect(sizes(200)).toEqual({ good: 100, none: 100 });
});

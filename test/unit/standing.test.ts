/** What stands of all that was said about an exchange. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ExchangeId } from "../../shared/core/ids.ts";
import { type SaidFeedback, standingFeedback } from "../../shared/feedback/standing.ts";

const EXCHANGE = { app: "shop", user: "ada" };

function said(options: Partial<SaidFeedback> = {}): SaidFeedback {
  return {
    exchangeId: "019a0000-0000-7000-8000-000000000001" as ExchangeId,
    kind: "thumb",
    name: "",
    actor: "",
    app: "",
    value: "up",
    text: null,
    atMs: 1_000,
    eventId: "event-1",
    ...options,
  };
}

function valuesOf(pieces: readonly SaidFeedback[], exchange: typeof EXCHANGE | { app: string; user: null } = EXCHANGE) {
  return standingFeedback(pieces, exchange).map(({ kind, name, actor, value }) => ({ kind, name, actor, value }));
}

describe("what stands", () => {
  test("is the newest word of each actor", () => {
    const first = said({ value: "up", atMs: 1_000 });
    const second = said({ value: "down", atMs: 2_000, eventId: "event-2" });
    for (const order of [
      [first, second],
      [second, first],
    ]) {
      expect(valuesOf(order)).toEqual([{ kind: "thumb", name: "", actor: "ada", value: "down" }]);
    }
  });

  test("of two words of one millisecond is the later event", () => {
    const later = said({ value: "down", eventId: "event-2" });
    expect(valuesOf([later, said()])).toMatchObject([{ value: "down" }]);
  });

  test("is nothing where the newest word took it back", () => {
    expect(valuesOf([said(), said({ value: null, atMs: 2_000 })])).toEqual([]);
    expect(valuesOf([said({ value: null, atMs: 2_000 }), said()])).toEqual([]);
    expect(valuesOf([said({ value: null }), said({ atMs: 2_000 })])).toHaveLength(1);
  });

  test("counts the exchange's user once, named and unnamed", () => {
    const named = said({ actor: "ada", value: "down", atMs: 2_000 });
    expect(valuesOf([said(), named])).toEqual([{ kind: "thumb", name: "", actor: "ada", value: "down" }]);
  });

  test("keeps actors, kinds and names apart", () => {
    const pieces = [
      said(),
      said({ actor: "bob" }),
      said({ kind: "copied", value: true }),
      said({ kind: "metric", name: "resolved", value: true }),
      said({ kind: "metric", name: "seconds", value: 4 }),
    ];
    expect(valuesOf(pieces)).toHaveLength(5);
  });

  test("has an actor without a name where the exchange has no user", () => {
    expect(valuesOf([said()], { app: "shop", user: null })).toMatchObject([{ actor: "" }]);
  });
});

describe("another app's word", () => {
  test("does not count, and takes nothing back", () => {
    const foreign = said({ app: "bank", value: null, atMs: 9_000 });
    expect(valuesOf([said(), foreign])).toMatchObject([{ value: "up" }]);
    expect(valuesOf([said({ app: "bank" })])).toEqual([]);
  });

  test("is told from the app's own, which counts like that of a signed id", () => {
    const own = said({ app: "shop", value: "down", atMs: 2_000 });
    expect(valuesOf([said(), own])).toMatchObject([{ value: "down" }]);
  });
});

test("whatever was said, and in whatever order: at most one word of an actor, of a kind and name, and none is null", () => {
  const anySaid = fc.record({
    kind: fc.constantFrom("thumb" as const, "metric" as const, "copied" as const),
    name: fc.constantFrom("", "a"),
    actor: fc.constantFrom("", "ada", "bob"),
    app: fc.constantFrom("", "shop", "bank"),
    value: fc.constantFrom("up", "down", true, null),
    atMs: fc.integer({ min: 0, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(anySaid), fc.infiniteStream(fc.nat()), (pieces, random) => {
      const events = pieces.map((piece, index) =>
        said({ ...piece, eventId: `event-${String(index).padStart(4, "0")}` }),
      );
      const standing = standingFeedback(events, EXCHANGE);
      const keys = standing.map(({ kind, name, actor }) => JSON.stringify([kind, name, actor]));
      expect(new Set(keys).size).toBe(keys.length);
      const shuffled = events
        .map((event) => ({ event, at: random.next().value ?? 0 }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ event }) => event);
      expect(standingFeedback(shuffled, EXCHANGE)).toEqual(standing);
    }),
  );
});

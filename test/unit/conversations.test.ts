import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ExchangeId } from "../../shared/core/ids.ts";
import { linkTurns, missingTurns, type Turn } from "../../shared/split/conversations.ts";

function turnOf(fields: Partial<Omit<Turn, "id">> & { id: string }): Turn {
  const { id, ...others } = fields;
  const nothing = {
    session: null,
    conversation: null,
    turn: null,
    responseId: null,
    follows: null,
    next: null,
    user: null,
    outcome: "complete" as const,
  };
  return { ...nothing, ...others, id: id as ExchangeId };
}

describe("a conversation is handed on", () => {
  const first = turnOf({ id: "1", conversation: "c1", turn: "t1", responseId: "r1" });

  test("to the call that goes on from a turn, and to the one after that", () => {
    const second = turnOf({ id: "2", conversation: "other", turn: "t2", follows: "t1" });
    const third = turnOf({ id: "3", conversation: "another", turn: "t3", follows: "t2" });
    expect([...linkTurns([first, second, third]).conversations]).toEqual([
      ["2", "c1"],
      ["3", "c1"],
    ]);
  });

  test("to the call that names a response", () => {
    const second = turnOf({ id: "2", responseId: "r2", follows: "r1" });
    const third = turnOf({ id: "3", responseId: "r3", follows: "r2" });
    expect(Object.fromEntries(linkTurns([first, second, third]).conversations)).toEqual({ "2": "c1", "3": "c1" });
  });

  test("not against the app's own word, and not from a later call", () => {
    const named = turnOf({ id: "2", session: "s", conversation: "c2", follows: "t1" });
    expect(linkTurns([first, named]).conversations.size).toBe(0);
    const early = turnOf({ id: "0", conversation: "c0", follows: "t1" });
    expect(linkTurns([early, first]).conversations.size).toBe(0);
  });

  test("by the first of those that ended alike", () => {
    const twin = turnOf({ id: "2", conversation: "c2", turn: "t1" });
    const next = turnOf({ id: "3", follows: "t1" });
    expect(linkTurns([first, twin, next]).conversations.get("3" as ExchangeId)).toBe("c1");
  });

  test("is looked for elsewhere where it is not in the window, and only then", () => {
    const turns = [first, turnOf({ id: "2", follows: "t1" }), turnOf({ id: "3", follows: "t0" })];
    expect(missingTurns([...turns, turnOf({ id: "4", follows: "t0" }), turnOf({ id: "5" })])).toEqual(["t0"]);
    expect(missingTurns([turnOf({ id: "6", session: "s", follows: "t0" })])).toEqual(["t0"]); // for what it says next
  });

  test("and so is what is said next: about the newest that ended so", () => {
    const twin = turnOf({ id: "2", conversation: "c2", turn: "t1" });
    const next = turnOf({ id: "3", session: "s", conversation: "c3", follows: "t1" });
    const { before, conversations } = linkTurns([first, twin, next]);
    expect([...before]).toEqual([["3", "2"]]);
    expect(conversations.size).toBe(0);
  });

  test("all along a chain of any length, however its calls lie among others", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 60 }), (chains) => {
        const lengths = [0, 0, 0, 0];
        const turns = chains.map((chain, index) => {
          const at = lengths[chain] ?? 0;
          lengths[chain] = at + 1;
          const id = String(index).padStart(3, "0");
          const follows = at === 0 ? null : `${chain}-${at - 1}`;
          return turnOf({ id, conversation: `${chain} ${at}`, turn: `${chain}-${at}`, follows });
        });
        const linked = linkTurns(turns).conversations;
        for (const [index, { id, conversation }] of turns.entries()) {
          expect(linked.get(id) ?? conversation).toBe(`${chains[index]} 0`);
        }
      }),
    );
  });
});

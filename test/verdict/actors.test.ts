import { describe, expect, test } from "vitest";
import { type Vote, type WeighedVotes, weighVotes } from "../../shared/verdict/actors.ts";
import { WEIGHTS } from "../../shared/verdict/weights.ts";
import fc from "../unit/property.ts";
import { type PlantedActor, plantVotes } from "./planted.ts";

function weigh(votes: readonly Vote[], field: (id: string) => number = () => 0): WeighedVotes {
  return weighVotes({ votes, fieldOf: field, clusterOf: () => null });
}

function vote(exchangeId: string, actor: string, up: boolean): Vote {
  return { exchangeId, actor, up, strength: 1 };
}

const CAREFUL = Array.from({ length: 8 }, (_, at): PlantedActor => {
  return { name: `careful-${at}`, sensitivity: 0.93, specificity: 0.93, votes: 60 };
});

describe("an actor of whom nothing is known", () => {
  test("says what the priors say", () => {
    const { up, down } = weigh([]).typical;
    expect(up.logOdds).toBeCloseTo(WEIGHTS.thumbUp.logOdds, 0);
    expect(down.logOdds).toBeCloseTo(WEIGHTS.thumbDown.logOdds, 0);
    expect(Math.abs(up.logOdds - WEIGHTS.thumbUp.logOdds)).toBeLessThan(0.2);
    expect(Math.abs(down.logOdds - WEIGHTS.thumbDown.logOdds)).toBeLessThan(0.2);
  });

  test("stays near that after one vote, whatever it is", () => {
    const { typical, actors } = weigh([vote("e1", "ada", true)]);
    expect(actors.get("ada")?.up.logOdds).toBeCloseTo(typical.up.logOdds, 0);
  });

  test("is somebody new each time, where nobody knows who it was", () => {
    const { actors, weights } = weigh([vote("e1", "", true), vote("e2", "", true)]);
    expect(actors.size).toBe(0);
    expect(weights[0]?.logOdds).toBeCloseTo(weights[1]?.logOdds ?? 0, 9);
  });
});

describe("planted reliabilities", () => {
  test.each([
    ["careful", 0.95, 0.9],
    ["careless", 0.7, 0.7],
    ["contrary", 0.15, 0.15],
    ["flattering", 0.97, 0.1],
    ["grumbling", 0.1, 0.97],
  ])("are recovered: %s (%d, %d)", (name, sensitivity, specificity) => {
    for (const seed of [1, 2, 3]) {
      const actors = [...CAREFUL, { name, sensitivity, specificity, votes: 80 }];
      const { votes } = plantVotes({ actors, exchanges: 120, shareGood: 0.6, seed });
      const found = weigh(votes).actors.get(name);
      expect(Math.abs((found?.sensitivity ?? 9) - sensitivity), `sensitivity, seed ${seed}`).toBeLessThan(0.15);
      expect(Math.abs((found?.specificity ?? 9) - specificity), `specificity, seed ${seed}`).toBeLessThan(0.15);
    }
  });

  test("turn a contrary actor's word round, and leave next to nothing of who always says the same", () => {
    const actors = [
      ...CAREFUL,
      { name: "contrary", sensitivity: 0.15, specificity: 0.15, votes: 60 },
      { name: "flatterer", sensitivity: 1, specificity: 0, votes: 60 },
    ];
    const found = weigh(plantVotes({ actors, exchanges: 100, shareGood: 0.5, seed: 7 }).votes).actors;
    expect(found.get("contrary")?.up.logOdds).toBeLessThan(-1);
    expect(found.get("contrary")?.down.logOdds).toBeGreaterThan(1);
    expect(Math.abs(found.get("flatterer")?.up.logOdds ?? 9)).toBeLessThan(0.3);
    expect(found.get("careful-0")?.up.logOdds).toBeGreaterThan(1.7); // 1.4 of someone unknown
  });

  test("are found by what else is known, where nobody votes on the same exchange", () => {
    const right = Array.from({ length: 30 }, (_, at) => vote(`e${at}`, "right", at % 2 === 0));
    const wrong = Array.from({ length: 30 }, (_, at) => vote(`f${at}`, "wrong", at % 2 === 1));
    const field = (id: string) => (Number(id.slice(1)) % 2 === 0 ? 2 : -2);
    const found = weigh([...right, ...wrong], field).actors;
    expect(found.get("right")?.up.logOdds).toBeGreaterThan(1.8);
    expect(found.get("wrong")?.up.logOdds).toBeLessThan(-1);
  });

  test("are surer with more votes", () => {
    const spread = (votes: number) => {
      const actors = [...CAREFUL, { name: "one", sensitivity: 0.93, specificity: 0.93, votes }];
      return weigh(plantVotes({ actors, exchanges: 100, shareGood: 0.5, seed: 3 }).votes).actors.get("one")?.up
        .variance;
    };
    expect(spread(60)).toBeLessThan(spread(4) ?? 0);
  });
});

describe("the weight of a vote", () => {
  test("never rests on that vote itself: turned round, it is what another of his would be", () => {
    const others = plantVotes({ actors: CAREFUL, exchanges: 60, shareGood: 0.5, seed: 5 }).votes;
    const own = Array.from({ length: 10 }, (_, at) => vote(`mine-${at}`, "ada", true));
    const base = weigh([...others, ...own]).weights.at(-1)?.logOdds ?? 0;
    // Nothing else is known of "mine-9": had its vote confirmed itself, ada would be worth more with it.
    const fewer = weigh([...others, ...own.slice(0, 9), vote("mine-9", "", true)]).actors.get("ada")?.up.logOdds ?? 0;
    expect(Math.abs(base - fewer)).toBeLessThan(0.05);
  });

  test("does not rest on what is known of that exchange either", () => {
    const worth = (field: number) => weigh([vote("e1", "ada", true)], () => field).weights[0]?.logOdds ?? 9;
    expect(Math.abs(worth(3) - worth(-3))).toBeLessThan(0.25);
    const record = (field: number) => weigh([vote("e1", "ada", true)], () => field).actors.get("ada")?.up.logOdds ?? 9;
    expect(record(3) - record(-3)).toBeGreaterThan(0.5);
  });

  test("does not depend on the order in which votes came", () => {
    const { votes } = plantVotes({ actors: CAREFUL.slice(0, 3), exchanges: 20, shareGood: 0.5, seed: 9 });
    const some = votes.slice(0, 40);
    const known = new Map(some.map((one, at) => [one, weigh(some).weights[at]?.logOdds ?? 0]));
    fc.assert(
      fc.property(fc.shuffledSubarray(some, { minLength: some.length }), (shuffled) => {
        const { weights } = weigh(shuffled);
        for (const [at, one] of shuffled.entries()) {
          expect(weights[at]?.logOdds).toBeCloseTo(known.get(one) ?? Number.NaN, 6);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("is the prior population's, where actors are not to be learned", () => {
    const { votes } = plantVotes({ actors: CAREFUL, exchanges: 20, shareGood: 0.5, seed: 9 });
    const { weights } = weighVotes({ votes, fieldOf: () => 0, clusterOf: () => null, learnActors: false });
    expect(new Set(weights.map(({ logOdds }) => logOdds)).size).toBe(2);
  });
});

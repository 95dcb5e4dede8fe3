/** Votes of actors whose reliability is known, on exchanges whose truth is known. Seeded. */
import type { Vote } from "../../shared/verdict/actors.ts";
import { seeded } from "../unit/seeded.ts";

export interface PlantedActor {
  name: string;
  sensitivity: number;
  specificity: number;
  votes: number;
}

export interface Planted {
  truth: Map<string, boolean>;
  votes: Vote[];
}

export function plantVotes(options: {
  actors: readonly PlantedActor[];
  exchanges: number;
  shareGood: number;
  seed: number;
}): Planted {
  const { actors, exchanges, shareGood, seed } = options;
  const random = seeded(seed);
  const truth = new Map<string, boolean>(
    Array.from({ length: exchanges }, (_, at) => [`e${at}`, random() < shareGood] as const),
  );
  const votes = actors.flatMap(({ name, sensitivity, specificity, votes: count }) =>
    Array.from({ length: count }, (): Vote => {
      const exchangeId = `e${Math.floor(random() * exchanges)}`;
      const up = truth.get(exchangeId) === true ? random() < sensitivity : random() >= specificity;
      return { exchangeId, actor: name, up, strength: 1 };
    }),
  );
  return { truth, votes };
}

/**
 * Simulated users who vote on answers whose truth is known: 70% of them err in 5% of their votes, 20% in 30%, 10% in 85%.
 * Seeded. An answer gets one vote with the probability that is the coverage, by a user drawn at random.
 */
import type { Feedback } from "../../shared/core/feedback.ts";
import type { ExchangeId } from "../../shared/core/ids.ts";
import { seeded } from "../unit/seeded.ts";

const KINDS = [
  { share: 0.7, errs: 0.05 },
  { share: 0.2, errs: 0.3 },
  { share: 0.1, errs: 0.85 },
] as const;
/** So that a low coverage has not two users, of whom one is contrary. */
const USERS_MIN = 10;

export interface Votable {
  id: string;
  correct: boolean;
}

export function castVotes(options: {
  answers: readonly Votable[];
  coverage: number;
  votesPerUser: number;
  seed: number;
}): Map<string, Feedback[]> {
  const { answers, coverage, votesPerUser, seed } = options;
  const random = seeded(seed);
  const users = Math.max(USERS_MIN, Math.round((answers.length * coverage) / votesPerUser));
  const order = Array.from({ length: users }, (_, user) => ({ user, key: random() })).sort((a, b) => a.key - b.key);
  const errorRate = new Map(order.map(({ user }, place) => [user, errorAt((place + 0.5) / users)]));
  const cast = new Map<string, Feedback[]>();
  for (const { id, correct } of answers) {
    if (random() >= coverage) continue;
    const user = Math.floor(random() * users);
    const errs = random() < (errorRate.get(user) ?? 0);
    cast.set(id, [thumb({ id, actor: `user-${user}`, up: correct !== errs })]);
  }
  return cast;
}

function errorAt(quantile: number): number {
  let left = quantile;
  for (const { share, errs } of KINDS) {
    if (left < share) return errs;
    left -= share;
  }
  return KINDS[2].errs;
}

export function thumb(vote: { id: string; actor: string; up: boolean }): Feedback {
  return {
    exchangeId: vote.id as ExchangeId,
    kind: "thumb",
    name: "",
    actor: vote.actor,
    value: vote.up ? "up" : "down",
    text: null,
    atMs: 0,
    eventId: `${vote.id}-${vote.actor}`,
  };
}

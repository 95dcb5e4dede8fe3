/**
 * Simulated users who vote on answers whose truth is known: mostly right, some careless, a few who mean the opposite.
 * Seeded, so that a run can be had again.
 */
import type { DemoExchange, DemoFeedback, Truth } from "./demo-conversations.ts";

/** A number in [0, 1), from a seeded generator. */
export type Random = () => number;

const USERS = 200;
/** Share of calls that anyone says anything about. */
const COVERAGE = 0.3;
/** Share of thumbs down whose voter also writes what it should have been. */
const CORRECTED = 0.2;
/** Of ten users: how many, and how often they are wrong. */
const KINDS = [
  { of: 7, errs: 0.05 },
  { of: 2, errs: 0.3 },
  { of: 1, errs: 0.85 },
] as const;

export interface VotesCast {
  thumbs: number;
  wrongThumbs: number;
  corrections: number;
  wrongCorrections: number;
}

/** Gives every exchange of known truth and without feedback a user, and some of them votes. */
export function castVotes(options: {
  exchanges: readonly DemoExchange[];
  random: Random;
  /** Users who vote on an answer, where any do. */
  voters: number;
}): VotesCast {
  const { exchanges, random, voters } = options;
  const cast: VotesCast = { thumbs: 0, wrongThumbs: 0, corrections: 0, wrongCorrections: 0 };
  for (const exchange of exchanges) {
    const { truth } = exchange;
    if (truth === undefined || exchange.feedback.length > 0) continue;
    const first = Math.floor(random() * USERS);
    exchange.user ??= nameOf(first);
    if (random() >= COVERAGE) continue;
    for (let voter = 0; voter < voters; voter++) {
      // 37 and 200 have no common factor, so that a hundred voters are a hundred users
      exchange.feedback.push(...vote({ voter: (first + 37 * voter) % USERS, truth, random, cast }));
    }
  }
  return cast;
}

export function describeVotes(cast: VotesCast, voters: number): string[] {
  const users = KINDS.map(({ of, errs }) => `${of} in 10 err in ${percent(errs)} of their votes`).join(", ");
  const each = voters === 1 ? "one user" : `${voters} users`;
  const { thumbs, wrongThumbs, corrections, wrongCorrections } = cast;
  return [
    `simulated from the truth, with noise: ${percent(COVERAGE)} of the calls get the vote of ${each};`,
    `of ${USERS} users ${users};`,
    `a thumb down brings a correction in ${percent(CORRECTED)} of cases, a wrong one if the voter errs`,
    `cast: ${thumbs} thumbs, ${wrongThumbs} of them against the truth (${share(wrongThumbs, thumbs)}), and ${corrections} corrections, ${wrongCorrections} of them wrong`,
  ];
}

function vote(options: { voter: number; truth: Truth; random: Random; cast: VotesCast }): DemoFeedback[] {
  const { voter, truth, random, cast } = options;
  const actor = nameOf(voter);
  const errs = random() < errorRate(voter);
  const up = truth.correct !== errs;
  cast.thumbs += 1;
  cast.wrongThumbs += errs ? 1 : 0;
  const thumb: DemoFeedback = { kind: "thumb", value: up ? "up" : "down", actor };
  if (up || random() >= CORRECTED) return [thumb];
  const text = errs ? truth.wrongText : truth.rightText;
  if (text === undefined) return [thumb];
  cast.corrections += 1;
  cast.wrongCorrections += errs ? 1 : 0;
  return [thumb, { kind: "correction", text, actor }];
}

function errorRate(user: number): number {
  let ten = user % 10;
  for (const { of, errs } of KINDS) {
    if (ten < of) return errs;
    ten -= of;
  }
  return 0;
}

function nameOf(user: number): string {
  return `user-${user}`;
}

function percent(rate: number): string {
  return `${Math.round(100 * rate)}%`;
}

function share(count: number, of: number): string {
  return of === 0 ? "–" : `${((100 * count) / of).toFixed(1)}%`;
}

/** mulberry32: small, seeded, good enough to play users. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

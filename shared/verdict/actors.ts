/**
 * How far each voter can be believed, found from all votes at once: the two-coin model of Dawid & Skene (1979), solved
 * by belief propagation (Liu, Peng & Ihler 2012), with a population of voter types that is itself re-estimated.
 *
 * A voter is held against what is known of an exchange without him: other voters there and on answers of the same
 * content, and the field (base rate, agreement, learned scorer, behaviour). What his vote then adds to an exchange rests
 * on his votes elsewhere alone, so that nobody confirms himself. Few votes: he stays what the population is. Someone who
 * always says the same adds next to nothing; someone who contradicts everyone counts the other way round.
 */
import { sigmoid } from "../core/probability.ts";
import { POINTS, type Population, priorPopulation, SENSITIVITY, SPECIFICITY } from "./reliability-types.ts";
import { WEIGHTS } from "./weights.ts";

export interface Vote {
  exchangeId: string;
  /** Empty: nobody knows who, so it is somebody new. */
  actor: string;
  up: boolean;
  /** In (0, 1]: 1 is a thumb, less is a lukewarm rating. */
  strength: number;
  /** A reviewer's: worth what the priors say (weights.ts), whatever others find; they are held against it. */
  isReview?: true;
}

export interface VoteWeight {
  /** What the vote adds to the log-odds of "good": against its own direction where its actor is found contrary. */
  logOdds: number;
  /** Variance of that, from not knowing the actor well. */
  variance: number;
}

export interface ActorReliability {
  votes: number;
  sensitivity: number;
  specificity: number;
  /** What a thumb of his adds where nothing else of him is known. */
  up: VoteWeight;
  down: VoteWeight;
}

export interface WeighedVotes {
  /** In the order of the votes. */
  weights: VoteWeight[];
  actors: Map<string, ActorReliability>;
  /** Someone of whom nothing is known. */
  typical: ActorReliability;
  population: Population;
}

export interface VotesInTheirField {
  votes: readonly Vote[];
  /** Log-odds of "good" without any vote. */
  fieldOf: (exchangeId: string) => number;
  /** Exchanges of one cluster are answers of the same content to the same prompt; null: it stands alone. */
  clusterOf: (exchangeId: string) => string | null;
  /** false: everybody stays what the prior population is. */
  learnActors?: boolean;
  /** Of the same votes in a field that was a little different: a start that is nearly there. */
  before?: WeighedVotes | undefined;
}

/** What a vote on an answer of the same content counts for: the words around it may differ. */
export const CLUSTER_SHARE = 0.7;
const ROUNDS = 14;
const ROUNDS_FROM_BEFORE = 6;
/** The first rounds go the whole way, later ones half of it, so that two votes cannot swing for ever. */
const UNDAMPED_ROUNDS = 4;
/** A consensus is never held to be surer than this when a voter is held against it (some 97%). */
const CONSENSUS_LOG_ODDS_MAX = 3.5;
/** Voters that it takes for the population seen to count as much as the prior one. */
const POPULATION_PRIOR_VOTERS = 20;

export function weighVotes(input: VotesInTheirField): WeighedVotes {
  const votes = input.votes;
  const learned = [...votes.keys()].filter((at) => votes[at]?.isReview === undefined);
  const byActor = [...Map.groupBy(learned, (at) => actorKey(votes[at], at))].sort(([a], [b]) => (a < b ? -1 : 1));
  const { before, learnActors = true } = input;
  let population = before?.population ?? priorPopulation();
  const weights = before?.weights.slice() ?? votes.map((vote) => weightUnder(population.share, vote));
  const rounds = !learnActors ? 0 : before === undefined ? ROUNDS : ROUNDS_FROM_BEFORE;
  for (let round = 0; round < rounds; round++) {
    const consensus = consensusWithout(input, weights);
    const damping = round < UNDAMPED_ROUNDS ? 1 : 0.5;
    const seen = new Float64Array(POINTS);
    for (const [, own] of byActor) {
      const belief = beliefIn(own, { votes, consensus, population });
      for (const at of own) moveTowards(weights, at, belief.without(at), damping);
      addTo(seen, belief.share);
    }
    population = mixPopulation(seen);
  }
  const consensus = consensusWithout(input, weights);
  const actors = new Map<string, ActorReliability>();
  for (const [actor, own] of byActor) {
    if (actor.startsWith("\0")) continue;
    actors.set(actor, reliabilityUnder(beliefIn(own, { votes, consensus, population }).share, own.length));
  }
  return { weights, actors, typical: reliabilityUnder(population.share, 0), population };
}

function actorKey(vote: Vote | undefined, at: number): string {
  return vote === undefined || vote.actor === "" ? `\0${at}` : vote.actor;
}

/** P(good) of each vote's exchange by all but the vote's own actor. */
function consensusWithout(input: VotesInTheirField, weights: readonly VoteWeight[]): Float64Array {
  const { votes, fieldOf, clusterOf } = input;
  const here = new Sums();
  const around = new Sums();
  for (const [at, vote] of votes.entries()) {
    const { logOdds } = weights[at] ?? NOTHING;
    here.add(vote.exchangeId, actorKey(vote, at), logOdds);
    const cluster = clusterOf(vote.exchangeId);
    if (cluster !== null) around.add(cluster, actorKey(vote, at), logOdds);
  }
  return Float64Array.from(votes, (vote, at) => {
    const actor = actorKey(vote, at);
    const cluster = clusterOf(vote.exchangeId);
    const direct = here.without(vote.exchangeId, actor);
    const near = cluster === null ? direct : around.without(cluster, actor);
    const logOdds = fieldOf(vote.exchangeId) + direct + CLUSTER_SHARE * (near - direct);
    return sigmoid(Math.max(-CONSENSUS_LOG_ODDS_MAX, Math.min(CONSENSUS_LOG_ODDS_MAX, logOdds)));
  });
}

/** Sums of log-odds by place, from which one actor's part can be left out. */
class Sums {
  private readonly total = new Map<string, number>();
  private readonly ofActor = new Map<string, number>();

  add(place: string, actor: string, value: number): void {
    this.total.set(place, (this.total.get(place) ?? 0) + value);
    const key = `${place}\0${actor}`;
    this.ofActor.set(key, (this.ofActor.get(key) ?? 0) + value);
  }

  without(place: string, actor: string): number {
    return (this.total.get(place) ?? 0) - (this.ofActor.get(`${place}\0${actor}`) ?? 0);
  }
}

interface Belief {
  /** Over the grid, with all the actor's votes. */
  share: Float64Array;
  /** What one of the votes adds, by the others alone. */
  without: (at: number) => VoteWeight;
}

function beliefIn(
  own: readonly number[],
  known: { votes: readonly Vote[]; consensus: Float64Array; population: Population },
): Belief {
  const { votes, consensus, population } = known;
  const logShare = population.share.map(Math.log);
  for (const at of own) addLikelihood(logShare, { vote: votes[at], pGood: consensus[at] ?? 0.5, sign: 1 });
  const without = (at: number): VoteWeight => {
    const vote = votes[at];
    if (vote === undefined) return NOTHING;
    const rest = logShare.slice();
    addLikelihood(rest, { vote, pGood: consensus[at] ?? 0.5, sign: -1 });
    return weightUnder(normalised(rest), vote);
  };
  return { share: normalised(logShare), without };
}

function addLikelihood(logShare: Float64Array, seen: { vote: Vote | undefined; pGood: number; sign: 1 | -1 }): void {
  const { vote, pGood, sign } = seen;
  if (vote === undefined) return;
  for (let point = 0; point < POINTS; point++) {
    const likelihood = pGood * ifGood(point, vote) + (1 - pGood) * ifBad(point, vote);
    logShare[point] = (logShare[point] ?? 0) + sign * Math.log(likelihood);
  }
}

function ifGood(point: number, { up, strength }: Pick<Vote, "up" | "strength">): number {
  const says = SENSITIVITY[point] ?? 0.5;
  const probability = up ? says : 1 - says;
  return strength === 1 ? probability : probability ** strength;
}

function ifBad(point: number, { up, strength }: Pick<Vote, "up" | "strength">): number {
  const says = SPECIFICITY[point] ?? 0.5;
  const probability = up ? 1 - says : says;
  return strength === 1 ? probability : probability ** strength;
}

const NOTHING: VoteWeight = { logOdds: 0, variance: 0 };

function weightUnder(share: Float64Array, vote: Pick<Vote, "up" | "strength" | "isReview">): VoteWeight {
  if (vote.isReview) return { ...NOTHING, logOdds: vote.up ? WEIGHTS.reviewUp.logOdds : WEIGHTS.reviewDown.logOdds };
  let good = 0;
  let bad = 0;
  let mean = 0;
  let square = 0;
  for (let point = 0; point < POINTS; point++) {
    const weight = share[point] ?? 0;
    const [a, b] = [ifGood(point, vote), ifBad(point, vote)];
    good += weight * a;
    bad += weight * b;
    const logRatio = Math.log(a / b);
    mean += weight * logRatio;
    square += weight * logRatio * logRatio;
  }
  return { logOdds: Math.log(good / bad), variance: Math.max(0, square - mean * mean) };
}

function reliabilityUnder(share: Float64Array, votes: number): ActorReliability {
  const expect = (values: Float64Array) => share.reduce((sum, part, point) => sum + part * (values[point] ?? 0), 0);
  return {
    votes,
    sensitivity: expect(SENSITIVITY),
    specificity: expect(SPECIFICITY),
    up: weightUnder(share, { up: true, strength: 1 }),
    down: weightUnder(share, { up: false, strength: 1 }),
  };
}

function mixPopulation(seen: Float64Array): Population {
  const prior = priorPopulation().share;
  const mixed = prior.map((share, point) => POPULATION_PRIOR_VOTERS * share + (seen[point] ?? 0));
  const total = mixed.reduce((sum, part) => sum + part, 0);
  return { share: mixed.map((part) => part / total) };
}

function moveTowards(weights: VoteWeight[], at: number, aim: VoteWeight, damping: number): void {
  const now = weights[at] ?? NOTHING;
  weights[at] = {
    logOdds: now.logOdds + damping * (aim.logOdds - now.logOdds),
    variance: now.variance + damping * (aim.variance - now.variance),
  };
}

function addTo(sum: Float64Array, part: Float64Array): void {
  for (let point = 0; point < POINTS; point++) sum[point] = (sum[point] ?? 0) + (part[point] ?? 0);
}

function normalised(logShare: Float64Array): Float64Array {
  const top = logShare.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const share = logShare.map((value) => Math.exp(value - top));
  const total = share.reduce((sum, part) => sum + part, 0);
  return share.map((part) => part / total);
}

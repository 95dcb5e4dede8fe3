/** From what a night has learned to the judgement on each of its exchanges: every voter with what it is worth here. */
import type { Feedback } from "../../shared/core/feedback.ts";
import { round6, sigmoid } from "../../shared/core/probability.ts";
import { CLUSTER_SHARE, type Vote, type VoteWeight, type WeighedVotes } from "../../shared/verdict/actors.ts";
import { type BaseRate, PRIOR_BASE } from "../../shared/verdict/base-rate.ts";
import { signalOf } from "../../shared/verdict/estimate-weights.ts";
import { type Evidence, type Judgement, judge } from "../../shared/verdict/verdict.ts";
import { labels, multiplierOf } from "../../shared/verdict/votes.ts";
import { isReview, weigh } from "../../shared/verdict/weights.ts";
import type { Given, Learned } from "./learned.ts";
import type { NightRow } from "./night-rows.ts";

/** What a calibrated scorer may still be wrong by, in log-odds. */
const SCORER_VARIANCE = 0.3 ** 2;
const NOTHING: VoteWeight = { logOdds: 0, variance: 0 };

/** Base rate and agreement, in log-odds: what is known without people's words and without the scorer. */
export function offsetOf({ company }: Given, learned: Learned, row: NightRow): number {
  const base = baseRateOf(learned, row);
  return base.logOdds + base.agreementScale * (company.get(row.id)?.logOdds ?? 0);
}

/** The scorer's word where it has one, which has the offset in it. */
export function withoutWords(given: Given, learned: Learned, row: NightRow): number {
  return learned.scored.get(row.id) ?? offsetOf(given, learned, row);
}

/** Everything that people did and did not say, in log-odds. */
export function behaviourOf(row: NightRow, learned: Learned): number {
  const behaviour = row.feedback.filter((piece) => !labels(piece));
  return behaviour.reduce((sum, piece) => sum + behaviourWeight(piece, row.task, learned).logOdds, 0);
}

export function makeJudge(
  given: Given,
  learned: Learned,
  weighed: WeighedVotes,
): (id: string, heard?: "heard" | "unspoken") => Judgement | undefined {
  const ownVotes = new Map<string, OwnVote[]>();
  const ofCluster = new Map<string, VoteWeight>();
  for (const [at, vote] of given.votes.entries()) {
    const weight = weighed.weights[at] ?? NOTHING;
    ownVotes.set(vote.exchangeId, [...(ownVotes.get(vote.exchangeId) ?? []), { vote, weight }]);
    const cluster = given.company.get(vote.exchangeId)?.cluster ?? null;
    if (cluster !== null) ofCluster.set(cluster, plus(ofCluster.get(cluster) ?? NOTHING, weight, 1));
  }
  return (id, heard = "heard") => {
    const row = given.byId.get(id);
    if (row === undefined) return undefined;
    const own = ownVotes.get(id) ?? [];
    const cluster = given.company.get(id)?.cluster ?? null;
    const sameAnswer = besideOwn(cluster === null ? NOTHING : (ofCluster.get(cluster) ?? NOTHING), own);
    return judge(heard === "heard" ? row.feedback : [], {
      base: baseRateOf(learned, row),
      voices: voicesOf(given, learned, { row, sameAnswer: cluster === null ? NOTHING : sameAnswer }),
      weightOf: weightsOf(row, learned, own),
    });
  };
}

function baseRateOf(learned: Learned, row: NightRow): BaseRate {
  return learned.baseRates.get(row.task) ?? PRIOR_BASE;
}

function behaviourWeight(piece: Feedback, task: string, { weights }: Learned): VoteWeight {
  const signal = signalOf(piece);
  const estimated = signal === null ? undefined : weights.get(task)?.[signal];
  return estimated ?? { logOdds: weigh(piece).logOdds, variance: 0 };
}

interface OwnVote {
  vote: Vote;
  weight: VoteWeight;
}

/** What an actor said in several words is one vote, shared out among them. */
function weightsOf(row: NightRow, learned: Learned, own: readonly OwnVote[]): Evidence["weightOf"] {
  const byActor = new Map(own.map((one) => [one.vote.actor, one]));
  const words = Map.groupBy(row.feedback.filter(labels), (piece) => piece.actor);
  return (piece) => {
    if (!labels(piece)) return behaviourWeight(piece, row.task, learned);
    const spoken = byActor.get(piece.actor);
    if (spoken === undefined) return { logOdds: weigh(piece).logOdds, variance: 0 };
    const { vote, weight } = spoken;
    if (vote.isReview) return isReview(piece) ? weight : NOTHING;
    const shared = words.get(piece.actor)?.length ?? 1;
    const logOdds = weigh(piece).logOdds * multiplierOf(vote, weight.logOdds);
    return { logOdds, variance: weight.variance / shared };
  };
}

function voicesOf(
  { company, asked }: Given,
  learned: Learned,
  { row, sameAnswer }: { row: NightRow; sameAnswer: VoteWeight },
): Evidence["voices"] {
  const base = baseRateOf(learned, row);
  const voices: Evidence["voices"][number][] = [];
  const own = company.get(row.id);
  const agreement = base.agreementScale * (own?.logOdds ?? 0);
  if (own !== undefined) {
    const value = `${round6(own.agreeing)} of ${own.others}`;
    voices.push({ kind: "agreement", value, logOdds: agreement, variance: own.logOdds ** 2 * base.agreementVariance });
  }
  if (sameAnswer.logOdds !== 0) voices.push({ kind: "same_answer", value: "voted on", ...sameAnswer });
  const score = learned.scored.get(row.id);
  if (score !== undefined) {
    const logOdds = score - base.logOdds - agreement;
    voices.push({ kind: "scorer", value: round6(sigmoid(score)), logOdds, variance: SCORER_VARIANCE });
  }
  const voice = asked.get(row.id)?.voice;
  if (voice != null)
    voices.push({ kind: "judge", value: voice.score, logOdds: voice.logOdds, variance: voice.variance });
  return voices;
}

/** What was said of other answers of the same content. */
function besideOwn(all: VoteWeight, own: readonly OwnVote[]): VoteWeight {
  const others = own.reduce((sum, { weight }) => plus(sum, weight, -1), all);
  return { logOdds: CLUSTER_SHARE * others.logOdds, variance: CLUSTER_SHARE ** 2 * Math.max(0, others.variance) };
}

function plus(a: VoteWeight, b: VoteWeight, sign: 1 | -1): VoteWeight {
  return { logOdds: a.logOdds + sign * b.logOdds, variance: a.variance + sign * b.variance };
}

/**
 * The verdicts of one app's night: actors, base rates, the meaning of behaviour, and the scorer are learned together, each
 * from what the others know, in a few rounds. Pure: no clock, no chance but the seed, no Env.
 *
 *     votes ─▶ actors ─▶ base rate and agreement, behaviour ─▶ scorer (held-out predictions) ─▶ actors ─▶ … ─▶ verdicts
 *
 * Nobody hears himself: a vote is weighed by its actor's other votes, and the scorer's word on an exchange that people
 * spoke of comes from a model that saw neither it nor its siblings.
 */
import type { AskedLine } from "../../shared/core/judged.ts";
import { sigmoid } from "../../shared/core/probability.ts";
import type { TrainingRow } from "../../shared/score/logistic.ts";
import { type Scorer, type ScorerReport, scoreWith, trainScorer } from "../../shared/score/train.ts";
import { type ActorReliability, type WeighedVotes, weighVotes } from "../../shared/verdict/actors.ts";
import { estimateBaseRates } from "../../shared/verdict/base-rate.ts";
import { estimateWeights, signalOf } from "../../shared/verdict/estimate-weights.ts";
import type { Judgement } from "../../shared/verdict/verdict.ts";
import { votesOf } from "../../shared/verdict/votes.ts";
import type { Given, Learned, Parts } from "./learned.ts";
import type { Company, NightRow, NightRows } from "./night-rows.ts";
import { behaviourOf, makeJudge, offsetOf, withoutWords } from "./weigh-rows.ts";

export interface NightJudgement extends Pick<Learned, "baseRates" | "weights"> {
  /** Made when it is asked for: a night's grounds would fill an isolate. undefined: not of this night. */
  judgementOf: (id: string) => Judgement | undefined;
  /** The same without anything that was said or done about it: what is known of it from others alone. */
  unspokenOf: (id: string) => Judgement | undefined;
  actors: Map<string, ActorReliability>;
  /** Someone of whom nothing is known: what a thumb is worth in this app. */
  typical: ActorReliability;
  /** null: it was not used. */
  scorer: Scorer | null;
  /** null: it was left out. */
  report: ScorerReport | null;
}

const ROUNDS = 3;
const ALL_PARTS: Parts = { actors: true, agreement: true, scorer: true };

export interface NightOptions {
  seed: string;
  parts?: Parts;
  asked?: ReadonlyMap<string, AskedLine>;
}

export function judgeNight(night: NightRows, options: NightOptions): NightJudgement {
  const given = gather(night, options);
  let learned: Learned = { baseRates: new Map(), weights: new Map(), trained: null, scored: new Map() };
  let weighed = weighAll(given, learned, undefined);
  for (let round = 0; round < ROUNDS; round++) {
    learned = learn(given, { before: learned, weighed, last: round === ROUNDS - 1 });
    weighed = weighAll(given, learned, weighed);
  }
  const { baseRates, weights, trained } = learned;
  const judgeOne = makeJudge(given, learned, weighed);
  return {
    judgementOf: (id) => judgeOne(id),
    unspokenOf: (id) => judgeOne(id, "unspoken"),
    actors: weighed.actors,
    typical: weighed.typical,
    baseRates,
    weights,
    scorer: trained?.scorer ?? null,
    report: trained?.report ?? null,
  };
}

/** In an order of its own, so that the order in which things came in makes no difference. */
function gather(night: NightRows, options: NightOptions): Given {
  const { seed, parts = ALL_PARTS, asked = new Map() } = options;
  const rows = [...night.rows].sort((a, b) => (a.id < b.id ? -1 : 1));
  const company = parts.agreement ? night.company() : new Map<string, Company>();
  const votes = rows.flatMap(({ feedback }) => votesOf(feedback).sort((a, b) => (a.actor < b.actor ? -1 : 1)));
  return { night, rows, byId: new Map(rows.map((row) => [row.id, row])), company, votes, parts, asked, seed };
}

function weighAll(given: Given, learned: Learned, before: WeighedVotes | undefined): WeighedVotes {
  const { votes, parts, byId, company } = given;
  const fields = new Map<string, number>();
  for (const { exchangeId } of votes) {
    const row = byId.get(exchangeId);
    if (row !== undefined) fields.set(exchangeId, withoutWords(given, learned, row) + behaviourOf(row, learned));
  }
  return weighVotes({
    votes,
    fieldOf: (id) => fields.get(id) ?? 0,
    clusterOf: (id) => company.get(id)?.cluster ?? null,
    learnActors: parts.actors,
    before,
  });
}

interface SpokenRow {
  row: NightRow;
  /** Log-odds that its votes come to. */
  evidence: number;
}

/** One round: base rates first, then what behaviour means, then the scorer on top of both. */
function learn(given: Given, state: { before: Learned; weighed: WeighedVotes; last: boolean }): Learned {
  const { company, parts } = given;
  const spoken = spokenRows(given, state.weighed);
  const believed = spoken.map(({ row, evidence }) => {
    const { logOdds = 0, comparable = 0 } = company.get(row.id) ?? {};
    return { task: row.task, evidence, agreement: logOdds, comparable };
  });
  const baseRates = estimateBaseRates(Map.groupBy(believed, (row) => row.task));
  const next: Learned = { ...state.before, baseRates };
  next.weights = estimateWeights(
    spoken.map(({ row, evidence }) => ({
      task: row.task,
      pGood: sigmoid(withoutWords(given, next, row) + evidence),
      signals: new Set(row.feedback.flatMap((piece) => signalOf(piece) ?? [])),
    })),
  );
  if (!parts.scorer) return next;
  return { ...next, ...train({ given, learned: next, spoken, ngrams: state.last }) };
}

function spokenRows({ rows, votes }: Given, { weights }: WeighedVotes): SpokenRow[] {
  const words = new Map<string, number>();
  for (const [at, { exchangeId }] of votes.entries()) {
    words.set(exchangeId, (words.get(exchangeId) ?? 0) + (weights[at]?.logOdds ?? 0));
  }
  return rows.flatMap((row) => {
    const evidence = words.get(row.id);
    return evidence === undefined ? [] : [{ row, evidence }];
  });
}

/** N-grams are tried in the last round alone: they take most of the time, and the actors hardly depend on them. */
function train(options: {
  given: Given;
  learned: Learned;
  spoken: readonly SpokenRow[];
  ngrams: boolean;
}): Pick<Learned, "trained" | "scored"> {
  const { given, learned, spoken, ngrams } = options;
  const { night, rows, seed } = given;
  const training = spoken.flatMap(({ row, evidence }): TrainingRow[] =>
    row.features === null
      ? []
      : [{ row: row.features, evidence, offset: offsetOf(given, learned, row), group: row.group }],
  );
  const trained = trainScorer({ table: night.table, rows: training, seed, ngrams });
  const { scorer, heldOut } = trained;
  const scored = new Map<string, number>();
  if (scorer === null) return { trained, scored };
  for (const row of rows) {
    if (row.features === null) continue;
    const ownFold = heldOut.get(row.features);
    const offset = offsetOf(given, learned, row);
    scored.set(row.id, ownFold ?? scoreWith(scorer, { table: night.table, row: row.features, offset }));
  }
  return { trained, scored };
}

/**
 * From a sampled exchange with its verdict to examples, or to the reason why there are none:
 *
 *     a correction            → SFT target, and a preference pair (correction over answer); nothing where others, taken
 *                               together, call the answer good
 *     a thumb, rating, review → KTO row
 *     P(good) at or above the threshold, with a labelling word, or surely so by a calibrated verdict → SFT
 *     weak signals            → nothing: they rank and never label
 *
 * A review settles what others dispute: a reviewer's correction stands against any number of thumbs.
 *
 * On the evaluation side the same targets become eval rows, and nothing is trained on.
 */
import type {
  CompletionExample,
  Example,
  Ground,
  KtoExample,
  Lineage,
  PreferenceExample,
  Provenance,
} from "../core/example.ts";
import type { ExchangeRecord, Message } from "../core/exchange.ts";
import type { Feedback } from "../core/feedback.ts";
import { fingerprint } from "../core/hash.ts";
import type { Json } from "../core/json.ts";

export const NO_EXAMPLE_REASONS = ["no_label", "conflicting", "below_threshold", "eval_without_reference"] as const;
export type NoExampleReason = (typeof NO_EXAMPLE_REASONS)[number];

export interface Sampled {
  record: Pick<ExchangeRecord, "id" | "at" | "model" | "template">;
  prompt: Message[];
  /** As the conversation offers them, in OpenAI's shape; null when none. */
  tools: Json;
  answer: Message | undefined;
  /** The check that the answer fails; null: it is sound. If it isn't, only a person's correction can be learned from. */
  failed: string | null;
  feedback: readonly Feedback[];
  verdict: {
    pGood: number;
    grounds: Ground[];
    labelled: boolean;
    conflicting: boolean;
    /** Calibrated, and surely good enough, though nobody may have said so. */
    verified: boolean;
  };
  /** Who wrote the answer, and who a correction of it. */
  lineage: { answer: Lineage; correction: Lineage };
  inclusionProbability: number;
  stratum: string;
  side: "train" | "eval";
  pGoodMin: number;
}

/** @returns the examples; or the reason why there are none: one of NO_EXAMPLE_REASONS, or the check that failed */
export function assemble(sampled: Sampled): Example[] | string {
  const correction = newestCorrection(sampled.feedback);
  if (correction !== undefined) {
    return outvoted(sampled, correction.actor) ? "conflicting" : fromCorrection(sampled, correction.text);
  }
  const { verdict, answer, failed } = sampled;
  if (failed !== null) return failed;
  if (answer === undefined || !(verdict.labelled || verdict.verified)) return "no_label";
  const good = verdict.pGood >= sampled.pGoodMin && !verdict.conflicting;
  if (sampled.side === "eval")
    return good ? [completion(sampled, "eval", answer, "verdict")] : "eval_without_reference";
  const examples: Example[] = [];
  if (good) examples.push(completion(sampled, "sft", answer, "verdict"));
  examples.push(...fromThumb(sampled));
  if (examples.length > 0) return examples;
  return verdict.conflicting ? "conflicting" : "below_threshold";
}

function fromCorrection(sampled: Sampled, text: string): Example[] {
  const corrected: Message = { role: "assistant", content: text };
  if (sampled.side === "eval") return [completion(sampled, "eval", corrected, "correction")];
  const examples: Example[] = [completion(sampled, "sft", corrected, "correction")];
  const { answer } = sampled;
  if (answer !== undefined && sampled.failed === null && answer.content !== text) {
    const pair: PreferenceExample = {
      ...makeExample(sampled, "preference", "correction"),
      file: "preference",
      chosen: corrected,
      rejected: answer,
    };
    examples.push(pair);
  }
  // An answer that was mended was not good as it was, whatever the thumb of its reader.
  return [...examples, ...fromThumb(sampled).filter((example) => !example.label)];
}

/**
 * A thumb speaks of the answer as it was; voters who contradict each other say nothing, nor does one who is known to
 * say the opposite of what others find.
 */
function fromThumb(sampled: Sampled): KtoExample[] {
  const { answer, failed, verdict } = sampled;
  if (answer === undefined || failed !== null || verdict.conflicting) return [];
  const votes = verdict.grounds.filter(({ kind }) => isVote(kind));
  const logOdds = sumOf(votes);
  const label = logOdds > 0;
  if (logOdds === 0 || !votes.some((vote) => saysGood(vote) === label)) return [];
  return [{ ...makeExample(sampled, "kto", "thumb"), file: "kto", completion: answer, label }];
}

function saysGood({ value }: Ground): boolean {
  return value === "up" || (typeof value === "number" && value > 0.5);
}

/** The newest of the reviewers' corrections, else of all; event ids order those of one millisecond, as they do in D1. */
function newestCorrection(feedback: readonly Feedback[]): { text: string; actor: string } | undefined {
  let newest: Feedback | undefined;
  for (const piece of feedback) {
    if (piece.kind !== "correction" || piece.text === null) continue;
    if (newest === undefined || isOver(piece, newest, feedback)) newest = piece;
  }
  return newest?.text == null ? undefined : { text: newest.text, actor: newest.actor };
}

/** One person mended what others, taken together, call good: then nobody knows which of the two is right. */
function outvoted({ verdict, feedback }: Sampled, corrector: string): boolean {
  const isEqual = hasReviewed(corrector, feedback) ? isReview : isVote;
  const others = verdict.grounds.filter(({ kind, actor }) => isEqual(kind) && actor !== corrector);
  return sumOf(others) > 0;
}

function hasReviewed(actor: string, feedback: readonly Feedback[]): boolean {
  return feedback.some((piece) => isReview(piece.kind) && piece.actor === actor);
}

function isReview(kind: string): boolean {
  return kind === "review";
}

function isVote(kind: string): boolean {
  return kind === "thumb" || kind === "rating" || isReview(kind);
}

function sumOf(grounds: readonly Ground[]): number {
  return grounds.reduce((sum, ground) => sum + ground.logOdds, 0);
}

function isOver(piece: Feedback, than: Feedback, feedback: readonly Feedback[]): boolean {
  const [own, other] = [piece, than].map(({ actor }) => hasReviewed(actor, feedback));
  if (own !== other) return own === true;
  return piece.atMs > than.atMs || (piece.atMs === than.atMs && piece.eventId > than.eventId);
}

function completion(
  sampled: Sampled,
  file: CompletionExample["file"],
  message: Message,
  because: Provenance["because"],
): CompletionExample {
  return { ...makeExample(sampled, file, because), file, completion: message };
}

/** All of an example but what is to be learned from it. */
export function makeExample(sampled: Sampled, file: Example["file"], because: Provenance["because"]) {
  const { record, verdict } = sampled;
  const lineage = because === "correction" ? sampled.lineage.correction : sampled.lineage.answer;
  return {
    id: fingerprint(`${record.id}\n${file}`),
    prompt: sampled.prompt,
    tools: toolsOf(sampled.tools),
    provenance: {
      exchangeId: record.id,
      at: record.at,
      model: record.model,
      template: record.template,
      inclusionProbability: sampled.inclusionProbability,
      stratum: sampled.stratum,
      pGood: verdict.pGood,
      grounds: withoutNames(verdict.grounds),
      lineage,
      because,
    },
  };
}

/** A batch leaves the house: who said what stays inside, that two voices were two people does not. */
function withoutNames(grounds: readonly Ground[]): Ground[] {
  const names = [...new Set(grounds.map((ground) => ground.actor))];
  return grounds.map((ground) => ({ ...ground, actor: `actor-${names.indexOf(ground.actor) + 1}` }));
}

function toolsOf(tools: Json): Json[] | null {
  return Array.isArray(tools) && tools.length > 0 ? tools : null;
}

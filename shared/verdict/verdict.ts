/**
 * The verdict on one exchange: all its feedback as independent voters in log-odds (naive Bayes), from even odds.
 * Pure: the same feedback gives the same verdict, whatever the order; taking a word back takes its effect back.
 */
import type { Ground } from "../core/example.ts";
import type { Feedback } from "../core/feedback.ts";
import { weigh } from "./weights.ts";

export interface Verdict {
  /** In (0, 1); 0.5 where nothing is known. Not calibrated yet. */
  pGood: number;
  grounds: Ground[];
  /** Is there evidence that may make an example? */
  labelled: boolean;
  /** Do labelling voters contradict each other? A correction speaks for itself and counts for no side. */
  conflicting: boolean;
}

export function verdictOf(feedback: readonly Feedback[]): Verdict {
  const grounds: Ground[] = [];
  let logOdds = 0;
  let up = false;
  let down = false;
  let labelled = false;
  for (const piece of feedback) {
    const weight = weigh(piece);
    logOdds += weight.logOdds;
    labelled ||= weight.labels;
    if (weight.labels && piece.kind !== "correction") {
      up ||= weight.logOdds > 0;
      down ||= weight.logOdds < 0;
    }
    grounds.push(groundOf(piece, weight.logOdds));
  }
  return { pGood: probability(logOdds), grounds, labelled, conflicting: up && down };
}

function groundOf(piece: Feedback, logOdds: number): Ground {
  const { kind, name, value, actor } = piece;
  return { kind, ...(name !== "" && { name }), value, actor, logOdds: round(logOdds) };
}

/** Never 0 or 1, to which a dozen thumbs would be rounded: no number of voters makes certain. */
function probability(logOdds: number): number {
  return Math.min(Math.max(round(1 / (1 + Math.exp(-logOdds))), 1e-6), 1 - 1e-6);
}

/** Six digits: enough to rank by, and the same text on every machine. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

export const VERDICT_CLASSES = ["corrected", "good", "bad", "conflicting", "weak", "none"] as const;
export type VerdictClass = (typeof VERDICT_CLASSES)[number];

/** The coarse classes by which sampling is stratified. */
export function classOf(verdict: Verdict): VerdictClass {
  if (verdict.grounds.some((ground) => ground.kind === "correction")) return "corrected";
  if (verdict.conflicting) return "conflicting";
  if (verdict.labelled) return verdict.pGood >= 0.5 ? "good" : "bad";
  return verdict.grounds.some((ground) => ground.logOdds !== 0) ? "weak" : "none";
}

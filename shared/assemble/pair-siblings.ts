/**
 * Preference pairs out of two answers to the same prompt:
 *
 *     one was asked for again, the next one was accepted or liked     → pair (because: regenerated)
 *     one is surely good and the other surely bad, by words or by a calibrated verdict → pair (because: siblings)
 *
 * Each answer is in one pair at most. Of the ways to pair, those of nearly equal length come first: preferences teach length
 * faster than anything else (Singhal et al. 2023, "A Long Way to Go").
 */
import type { PreferenceExample } from "../core/example.ts";
import type { Message } from "../core/exchange.ts";
import type { Feedback } from "../core/feedback.ts";
import { canonicalJson } from "../core/json.ts";
import { makeExample, type Sampled } from "./assemble.ts";

export interface Sibling {
  /** Equal for answers to the same prompt. */
  prompt: string;
  /** The exchange that this one retries, as the app says. */
  parent: string | null;
  conversation: string | null;
  sampled: Omit<Sampled, "side">;
}

type Because = "regenerated" | "siblings";

interface Pair {
  chosen: Sibling;
  rejected: Sibling;
  because: Because;
  /** |log of the ratio of their lengths|. */
  unevenness: number;
}

/** Answers to one prompt of which pairs are made: more would be a test set, and their pairs are the square of it. */
const SIBLINGS_MAX = 32;

/** @returns by the exchange of the answer that is chosen */
export function pairSiblings(siblings: readonly Sibling[]): Map<string, PreferenceExample> {
  const made = new Map<string, PreferenceExample>();
  for (const [, together] of Map.groupBy(siblings, ({ prompt }) => prompt)) {
    const used = new Set<Sibling>();
    for (const pair of possiblePairs(together.slice(0, SIBLINGS_MAX))) {
      const { chosen, rejected } = pair;
      if (used.has(chosen) || used.has(rejected)) continue;
      used.add(chosen).add(rejected);
      made.set(chosen.sampled.record.id, exampleOf(pair));
    }
  }
  return made;
}

/** What somebody asked for again comes first, then what is most nearly of one length; then the order of time. */
function possiblePairs(siblings: readonly Sibling[]): Pair[] {
  const pairs = siblings.flatMap((chosen) =>
    siblings.flatMap((rejected): Pair[] => {
      const because = relationOf(chosen, rejected);
      if (because === undefined) return [];
      const unevenness = Math.abs(Math.log((1 + lengthOf(chosen)) / (1 + lengthOf(rejected))));
      return [{ chosen, rejected, because, unevenness }];
    }),
  );
  return pairs.sort(
    (a, b) =>
      Number(b.because === "regenerated") - Number(a.because === "regenerated") ||
      a.unevenness - b.unevenness ||
      (nameOf(a) < nameOf(b) ? -1 : 1),
  );
}

function nameOf({ chosen, rejected }: Pair): string {
  return `${chosen.sampled.record.id} ${rejected.sampled.record.id}`;
}

function relationOf(chosen: Sibling, rejected: Sibling): Because | undefined {
  const [good, bad] = [chosen.sampled, rejected.sampled];
  if (!isGood(good) || bad.answer === undefined || bad.failed !== null || bad.verdict.conflicting) return undefined;
  if (canonicalJson(good.answer as never) === canonicalJson(bad.answer as never)) return undefined;
  if (wasReplaced(bad.feedback) && isNext(chosen, rejected) && bad.verdict.pGood < good.verdict.pGood) {
    return "regenerated";
  }
  const surelyBad = bad.verdict.pGood <= 1 - bad.pGoodMin && (bad.verdict.labelled || bad.verdict.verified);
  return surelyBad ? "siblings" : undefined;
}

function isGood({ answer, failed, verdict, pGoodMin, feedback }: Sibling["sampled"]): boolean {
  if (answer === undefined || failed !== null || verdict.conflicting) return false;
  if (feedback.some(({ kind }) => kind === "correction")) return false; // what was mended was not good as it was
  return verdict.pGood >= pGoodMin && (verdict.labelled || verdict.verified);
}

/** By the app's word; else, the same asked again in the same conversation. */
function isNext({ parent, conversation, sampled }: Sibling, than: Sibling): boolean {
  const { id } = than.sampled.record;
  if (parent !== null) return parent.split(".")[0] === id;
  return conversation !== null && conversation === than.conversation && sampled.record.id > id;
}

function wasReplaced(feedback: readonly Feedback[]): boolean {
  return feedback.some(({ kind }) => kind === "regenerated");
}

function exampleOf({ chosen, rejected, because }: Pair): PreferenceExample {
  const sampled = { ...chosen.sampled, side: "train" as const };
  const made = makeExample(sampled, "preference", because);
  const [good, bad] = [chosen.sampled.answer, rejected.sampled.answer] as [Message, Message];
  const provenance = { ...made.provenance, rejectedExchangeId: rejected.sampled.record.id };
  return { ...made, provenance, file: "preference", chosen: good, rejected: bad };
}

function lengthOf({ sampled }: Sibling): number {
  return JSON.stringify(sampled.answer?.content ?? "").length;
}

/**
 * May the verdict speak where no person has? It is tried where people did speak: of the exchanges that would have been
 * called surely good without a word of their own, how many are good by those words? Only if that share, at the lower end of
 * its interval, is what is asked of an SFT target, the gate is open.
 *
 * Words err, so that the share is the one that explains best what all of them said (maximum likelihood under label noise),
 * and its error comes from the observed information.
 */
import type { Gate } from "../../shared/core/judged.ts";
import { round6 } from "../../shared/core/probability.ts";
import { shareGood } from "../../shared/score/measures.ts";
import { isLearned, isSurelyGood } from "../../shared/verdict/verdict.ts";
import type { NightJudgement } from "./judge-night.ts";

/** Fewer have shown nothing. */
const GATE_ROWS_MIN = 30;
const ONE_SIDED_95 = 1.645;

/** @param ids exchanges of which people spoke outright */
export function gateOf(judged: NightJudgement, options: { ids: readonly string[]; pGoodMin: number }): Gate {
  const { ids, pGoodMin } = options;
  const evidence = ids.flatMap((id) => {
    const unspoken = judged.unspokenOf(id);
    return unspoken !== undefined && isSurelyGood(unspoken, pGoodMin) ? [wordsOn(judged, id)] : [];
  });
  if (evidence.length < GATE_ROWS_MIN) {
    const because = `${evidence.length} exchanges of which people spoke would be called good without their word, ${GATE_ROWS_MIN} at least`;
    return { open: false, rows: evidence.length, share: null, low: null, because };
  }
  const share = shareGood(evidence);
  const low = share - ONE_SIDED_95 * errorOf(share, evidence);
  const open = low >= pGoodMin;
  const because = `of ${evidence.length} exchanges that would be called good without a word, ${percent(share)} are good by people's words, ${percent(low)} at least; ${percent(pGoodMin)} are asked for`;
  return { open, rows: evidence.length, share: round6(share), low: round6(low), because };
}

/** Log-odds that people's words alone come to. */
function wordsOn(judged: NightJudgement, id: string): number {
  const grounds = judged.judgementOf(id)?.grounds ?? [];
  return grounds.reduce((sum, { kind, logOdds }) => sum + (isLearned(kind) ? 0 : logOdds), 0);
}

/** Standard error: the log-likelihood is the sum of log(p·e^w + 1 − p). */
function errorOf(share: number, evidence: readonly number[]): number {
  let information = 0;
  for (const words of evidence) {
    const odds = Math.exp(words);
    information += ((odds - 1) / (share * odds + 1 - share)) ** 2;
  }
  return information > 0 ? 1 / Math.sqrt(information) : 1;
}

function percent(share: number): string {
  return `${(100 * Math.max(0, share)).toFixed(1)}%`;
}

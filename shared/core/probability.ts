/** Probabilities and log-odds, and what is learned from evidence about yes or no that is itself uncertain. */

export function sigmoid(logOdds: number): number {
  return logOdds >= 0 ? 1 / (1 + Math.exp(-logOdds)) : 1 - 1 / (1 + Math.exp(logOdds));
}

/** Kept off 0 and 1, so that it is finite: within ±13.8. */
export function logit(probability: number): number {
  const inside = Math.min(Math.max(probability, 1e-6), 1 - 1e-6);
  return Math.log(inside / (1 - inside));
}

/**
 * Log-likelihood ratio of what voters said, if the answer is good with `probability` and their words came to
 * `evidence` (log of P(words | good) / P(words | bad)): log(p·e^evidence + 1 − p). A label that is certain has an
 * infinite evidence; words that say nothing have 0, and cost or gain nothing.
 */
export function evidenceScore(probability: number, evidence: number): number {
  const p = Math.min(Math.max(probability, 1e-9), 1 - 1e-9);
  if (evidence > 0) return evidence + Math.log(p + (1 - p) * Math.exp(-evidence));
  return Math.log(p * Math.exp(evidence) + 1 - p);
}

/** Six digits: enough to rank by, and the same text on every machine. */
export function round6(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

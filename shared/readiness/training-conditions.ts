/** What training on feedback takes, and showing corrections in the prompt, which needs none. */
import { atLeast, atMost, type Condition } from "./condition.ts";
import type { Findings } from "./findings.ts";

export function trainingConditions({ facts, assumptions, labelsPerDay, breakEven }: Findings) {
  const { corrected, good, pairs, thumbsUp, thumbsDown } = facts.labels;
  return {
    coverage: atLeast({
      name: "coverage",
      about: `share of calls with a template of which ${assumptions.labelsPerTemplateMin} exchanges are labelled`,
      value: coverageOf(facts.templates, facts.templatedCalls, assumptions.labelsPerTemplateMin),
      needed: assumptions.coverageMin,
    }),
    corrections: atLeast({
      name: "corrections",
      about: "answers that a person corrected",
      value: corrected,
      needed: assumptions.sftCorrectionsMin,
      perDay: labelsPerDay.corrected,
    }),
    approved: atLeast({
      name: "approved",
      about: "answers that people approved or corrected",
      value: good + corrected,
      needed: assumptions.sftApprovedMin,
      perDay: labelsPerDay.good + labelsPerDay.corrected,
    }),
    pays_back: atMost({
      name: "pays_back",
      about: "months until a tuned model has paid for itself, if ever",
      value: breakEven.months,
      needed: assumptions.paysBackMonthsMax,
    }),
    pairs: atLeast({
      name: "pairs",
      about: "preference pairs",
      value: pairs,
      needed: assumptions.dpoPairsMin,
      perDay: labelsPerDay.pairs,
    }),
    thumbs: atLeast({
      name: "thumbs",
      about: "thumbs and ratings, up and down",
      value: thumbsUp + thumbsDown,
      needed: assumptions.ktoThumbsMin,
      perDay: labelsPerDay.thumbsUp + labelsPerDay.thumbsDown,
    }),
    thumbs_both_ways: atLeast({
      name: "thumbs_both_ways",
      about: "thumbs of the rarer kind",
      value: Math.min(thumbsUp, thumbsDown),
      needed: assumptions.ktoSideMin,
      perDay: thumbsUp < thumbsDown ? labelsPerDay.thumbsUp : labelsPerDay.thumbsDown,
    }),
  } satisfies Record<string, Condition>;
}

export function manyShotConditions({ facts, assumptions, labelsPerDay, callsPerDay, currentShare }: Findings) {
  const tokens = manyShotTokens(facts.tokens, assumptions.manyShotExamples);
  return {
    shots: atLeast({
      name: "shots",
      about: "corrections to show as examples",
      value: facts.labels.corrected,
      needed: assumptions.manyShotExamples,
      perDay: labelsPerDay.corrected,
    }),
    cache_warm: atLeast({
      name: "cache_warm",
      about: "calls a day with the present version of the prompt",
      value: callsPerDay * currentShare,
      needed: assumptions.cacheCallsPerDayMin,
    }),
    prefix_cacheable: atLeast({
      name: "prefix_cacheable",
      about: "tokens of the examples",
      value: tokens,
      needed: assumptions.cachePrefixTokensMin,
    }),
    prefix_fits: atMost({
      name: "prefix_fits",
      about: "tokens of the examples",
      value: tokens,
      needed: assumptions.manyShotTokensMax,
    }),
  } satisfies Record<string, Condition>;
}

/** An example is a call's question, taken as its whole input (which is more), and its answer. */
export function manyShotTokens(tokens: Findings["facts"]["tokens"], examples: number): number | null {
  return tokens === null ? null : examples * (tokens.input + tokens.output);
}

function coverageOf(
  templates: Findings["facts"]["templates"],
  templatedCalls: number,
  labelsMin: number,
): number | null {
  if (templatedCalls <= 0) return null;
  const covered = templates.filter(({ labels }) => labels.rows >= labelsMin);
  return covered.reduce((sum, { calls }) => sum + calls, 0) / templatedCalls;
}

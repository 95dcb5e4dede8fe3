/**
 * The rules, as a table: the first row whose conditions are all met is the recommendation. What is cheap to do and quick
 * to take back comes first; training comes where those have nothing left to say.
 *
 * Nothing that more feedback shows can turn a method of training into "not yet": conditions on labels are counts, or the
 * unfavourable end of an interval, and what speaks against training (a worse version, people who disagree) is a row of
 * its own, with a remedy. Training for quality needs a good rate surely below the goal; if that is reached, it needs a
 * saving.
 */
import type { Condition } from "./condition.ts";
import type { Findings } from "./findings.ts";
import { evidenceConditions, modelConditions, promptConditions, retrievalConditions } from "./prompt-conditions.ts";
import { manyShotConditions, trainingConditions } from "./training-conditions.ts";

export const ANSWERS = [
  "fix_prompt",
  "add_retrieval",
  "smaller_model",
  "sft",
  "dpo",
  "many_shot",
  "kto",
  "not_yet",
] as const;
export type Answer = (typeof ANSWERS)[number];

export function conditionsOf(findings: Findings) {
  return {
    ...evidenceConditions(findings),
    ...promptConditions(findings),
    ...retrievalConditions(findings),
    ...modelConditions(findings),
    ...trainingConditions(findings),
    ...manyShotConditions(findings),
  } satisfies Record<string, Condition>;
}

export type Conditions = ReturnType<typeof conditionsOf>;
export type ConditionName = keyof Conditions;

/** Every row needs these: before them nobody knows anything. */
export const EVIDENCE = ["days", "calls", "labels"] as const satisfies readonly ConditionName[];

export interface Rule {
  answer: Exclude<Answer, "not_yet">;
  because: string;
  needs: readonly ConditionName[];
}

export const RULES: readonly Rule[] = [
  {
    answer: "fix_prompt",
    because: "a version of the prompt that is in use is worse than the others: go back, and see what it changed",
    needs: ["version_worse"],
  },
  {
    answer: "fix_prompt",
    because: "answers run into the limit of their length: raise it, or ask for shorter ones",
    needs: ["answers_cut"],
  },
  {
    answer: "fix_prompt",
    because: "people do not agree on what is good: write that down, in the prompt and for those who vote",
    needs: ["several_voices", "people_disagree"],
  },
  {
    answer: "fix_prompt",
    because:
      "the system prompt differs from call to call: move what varies to its end or into the user's message, so that it can be cached and compared",
    needs: ["prompt_varies"],
  },
  {
    answer: "fix_prompt",
    because: "the prompt is still being changed, and answers are not good enough yet: go on with that first",
    needs: ["below_goal", "prompt_moving", "failures_young"],
  },
  {
    answer: "fix_prompt",
    because: "many failures have one thing in common that few versions of the prompt have met: name it there",
    needs: ["below_goal", "failures_concentrated", "failures_young"],
  },
  {
    answer: "add_retrieval",
    because:
      "corrections bring facts that the call did not have: fetch them for it, as training would only teach to invent them",
    needs: ["below_goal", "corrections_read", "facts_missing"],
  },
  {
    answer: "fix_prompt",
    because: "the context grows from week to week, and with it the cost of each call: shorten what is sent",
    needs: ["context_grows"],
  },
  {
    answer: "smaller_model",
    because: "a cheaper model that is in use already is not worse",
    needs: ["cheaper_model_tried", "cheaper_model_not_worse"],
  },
  {
    answer: "sft",
    because: "there are enough corrections to learn from, and the failures are not the prompt's",
    needs: ["below_goal", "prompt_settled", "coverage", "corrections"],
  },
  {
    answer: "sft",
    because: "a tuned model pays for itself, and there are enough good answers to copy",
    needs: ["pays_back", "prompt_settled", "coverage", "approved"],
  },
  {
    answer: "dpo",
    because: "there are enough pairs of a better and a worse answer to one prompt",
    needs: ["below_goal", "prompt_settled", "coverage", "pairs"],
  },
  {
    answer: "many_shot",
    because:
      "too few corrections to train on, but enough to show, in a prefix that calls are frequent enough to keep cached",
    needs: [
      "below_goal",
      "prompt_settled",
      "template_common",
      "shots",
      "cache_warm",
      "prefix_cacheable",
      "prefix_fits",
    ],
  },
  {
    answer: "kto",
    because: "there are thumbs alone, and enough of both kinds",
    needs: ["below_goal", "prompt_settled", "coverage", "thumbs", "thumbs_both_ways"],
  },
];

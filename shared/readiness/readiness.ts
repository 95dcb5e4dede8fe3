/** The answer to "should this task be fine-tuned?", as the API gives it. */
import type { Assumptions } from "./assumptions.ts";
import type { BreakEven } from "./break-even.ts";
import type { Condition } from "./condition.ts";
import type { Interval } from "./interval.ts";
import type { Answer } from "./rules.ts";
import type { TaskFacts } from "./task-facts.ts";

export const READINESS_SCHEMA = "winnow.readiness.1";

export interface Readiness {
  schema: typeof READINESS_SCHEMA;
  app: string;
  task: string;
  recommendation: {
    answer: Answer;
    because: string;
    /** With the numbers. */
    reasons: string[];
    /** For "not_yet": until enough is known, then until the first answer has all it needs; null when time alone brings none. */
    daysAtTodaysRate: number | null;
  };
  /** All answers: the recommended one, those that would do as well in the order of the rules, then the nearest first. */
  ranking: RankedAnswer[];
  /** All that was looked at, whether an answer needs it or not. */
  conditions: Condition[];
  goodRate: Interval;
  breakEven: BreakEven;
  /** What showing corrections in the prompt adds to each call; null where tokens or prices are unknown. */
  manyShot: { examples: number; tokens: number; usdPerCall: number; usdPerMonth: number } | null;
  /** What these numbers cannot tell. */
  cautions: string[];
  facts: TaskFacts;
  assumptions: Assumptions;
}

export interface RankedAnswer {
  rank: number;
  answer: Answer;
  /** Has it all that it needs? */
  met: boolean;
  because: string;
  /** Why it is recommended, or why not: of all rows of the table that would give it. */
  why: string[];
  /** Names of the conditions of the rule that comes nearest, and of those that are not met. */
  needs: string[];
  unmet: string[];
  /** The longest of the unmet; 0 when all are met, null when time alone does not bring one of them. */
  daysAtTodaysRate: number | null;
}

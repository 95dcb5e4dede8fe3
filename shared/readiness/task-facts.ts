/**
 * What was measured of one task over some days: plain numbers, and nothing that is judged yet. `assessReadiness` is a
 * function of these and of the user's assumptions alone; shared/store/readiness-facts.ts reads them from D1 and R2.
 */

export interface TaskFacts {
  app: string;
  task: string;
  /** Milliseconds since the epoch: `fromMs` ≤ time of a call < `toMs`. */
  fromMs: number;
  toMs: number;
  /** In (0, 1]: of a busy time a share is read, and its counts of calls are scaled up. Labels are never. */
  readShare: number;
  /** Were there more labelled exchanges than are read, so that the newest alone are counted? */
  labelsCut: boolean;
  /** From the task's first call in the window to its end; with fractions. */
  daysSeen: number;
  calls: number;
  /** Calls whose answer stopped because it ran into the limit of its length. */
  cutAnswers: number;
  /** In the order of time; days without a call are left out. */
  byDay: DayFacts[];
  labels: LabelCounts;
  /** The last days alone (one at least), from which "at today's rate" is counted. */
  recent: { days: number; calls: number; labels: LabelCounts };
  /** The most used first; further ones are in `templateCount` alone. */
  templates: TemplateFacts[];
  /** In the calls that were read: `readShare` of `templatedCalls`. */
  templateCount: number;
  /** Calls that have a template: embeddings and unknown formats have none. */
  templatedCalls: number;
  models: ModelFacts[];
  /** Means over the calls whose usage is known; null where that is none. */
  tokens: TokenMeans | null;
  cost: CostFacts;
  failures: FailureFacts;
  corrections: CorrectionFacts;
}

/** Exchanges, by what people said of them outright. Behaviour (copies, regenerations) labels nothing. */
export interface LabelCounts {
  /** Spoken of at all: good + bad + corrected + conflicting. */
  labelled: number;
  /** Said to be good, by nobody to be bad. */
  good: number;
  bad: number;
  /** With an answer that a person wrote or mended: the grounded ones. */
  corrected: number;
  conflicting: number;
  /** With a thumb or a rating, and no contradiction: what KTO learns from. */
  thumbsUp: number;
  thumbsDown: number;
  /** Preference pairs: a correction over its answer, and of answers to one and the same prompt a good one over a bad one. */
  pairs: number;
  /** Spoken of by two people or more; and of these, by people who contradict each other. */
  severalVoices: number;
  disagreeing: number;
}

export interface DayFacts {
  /** Midnight, UTC. */
  dayMs: number;
  calls: number;
  /** Mean of the calls whose usage is known; null where that is none. */
  inputTokens: number | null;
}

/** `good` of `rows` labelled exchanges; those that conflict are in neither, a corrected one was not good. */
export interface GoodCount {
  good: number;
  rows: number;
}

/** One version of system prompt and tools. */
export interface TemplateFacts {
  template: string;
  firstSeenMs: number;
  lastSeenMs: number;
  calls: number;
  /** Of the last days. */
  recentCalls: number;
  labels: GoodCount;
}

export interface ModelFacts {
  provider: string;
  model: string;
  calls: number;
  /** Mean of the calls that have a price; null where that is none. */
  costUsdMicrosPerCall: number | null;
  labels: GoodCount;
}

export interface TokenMeans {
  /** The cached ones included. */
  input: number;
  cachedInput: number;
  output: number;
}

export interface CostFacts {
  /** Mean, as it was billed, of the calls that have a price; null where that is none. Millionths of a dollar. */
  usdMicrosPerCall: number | null;
  pricedCalls: number;
  /** Of the model that is used most, by today's list; null where the list does not know it. */
  prices: UnitPrices | null;
}

/** Dollars for a million tokens. */
export interface UnitPrices {
  input: number;
  cachedInput: number;
  output: number;
}

export interface FailureFacts {
  /** Failures whose words were read: bad and corrected ones, the newest. */
  read: number;
  clusters: FailureCluster[];
}

/** Failures that have a word of their question in common, which the good ones have more seldom. */
export interface FailureCluster {
  key: string;
  failures: number;
  /** Of the labelled exchanges with that word. */
  goodRate: number;
  /** Versions of the prompt in which it failed. */
  templates: number;
  /** Days from its first failure to its last. */
  days: number;
}

export interface CorrectionFacts {
  /** Corrections that were compared with their prompt and answer. */
  read: number;
  /** Of these, how many bring a name or a number that was in neither. */
  addingFacts: number;
}

export const NO_LABELS: LabelCounts = {
  labelled: 0,
  good: 0,
  bad: 0,
  corrected: 0,
  conflicting: 0,
  thumbsUp: 0,
  thumbsDown: 0,
  pairs: 0,
  severalVoices: 0,
  disagreeing: 0,
};

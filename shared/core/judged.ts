/** What a night thinks of an exchange, and of the app it comes from: as the run writes it down, and the manifest tells it. */
import type { Ground } from "./example.ts";

/** A line of a run's `judged` file. */
export interface JudgedLine {
  id: string;
  /** In (0, 1). */
  pGood: number;
  /** 95%. */
  interval: { low: number; high: number };
  /** They sum to the log-odds of pGood. */
  grounds: Ground[];
  labelled: boolean;
  conflicting: boolean;
  /** What a judge makes of it, in [0, 1]: of rows with equal verdicts the one that it likes better comes first. */
  rank?: number;
}

/** A line of a run's `asked` file: what the app's judge said. */
export interface AskedLine {
  id: string;
  rank: number;
  /** null: it may only rank. */
  voice: { score: number; logOdds: number; variance: number } | null;
}

/** What was learned for one task. */
export interface LearnedVerdict {
  /** Share of good answers, before anything is known of one. */
  baseRate: { pGood: number; low: number; high: number };
  /** What somebody of whom nothing is known is worth: P(says good | good), P(says bad | bad). */
  typicalVoter: { sensitivity: number; specificity: number };
  /** Log-odds of behaviour, as re-estimated; what isn't named has its prior. */
  behaviour: Record<string, number>;
  /** Exchanges that people spoke of, of this app, tonight's and those of earlier nights. */
  learnedFrom: number;
  gate: Gate;
  scorer: {
    used: boolean;
    because: string;
    rows: number;
    features: string | null;
    calibration: string | null;
    /** Out of fold, against what voters said, whose own noise draws it towards 0.5. */
    auc: number | null;
    calibrationError: number | null;
    /** Of what was known without it: the base rate, and how answers to one prompt agree. */
    baseCalibrationError: number | null;
    /** Where its bytes are kept; null where it isn't used. */
    version: string | null;
  };
}

/** May P(good) make an SFT target of an answer that nobody spoke of? Tried where people did speak (workers/curator/gate.ts). */
export interface Gate {
  open: boolean;
  /** Exchanges on which it was tried. */
  rows: number;
  /** Of them good, by people's words; null where there were too few. */
  share: number | null;
  /** One-sided 95%. */
  low: number | null;
  because: string;
}

/** What the app's judge did in a night (workers/curator/judge), and how far it agrees with people (shared/judge). */
export interface JudgeSummary {
  /** null: it could not be asked; `leftOut` says why. */
  judge: { provider: string; model: string } | null;
  rubric: string;
  prompt: string;
  budgetUsdMicros: number;
  /** At most: what nobody knows is counted at its worst, and `unsureUsdMicros` is that part. */
  spentUsdMicros: number;
  unsureUsdMicros: number;
  calls: number;
  cached: number;
  judged: { rows: number; pairs: number };
  /** Why it was not asked on; null: it was asked everything. */
  stopped: string | null;
  /** Without a verdict, by reason. */
  leftOut: Record<string, number>;
  standing: {
    points: JudgeAgreement;
    pairs: JudgeAgreement;
    /** Pairs asked in both orders, and in how many the answer was the same. */
    swap: { n: number; consistent: number; placeAWon: number; placeBWon: number };
    /** Of log(length) on its preferences: 0 is no bias. */
    lengthSlope: { n: number; slope: number | null; error: number | null };
  };
}

/** Cohen's kappa with its 95% interval. Calibrated: its word is a voice in the verdict; else it only ranks. */
export interface JudgeAgreement {
  n: number;
  agreement: number | null;
  kappa: number | null;
  low: number;
  high: number;
  calibrated: boolean;
  because: string;
}

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

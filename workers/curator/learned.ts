/** What is known while a night is judged: what it was given, and what it has learned of that so far. */
import type { AskedLine } from "../../shared/core/judged.ts";
import type { TrainedScorer } from "../../shared/score/train.ts";
import type { Vote } from "../../shared/verdict/actors.ts";
import type { BaseRate } from "../../shared/verdict/base-rate.ts";
import type { EstimatedWeights } from "../../shared/verdict/estimate-weights.ts";
import type { Company, NightRow, NightRows } from "./night-rows.ts";

/** Parts that can be left out, to see what each is worth. */
export interface Parts {
  actors: boolean;
  agreement: boolean;
  scorer: boolean;
}

/** What is learned and handed on from round to round. */
export interface Learned {
  /** By task, "" for none. */
  baseRates: Map<string, BaseRate>;
  weights: Map<string, EstimatedWeights>;
  trained: TrainedScorer | null;
  /** The scorer's calibrated log-odds by exchange; empty while it is not used. */
  scored: Map<string, number>;
}

export interface Given {
  night: NightRows;
  rows: readonly NightRow[];
  byId: ReadonlyMap<string, NightRow>;
  company: ReadonlyMap<string, Company>;
  /** Ordered by exchange and actor. */
  votes: readonly Vote[];
  parts: Parts;
  /** What the app's judge says of some, where it may. */
  asked: ReadonlyMap<string, AskedLine>;
  seed: string;
}

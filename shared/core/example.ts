/** The canonical rows of a batch. Every exported format is made from these and from nothing else. */
import type { Message } from "./exchange.ts";
import type { ExchangeId } from "./ids.ts";
import type { Json } from "./json.ts";

export const EXAMPLE_FILES = ["sft", "preference", "kto", "eval"] as const;
export type ExampleFile = (typeof EXAMPLE_FILES)[number];

/** Who wrote the text that is to be learned. */
export type Lineage = (
  | { origin: "human" | "human-edited" }
  | {
      origin: "model";
      model: string | null;
      /** Fine-tunings between a base model and the writer; left out: none. */
      generation?: number;
    }
) & {
  /** Who asked; left out: a person. */
  promptOrigin?: "model";
};

/**
 * Why a row is there, in one word. regenerated: another answer to the same prompt was taken instead of the rejected one;
 * siblings: two answers to one prompt, of which one is good and one is bad.
 */
export const BECAUSE = ["correction", "thumb", "verdict", "regenerated", "siblings"] as const;

/** Why a row is there. */
export interface Provenance {
  exchangeId: ExchangeId;
  at: string;
  model: string | null;
  template: string | null;
  /** Probability with which this exchange was drawn from its window: in (0, 1]. */
  inclusionProbability: number;
  stratum: string;
  pGood: number;
  grounds: Ground[];
  lineage: Lineage;
  because: (typeof BECAUSE)[number];
  /** Of a pair of two answers: the exchange whose answer is rejected. */
  rejectedExchangeId?: ExchangeId;
  /** The row that this one takes the place of, as something was said since; left out for a first version. */
  amends?: { batch: string; version: number };
}

/** One piece of evidence for a verdict. */
export interface Ground {
  kind: string;
  name?: string;
  value: string | number | boolean;
  actor: string;
  /** What it adds to the log-odds of "good". */
  logOdds: number;
}

interface ExampleBase {
  /** Stable across runs: fingerprint of exchange and file. */
  id: string;
  prompt: Message[];
  /** In the shape of OpenAI's chat API. */
  tools: Json[] | null;
  provenance: Provenance;
}

/** One assistant message to imitate. `eval` has the same shape, and its rows are never trained on. */
export interface CompletionExample extends ExampleBase {
  file: "sft" | "eval";
  completion: Message;
}

export interface PreferenceExample extends ExampleBase {
  file: "preference";
  chosen: Message;
  rejected: Message;
}

export interface KtoExample extends ExampleBase {
  file: "kto";
  completion: Message;
  label: boolean;
}

export type Example = CompletionExample | PreferenceExample | KtoExample;

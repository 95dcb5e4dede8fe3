/**
 * Who wrote a row: the text that is learned, and what was asked. A correction is the work of a person on a model's text;
 * only what a person wrote from nothing is `human`. A prompt is a person's unless the app says otherwise
 * (`x-winnow-meta: {"promptOrigin":"model"}`) or it is an earlier answer of a model, sent back in.
 */
import type { Provenance } from "../core/example.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";

/**
 * What `Lineage` of core/example.ts becomes: rows of older batches, which lack the new fields, read as generation 0 and
 * a person's prompt.
 */
export type TracedLineage = TracedOrigin & {
  /** Left out: a person's. */
  promptOrigin?: "model";
};

type TracedOrigin =
  | { origin: "human" | "human-edited" }
  | {
      origin: "model";
      model: string | null;
      /** Fine-tunings between a base model and the writer. Left out: 0. */
      generation?: number;
    };

export interface Origin {
  because: Provenance["because"];
  /** The model that answered. */
  model: string | null;
  /** Of that model: `generationOf`. */
  generation: number;
  /** `x-winnow-meta` of the call. */
  meta: JsonObject | null;
  /** Is the last user message, as a fingerprint, an earlier answer of a model? */
  promptIsAnswer: boolean;
  /** Did the corrector start from nothing (the exchange had no answer to mend)? */
  withoutAnswer?: boolean;
}

/** Fields that say nothing new are left out, so that generation 0 with a person's prompt has the bytes it always had. */
export function lineageOf(origin: Origin): TracedLineage {
  const prompt = isModelPrompt(origin) ? { promptOrigin: "model" as const } : {};
  if (origin.because === "correction") {
    return { origin: origin.withoutAnswer === true ? "human" : "human-edited", ...prompt };
  }
  const said = saidLineage(origin.meta);
  if (said.origin === "human" || said.origin === "human-edited") return { origin: said.origin, ...prompt };
  const generation = Math.max(origin.generation, isGeneration(said.generation) ? said.generation : 0);
  const model = typeof said.model === "string" && said.model !== "" ? said.model : origin.model;
  return { origin: "model", model, ...(generation > 0 && { generation }), ...prompt };
}

/** What an imported line says of its answer (shared/import/import-line.ts); empty where nothing was said. */
function saidLineage(meta: JsonObject | null): JsonObject {
  return isObject(meta?.lineage) ? meta.lineage : {};
}

/** As the import bounds it: a call's own `x-winnow-meta` is not checked. */
function isGeneration(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value <= GENERATION_MAX;
}

const GENERATION_MAX = 1_000;

function isModelPrompt({ meta, promptIsAnswer }: Origin): boolean {
  return promptIsAnswer || meta?.promptOrigin === "model";
}

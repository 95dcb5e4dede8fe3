/**
 * Which models are fine-tunes of ours, and how far from a base model they stand. An app registers each of its fine-tunes
 * with the batches that made it; a model that nobody registered counts as a base model, generation 0.
 *
 *     generation(model) = 0                                   nobody registered it
 *                       = 1 + max over its batches of generation(batch)
 *     generation(batch) = max of what its manifest says and generation(model) of each model that wrote rows of it
 *
 * The second part of a batch's generation is looked up again each time, so that a fine-tune that is registered late makes
 * the batches that it had already written older too. What the manifest says is the floor, and the answer where the
 * lookup runs in a circle: a name that is trained anew each week stands among its own ancestors.
 */

export interface RegistryEntry {
  /** As it stands in the answers of the provider. */
  model: string;
  /** Ids of the winnow batches that it was trained on. */
  batches: readonly string[];
  /** What the app says of it; the computed generation stands where it is greater. */
  generation?: number | undefined;
}

export interface BatchMakers {
  /** The greatest generation among the batch's rows when it was made; 0 for human and base-model rows. */
  generation: number;
  /** Models that wrote rows of it. */
  models: readonly string[];
}

/** null: there is no such batch. */
export type BatchLookup = (batch: string) => BatchMakers | null;

/** What somebody should look at; the generation is the best that could be said all the same. */
export type LineageDoubt =
  | { reason: "batch_missing"; model: string; batch: string }
  | { reason: "model_in_own_batches"; model: string; batch: string }
  /** Bears the name of a fine-tune, and is not registered. */
  | { reason: "looks_tuned"; model: string }
  | { reason: "too_deep"; model: string };

export interface Generation {
  generation: number;
  doubts: LineageDoubt[];
}

/** A chain of fine-tunes longer than this is a mistake in the registry. */
const DEPTH_MAX = 100;

/**
 * How many fine-tunings lie between a base model and this one. Entries of one name are taken together. Never throws:
 * doubts are told beside the answer, in the order in which they were met, each once.
 */
export function generationOf(
  model: string | null,
  registry: readonly RegistryEntry[],
  generationOfBatch: BatchLookup,
): Generation {
  if (model === null) return { generation: 0, doubts: [] };
  const walk: Walk = { entries: byName(registry), lookup: generationOfBatch, known: new Map(), doubts: new Map() };
  const generation = generationOfModel(walk, { model, above: [] });
  return { generation, doubts: [...walk.doubts.values()] };
}

/** OpenAI's and Azure's names (`ft:…`, `….ft-…`), Fireworks' and Vertex' paths of an account's own models. */
export function looksTuned(model: string): boolean {
  return /^ft:|[.:]ft-|^accounts\/(?!fireworks\/)[^/]+\/models\/|^projects\/[^/]+\/.*(?:endpoints|models)\//.test(
    model,
  );
}

interface Walk {
  entries: Map<string, { batches: string[]; generation: number }>;
  lookup: BatchLookup;
  known: Map<string, number>;
  doubts: Map<string, LineageDoubt>;
}

/** In a circle the order in which its models are met decides; what manifests say keeps the answer from being too small. */
function generationOfModel(walk: Walk, at: { model: string; above: readonly string[] }): number {
  const { model, above } = at;
  const known = walk.known.get(model);
  if (known !== undefined) return known;
  const entry = walk.entries.get(model);
  if (entry === undefined) {
    if (looksTuned(model)) tell(walk, { reason: "looks_tuned", model });
    return 0;
  }
  let generation = Math.max(1, entry.generation);
  if (above.length >= DEPTH_MAX) {
    tell(walk, { reason: "too_deep", model });
    return generation;
  }
  for (const batch of entry.batches) {
    generation = Math.max(generation, 1 + generationOfOneBatch(walk, { model, batch, above: [...above, model] }));
  }
  walk.known.set(model, generation);
  return generation;
}

function generationOfOneBatch(walk: Walk, at: { model: string; batch: string; above: readonly string[] }): number {
  const { model, batch, above } = at;
  const makers = walk.lookup(batch);
  if (makers === null) {
    tell(walk, { reason: "batch_missing", model, batch });
    return 0;
  }
  let generation = Math.max(0, makers.generation);
  for (const maker of [...makers.models].sort()) {
    if (above.includes(maker)) tell(walk, { reason: "model_in_own_batches", model: maker, batch });
    else generation = Math.max(generation, generationOfModel(walk, { model: maker, above }));
  }
  return generation;
}

function byName(registry: readonly RegistryEntry[]): Walk["entries"] {
  const entries: Walk["entries"] = new Map();
  for (const { model, batches, generation = 0 } of registry) {
    const before = entries.get(model);
    const all = new Set([...(before?.batches ?? []), ...batches]);
    entries.set(model, { batches: [...all].sort(), generation: Math.max(before?.generation ?? 0, generation) });
  }
  return entries;
}

function tell(walk: Walk, doubt: LineageDoubt): void {
  walk.doubts.set(JSON.stringify(doubt), doubt);
}

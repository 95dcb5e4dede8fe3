/** Who wrote what the night learns from: the app's registered fine-tunes, and what their batches were made of. */

import type { Manifest } from "../../shared/core/manifest.ts";
import { type BatchMakers, generationOf } from "../../shared/lineage/registry.ts";
import type { AppSettings } from "../../shared/settings/app-settings.ts";
import { batchKey } from "../../shared/store/batches.ts";

/** Generation of a model; 0 for those that nobody registered. */
export type GenerationOf = (model: string | null) => number;

export async function readGenerations(env: CuratorEnv, fineTunes: AppSettings["fineTunes"]): Promise<GenerationOf> {
  const makers = new Map<string, BatchMakers>();
  for (const batch of new Set(fineTunes.flatMap(({ batches }) => batches))) {
    const object = await env.STORE.get(batchKey(batch, "manifest.json"));
    if (object !== null) makers.set(batch, ((await object.json()) as Manifest).lineage);
  }
  const known = new Map<string | null, number>();
  return (model) => {
    const found = known.get(model) ?? generationOf(model, fineTunes, (batch) => makers.get(batch) ?? null).generation;
    known.set(model, found);
    return found;
  };
}

/** The batches that came before this one: what it is compared with. */
import type { Manifest } from "../../shared/core/manifest.ts";
import { batchKey, newestBatches } from "../../shared/store/batches.ts";

/** Newest last. Empty ones tell nothing of what is learned, and are left out. @param batch the one that is being made */
export async function earlierManifests(
  env: CuratorEnv,
  options: { app: string; task: string | null; batch: string; rowsMax: number },
): Promise<Manifest[]> {
  const { app, task, batch, rowsMax } = options;
  if (task === null) return [];
  const rows = await newestBatches(env.DB, { app, task, rowsMax: rowsMax * EMPTY_FOR_ONE });
  const manifests: Manifest[] = [];
  for (const { id, counts } of rows) {
    const isEmpty = Object.values(counts).every((count) => count === 0);
    if (id === batch || isEmpty || manifests.length >= rowsMax) continue;
    const object = await env.STORE.get(batchKey(id, "manifest.json"));
    if (object !== null) manifests.push((await object.json()) as Manifest);
  }
  return manifests.reverse();
}

/** Rows looked through for each that is wanted. */
const EMPTY_FOR_ONE = 5;

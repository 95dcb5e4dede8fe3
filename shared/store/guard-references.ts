/** Generation 0 of each task, frozen: `guard/<app>/<task>.json` in R2. */
import { fingerprint } from "../core/hash.ts";
import type { JsonObject } from "../core/json.ts";

export interface GuardReference {
  batch: string;
  measures: JsonObject;
}

interface ReferenceOf {
  app: string;
  task: string;
}

export async function readReference(bucket: R2Bucket, of: ReferenceOf): Promise<GuardReference | undefined> {
  const object = await bucket.get(keyOf(of));
  return object === null ? undefined : ((await object.json()) as GuardReference);
}

export async function writeReference(bucket: R2Bucket, options: ReferenceOf & GuardReference): Promise<void> {
  const { batch, measures } = options;
  await bucket.put(keyOf(options), JSON.stringify({ batch, measures }));
}

function keyOf({ app, task }: ReferenceOf): string {
  return `guard/${app}/${fingerprint(task)}.json`;
}

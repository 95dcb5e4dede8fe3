/** ingest, whose R2 takes nothing as long as an object lies there under the key that R2_ILL_WHILE names. */
import ingest from "../../workers/ingest/index.ts";

type Env = IngestEnv & { R2_ILL_WHILE: string };

export default {
  queue: (batch, env, ctx) => ingest.queue(batch, { ...env, STORE: illAtTimes(env) }, ctx),
  scheduled: (controller, env) => ingest.scheduled(controller, { ...env, STORE: illAtTimes(env) }),
} satisfies ExportedHandler<Env>;

function illAtTimes({ STORE: bucket, R2_ILL_WHILE: key }: Env): R2Bucket {
  const put = async (...args: Parameters<R2Bucket["put"]>) => {
    if ((await bucket.head(key)) !== null) throw new Error("R2 is ill");
    return bucket.put(...args);
  };
  return {
    head: (key: string) => bucket.head(key),
    get: (key: string, options: R2GetOptions) => bucket.get(key, options),
    list: (options: R2ListOptions) => bucket.list(options),
    delete: (keys: string | string[]) => bucket.delete(keys),
    put,
  } as unknown as R2Bucket;
}

/** ingest, whose R2 refuses segments as long as an object of a certain name lies there. */
import ingest from "../../workers/ingest/index.ts";

export const R2_IS_ILL = "r2-is-ill";

export default {
  queue: (batch, env, ctx) => ingest.queue(batch, { ...env, STORE: illAtTimes(env.STORE) }, ctx),
  scheduled: (controller, env) => ingest.scheduled(controller, { ...env, STORE: illAtTimes(env.STORE) }),
} satisfies ExportedHandler<IngestEnv>;

function illAtTimes(bucket: R2Bucket): R2Bucket {
  const put = async (key: string, bytes: Uint8Array, options: R2PutOptions) => {
    if ((await bucket.head(R2_IS_ILL)) !== null) throw new Error("R2 is ill");
    return bucket.put(key, bytes, options);
  };
  return {
    head: (key: string) => bucket.head(key),
    get: (key: string, options: R2GetOptions) => bucket.get(key, options),
    list: (options: R2ListOptions) => bucket.list(options),
    delete: (keys: string | string[]) => bucket.delete(keys),
    put,
  } as unknown as R2Bucket;
}

/** Every byte that is stored, as text: R2 unpacked, and every row of D1. */
import { gunzipSync } from "node:zlib";
import type { Winnow } from "../../workers/local/launch.ts";

/** @returns keys and tables that hold the text */
export async function whereStored(winnow: Winnow, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const [name, bytes] of await storedBytes(winnow)) if (bytes.includes(text)) found.push(name);
  return found;
}

async function storedBytes(winnow: Winnow): Promise<Map<string, Buffer>> {
  const stored = new Map<string, Buffer>();
  const bucket = await winnow.bucket();
  for (let cursor: string | undefined; ; ) {
    const page = await bucket.list({ ...(cursor !== undefined && { cursor }) });
    for (const { key } of page.objects) {
      const object = await bucket.get(key);
      const bytes = Buffer.from((await object?.arrayBuffer()) ?? new ArrayBuffer(0));
      stored.set(key, key.endsWith(".gz") ? gunzipSync(bytes) : bytes);
    }
    if (!page.truncated) break;
    ({ cursor } = page);
  }
  const db = await winnow.db();
  const { results } = await db
    .prepare(
      "select name from sqlite_master where type = 'table' and name not like '\\_%' escape '\\' and name not like 'sqlite%'",
    )
    .all<{ name: string }>();
  for (const { name } of results) {
    stored.set(`D1 ${name}`, Buffer.from(JSON.stringify((await db.prepare(`select * from "${name}"`).all()).results)));
  }
  return stored;
}

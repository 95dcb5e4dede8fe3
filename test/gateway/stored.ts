/** All that winnow has stored, wherever: what a test looks through for what must be there, and what must not. */
import { gunzipSync } from "node:zlib";
import type { ExchangeRecord } from "../../shared/core/exchange.ts";
import { asExchangeId } from "../../shared/core/ids.ts";
import { Sealer } from "../../shared/core/seal.ts";
import { type ExchangeRow, readExchange } from "../../shared/store/exchanges.ts";
import { readLosses } from "../../shared/store/losses.ts";
import { readRecord } from "../../shared/store/segments.ts";
import type { Winnow } from "../../workers/local/launch.ts";

export interface StoredExchange {
  row: ExchangeRow;
  record: ExchangeRecord;
}

/** @param signedId as `x-winnow-id` has it; undefined: not there, or not yet */
export async function findExchange(
  winnow: Winnow,
  { signedId, app }: { signedId: string; app: string },
): Promise<StoredExchange | undefined> {
  const id = asExchangeId(signedId.split(".")[0] ?? "");
  if (id === undefined) throw new Error(`"${signedId}" is no x-winnow-id`);
  const row = await readExchange(await winnow.db(), { app, id });
  if (row === undefined) return undefined;
  const record = await readRecord(await winnow.bucket(), row);
  if (record === undefined) throw new Error(`${id} has a row and no record at ${row.segment}`);
  return { row, record };
}

/** The one exchange of a path: for calls whose client never saw an id. */
export async function findByTask(
  winnow: Winnow,
  options: { task: string; app: string },
): Promise<StoredExchange | undefined> {
  const statement = (await winnow.db()).prepare("select id from exchanges where task = ? and app = ?");
  const { results } = await statement.bind(options.task, options.app).all<{ id: string }>();
  if (results.length > 1) throw new Error(`${results.length} exchanges of task ${options.task}`);
  return results[0] && findExchange(winnow, { signedId: results[0].id, app: options.app });
}

/** By reason, since ever. */
export async function lossesOf(winnow: Winnow): Promise<Record<string, number>> {
  return readLosses({ db: await winnow.db(), sinceMs: 0 });
}

export async function keysUnder(winnow: Winnow, prefix: string): Promise<string[]> {
  return (await objectsUnder(winnow, prefix)).map(({ key }) => key);
}

async function objectsUnder(winnow: Winnow, prefix: string): Promise<R2Object[]> {
  const { objects, truncated } = await (await winnow.bucket()).list({ prefix });
  if (truncated) throw new Error(`more than one page of objects under "${prefix}"`);
  return objects;
}

/** By winnow, then by key and version: what was unpacked for one look need not be for the next. */
const UNPACKED = new WeakMap<Winnow, Map<string, Buffer>>();

/** Every object and every row, by key or table, unpacked, and opened where it is sealed. */
export async function everythingOf(winnow: Winnow): Promise<Map<string, Buffer>> {
  const unpacked = UNPACKED.get(winnow) ?? new Map<string, Buffer>();
  UNPACKED.set(winnow, unpacked);
  const all = new Map<string, Buffer>();
  for (const { key, version } of await objectsUnder(winnow, "")) {
    const bytes = unpacked.get(`${key} ${version}`) ?? (await unpack(winnow, key));
    if (bytes === undefined) continue; // taken in meanwhile
    unpacked.set(`${key} ${version}`, bytes);
    all.set(key, bytes);
  }
  const d1 = await winnow.db();
  const tables = await d1
    .prepare("select name from sqlite_master where type = 'table' and name not glob '_cf_*'")
    .all<{ name: string }>();
  for (const { name } of tables.results) {
    const { results } = await d1.prepare(`select * from "${name}"`).all();
    all.set(`table ${name}`, Buffer.from(JSON.stringify(results)));
  }
  return all;
}

async function unpack(winnow: Winnow, key: string): Promise<Buffer | undefined> {
  const object = await (await winnow.bucket()).get(key);
  if (object === null) return undefined;
  const { WINNOW_SECRET } = await winnow.miniflare.getBindings<{ WINNOW_SECRET: string }>("winnow-ingest");
  const bytes = Buffer.from(await new Sealer(WINNOW_SECRET).open(new Uint8Array(await object.arrayBuffer())));
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const metadata = JSON.stringify([key, object.customMetadata, object.httpMetadata]);
  return Buffer.concat([Buffer.from(metadata), isGzip ? gunzipSync(bytes) : bytes]);
}

/** Where any of the texts is stored, as it is or in base64. */
export async function placesOf(winnow: Winnow, ...texts: string[]): Promise<string[]> {
  const spellings = texts.flatMap((text) => [text, ...[0, 1, 2].map((shift) => base64Core(text, shift))]);
  const all = await everythingOf(winnow);
  return [...all].filter(([, bytes]) => spellings.some((spelling) => bytes.includes(spelling))).map(([place]) => place);
}

/** What base64 of anything that holds the text `shift` bytes after a group's start must hold. */
function base64Core(text: string, shift: number): string {
  const whole = Buffer.concat([Buffer.alloc(shift), Buffer.from(text)]).toString("base64");
  return whole.slice(shift === 0 ? 0 : 4, -4);
}

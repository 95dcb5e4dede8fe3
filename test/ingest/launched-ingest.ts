/** winnow for tests of ingest: what goes on its queue by hand, what lies in D1 and R2 afterwards, and what ingest said. */
import { gunzipSync } from "node:zlib";
import type { ExchangeRecord } from "../../shared/core/exchange.ts";
import type { FeedbackEvent } from "../../shared/core/feedback.ts";
import { makeUuidV7 } from "../../shared/core/ids.ts";
import { Sealer } from "../../shared/core/seal.ts";
import { type LaunchOptions, launch, type Winnow } from "../../workers/local/launch.ts";
import { eventually } from "../local/launch-stubs.ts";
import { detailOf, idOf, SECRET, type Wanted } from "../whole-way/captures.ts";

/** What `taken_in` says of one group of messages. */
export interface TakenIn {
  messages: number;
  exchanges: number;
  feedback: number;
  repeated: number;
  rowsWritten: number;
  segments: number;
  buried: number;
}

const SEALER = new Sealer(SECRET);

export interface PlacedRow {
  id: string;
  segment: string;
  segment_offset: number;
  segment_length: number;
  [column: string]: unknown;
}

export interface StoredObject {
  key: string;
  etag: string;
  metadata: Record<string, string>;
  bytes: Buffer;
}

export type LaunchedIngest = Awaited<ReturnType<typeof launchIngest>>;

export async function launchIngest(options: Partial<LaunchOptions> = {}) {
  const lines: string[] = [];
  const winnow = await launch({ secrets: { WINNOW_SECRET: SECRET }, log: (line) => lines.push(line), ...options });
  return {
    winnow,
    /** All that the Workers have logged so far. */
    lines,
    stop: () => winnow.stop(),
    send: (body: Uint8Array | object) => send(winnow, body),
    rows: <T>(sql: string, ...values: unknown[]) => rows<T>(winnow, sql, values),
    rowOf: (wanted: Wanted) => rowOf(winnow, wanted),
    objects: (prefix: string) => objects(winnow, prefix),
    /** Waits for the exchange, and answers as the API does. */
    detail: (wanted: Wanted) =>
      eventually(`exchange ${wanted.name}`, () => detailOf(winnow, idOf(wanted)).catch(() => undefined)),
    /** Waits until ingest has taken in so many messages since then, and answers with the sums of what it said. */
    taken: (messages: number, sinceLine: number) =>
      eventually(`${messages} messages`, async () => {
        const taken = lines.slice(sinceLine).flatMap(readTakenIn);
        const sum = (field: keyof TakenIn) => taken.reduce((total, one) => total + one[field], 0);
        if (sum("messages") < messages) return undefined;
        return { groups: taken.length, ...mapFields(sum) };
      }),
  };
}

/** As many captures as that, a millisecond apart. */
export function wantedOf(name: string, count: number, atMs = Date.UTC(2026, 5, 1, 12)): Wanted[] {
  return Array.from({ length: count }, (_, at) => ({ name: `${name} ${at}`, atMs: atMs + at }));
}

/** A thumb as the gateway puts it on the queue. */
export function thumbOf(wanted: Wanted, options: { value: string; afterMs: number }): FeedbackEvent {
  const atMs = wanted.atMs + options.afterMs;
  const eventId = makeUuidV7(atMs, new Uint8Array(10));
  const about = { ref: { id: idOf(wanted) }, app: "demo", kind: "thumb" as const, name: "", actor: "ada" };
  return {
    type: "feedback",
    version: 1,
    eventId,
    ...about,
    value: options.value,
    text: null,
    atMs,
    receivedAtMs: atMs,
  };
}

/** The lines of a segment, or of one member of it. */
export function recordsIn(gzipped: Buffer): (ExchangeRecord | FeedbackEvent)[] {
  const text = gunzipSync(gzipped).toString();
  if (!text.endsWith("\n")) throw new Error(`the last line has no end: ${text.slice(-80)}`);
  return text
    .slice(0, -1)
    .split("\n")
    .map((line) => JSON.parse(line));
}

async function send(winnow: Winnow, body: Uint8Array | object): Promise<void> {
  const queue = await winnow.miniflare.getQueueProducer("CAPTURE", "winnow-gateway");
  await queue.send(body, { contentType: body instanceof Uint8Array ? "bytes" : "json" });
}

async function rows<T>(winnow: Winnow, sql: string, values: unknown[]): Promise<T[]> {
  const statement = (await winnow.db()).prepare(sql).bind(...values);
  return (await statement.all<T>()).results;
}

async function rowOf(winnow: Winnow, wanted: Wanted): Promise<PlacedRow> {
  const [row] = await rows<PlacedRow>(winnow, "select * from exchanges where id = ?", [idOf(wanted)]);
  if (row === undefined) throw new Error(`no row of ${wanted.name}`);
  return row;
}

/** A few: what one test wrote. */
async function objects(winnow: Winnow, prefix: string): Promise<StoredObject[]> {
  const bucket = await winnow.bucket();
  const { objects: listed } = await bucket.list({ prefix });
  return Promise.all(
    listed.map(async ({ key }) => {
      const object = await bucket.get(key);
      if (object === null) throw new Error(`${key} went away`);
      const bytes = Buffer.from(await SEALER.open(new Uint8Array(await object.arrayBuffer())));
      return { key, etag: object.etag, metadata: object.customMetadata ?? {}, bytes };
    }),
  );
}

function readTakenIn(line: string): TakenIn[] {
  const json = /\{"event":"taken_in".*\}/.exec(line)?.[0];
  return json === undefined ? [] : [JSON.parse(json) as TakenIn];
}

function mapFields(sum: (field: keyof TakenIn) => number): TakenIn {
  return {
    messages: sum("messages"),
    exchanges: sum("exchanges"),
    feedback: sum("feedback"),
    repeated: sum("repeated"),
    rowsWritten: sum("rowsWritten"),
    segments: sum("segments"),
    buried: sum("buried"),
  };
}

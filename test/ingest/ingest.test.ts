/** What ingest writes down: each exchange once, whatever comes twice, breaks, or can't be read. */
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packCapture, packPointer } from "../../shared/capture/envelope.ts";
import type { ExchangeRecord } from "../../shared/core/exchange.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { eventually } from "../local/launch-stubs.ts";
import { api, captureOf, detailOf, idOf, SECRET, sendCaptures, takeIn, type Wanted } from "../whole-way/captures.ts";

interface TakenIn {
  event: "taken_in";
  messages: number;
  exchanges: number;
  repeated: number;
  rowsWritten: number;
  segments: number;
}

const AT_MS = Date.UTC(2026, 5, 1, 12);
const lines: string[] = [];

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET }, log: (line) => lines.push(line) });
});
afterAll(() => winnow?.stop());

function wantedOf(name: string, count: number): Wanted[] {
  return Array.from({ length: count }, (_, at) => ({ name: `${name} ${at}`, atMs: AT_MS + at }));
}

/** What ingest has said of its batches since then. */
function takenSince(line: number): TakenIn[] {
  return lines.slice(line).flatMap((text) => {
    const json = /\{"event":"taken_in".*\}/.exec(text)?.[0];
    return json === undefined ? [] : [JSON.parse(json) as TakenIn];
  });
}

function sum(
  taken: readonly TakenIn[],
  field: "exchanges" | "repeated" | "rowsWritten" | "segments" | "messages",
): number {
  return taken.reduce((total, one) => total + one[field], 0);
}

async function send(body: Uint8Array): Promise<void> {
  const queue = await winnow.miniflare.getQueueProducer("CAPTURE", "winnow-gateway");
  await queue.send(body, { contentType: "bytes" });
}

async function rows<T>(sql: string, ...values: unknown[]): Promise<T[]> {
  const { results } = await (await winnow.db())
    .prepare(sql)
    .bind(...values)
    .all<T>();
  return results;
}

async function rowOf(wanted: Wanted) {
  const [row] = await rows<{ segment: string; segment_offset: number; segment_length: number; flags: string }>(
    "select * from exchanges where id = ?",
    idOf(wanted),
  );
  if (row === undefined) throw new Error(`no row of ${wanted.name}`);
  return row;
}

async function segmentsOf(wanted: readonly Wanted[]): Promise<string[]> {
  return [...new Set(await Promise.all(wanted.map(async (one) => (await rowOf(one)).segment)))];
}

describe("a batch of captures", () => {
  test("costs one row of D1 an exchange, as D1 counts it, and one object in R2", async () => {
    const before = lines.length;
    const wanted = wantedOf("cost", 30);
    await takeIn(winnow, wanted);
    const taken = await eventually("what ingest says", async () => {
      const said = takenSince(before);
      return sum(said, "exchanges") === 30 ? said : undefined;
    });
    expect(sum(taken, "rowsWritten")).toBe(30);
    expect(sum(taken, "segments")).toBe(taken.length);
    expect(await segmentsOf(wanted)).toHaveLength(taken.length);
    expect(taken.length).toBeLessThan(5); // they came together
  });

  test("that comes again, mixed with new ones and in another order, changes nothing of what is there", async () => {
    const before = lines.length;
    const wanted = wantedOf("again", 6);
    await takeIn(winnow, wanted);
    const rowsBefore = await Promise.all(wanted.map(rowOf));
    const fresh = wantedOf("fresh", 3);
    await takeIn(winnow, [...wanted.toReversed(), ...fresh, ...wanted]);
    const taken = await eventually("what ingest says", async () => {
      const said = takenSince(before);
      return sum(said, "messages") === 6 + 15 ? said : undefined;
    });
    expect(await Promise.all(wanted.map(rowOf))).toEqual(rowsBefore);
    expect(sum(taken, "exchanges")).toBe(9);
    expect(sum(taken, "rowsWritten")).toBe(9);
  });

  test("for which D1 fails after R2 was written is taken in when D1 is back, once", async () => {
    const db = await winnow.db();
    const wanted = wantedOf("failing", 5);
    const bad = idOf(wanted[2] as Wanted);
    await db
      .prepare(
        `create trigger failing before insert on exchanges when new.id = '${bad}' begin select raise(abort, 'D1 is ill'); end`,
      )
      .run();
    await sendCaptures(winnow, wanted);
    await eventually("the failure", async () => lines.find((line) => line.includes("D1 is ill")));
    expect(await rows("select 1 from exchanges where id = ?", bad)).toEqual([]);
    await db.prepare("drop trigger failing").run();
    await eventually("all rows", async () => {
      const found = await Promise.all(wanted.map((one) => rowOf(one).catch(() => undefined)));
      return found.every((row) => row !== undefined) ? true : undefined;
    });
    const ids = JSON.stringify(wanted.map(idOf));
    expect(await rows("select id from exchanges where id in (select value from json_each(?))", ids)).toHaveLength(5);
    expect(await detailOf(winnow, bad)).toMatchObject({ response: { id: "chatcmpl-failing 2" } });
  });
});

describe("a segment", () => {
  test("holds a gzip member for each record, and is as a whole what zcat reads", async () => {
    const wanted = wantedOf("member", 8);
    await takeIn(winnow, wanted);
    const bucket = await winnow.bucket();
    for (const one of wanted) {
      const { segment, segment_offset: offset, segment_length: length } = await rowOf(one);
      const object = await bucket.get(segment, { range: { offset, length } });
      const text = gunzipSync(Buffer.from((await object?.arrayBuffer()) ?? [])).toString();
      expect(text.endsWith("\n")).toBe(true);
      expect(JSON.parse(text)).toMatchObject({ type: "exchange", version: 1, id: idOf(one) });
    }
    for (const segment of await segmentsOf(wanted)) {
      const whole = Buffer.from((await (await bucket.get(segment))?.arrayBuffer()) ?? []);
      const records = gunzipSync(whole).toString().trimEnd().split("\n");
      const ids = records.map((record) => (JSON.parse(record) as ExchangeRecord).id);
      expect(wanted.map(idOf).filter((id) => ids.includes(id)).length).toBeGreaterThan(0);
      expect(segment).toMatch(/^segments\/2026\/06\/01\/.*\.ndjson\.gz$/);
    }
  });
});

describe("what can't be parsed", () => {
  const CASES: [string, Partial<Wanted>, object][] = [
    ["a request that is no JSON", { request: "not JSON" }, { flags: ["request_not_json"], request: null }],
    ["an answer that is no JSON", { response: "<html>oops" }, { flags: ["response_not_json"], response: null }],
    [
      "a format that nobody knows",
      { header: { format: "raw", path: "/x" }, request: "a=1", response: "b=2" },
      { flags: ["format_unknown"] },
    ],
    ["a stream without its end", { header: { responseType: "text/event-stream" }, response: "data: {" }, {}],
  ];

  test("is kept raw and flagged, and its neighbours are not", async () => {
    const odd = CASES.map(([name, more]) => ({ name, atMs: AT_MS, ...more }));
    const plain = wantedOf("neighbour", 2);
    await takeIn(winnow, [...odd, ...plain]);
    for (const [name, more, expected] of CASES) {
      const detail = await detailOf(winnow, idOf({ name, atMs: AT_MS }));
      expect(detail).toMatchObject(expected);
      expect(detail.flags.length, name).toBeGreaterThan(0);
      const { request, response } = captureOf({ name, atMs: AT_MS, ...more });
      if (detail.rawRequest !== undefined) expect(detail.rawRequest).toBe(Buffer.from(request).toString("base64"));
      if (detail.rawResponse !== undefined) expect(detail.rawResponse).toBe(Buffer.from(response).toString("base64"));
      expect(
        [detail.rawRequest, detail.rawResponse].some((raw) => raw !== undefined),
        name,
      ).toBe(true);
    }
    for (const one of plain) expect(await detailOf(winnow, idOf(one))).toMatchObject({ flags: [] });
  });

  test("bytes that are not UTF-8 come out as they came in", async () => {
    const wanted = { name: "latin", atMs: AT_MS };
    const capture = { ...captureOf(wanted), response: Uint8Array.from([0xff, 0xfe, 0x00, 0xc3]) };
    await send(packCapture(capture));
    const detail = await eventually("the row", async () => detailOf(winnow, idOf(wanted)).catch(() => undefined));
    expect(detail).toMatchObject({ rawResponse: Buffer.from([0xff, 0xfe, 0x00, 0xc3]).toString("base64") });
  });

  test("a message that is none of winnow's is buried, shown, and stands in no one's way", async () => {
    const wanted = wantedOf("beside garbage", 2);
    const garbage = new TextEncoder().encode("neither capture nor feedback");
    await send(garbage.slice());
    await takeIn(winnow, wanted);
    const [letter] = await eventually("the dead letter", async () => {
      const letters = await rows<{ key: string; bytes: number }>("select * from dead_letters where bytes = ?", 28);
      return letters.length > 0 ? letters : undefined;
    });
    const object = await (await winnow.bucket()).get(letter?.key ?? "");
    expect(Buffer.from((await object?.arrayBuffer()) ?? [])).toEqual(Buffer.from(garbage));
    const health = (await (await api(winnow, "/v1/health")).json()) as { deadLetters: number };
    expect(health.deadLetters).toBe((await rows("select 1 from dead_letters")).length);
  });

  test("what fails five times is a dead letter, whole, and what came with it is taken in", async () => {
    const db = await winnow.db();
    const [bad, ...good] = wantedOf("poison", 4);
    if (bad === undefined) throw new Error("none");
    await db
      .prepare(
        `create trigger poison before insert on exchanges when new.id = '${idOf(bad)}' begin select raise(abort, 'poison'); end`,
      )
      .run();
    await sendCaptures(winnow, [bad, ...good]);
    const message = packCapture(captureOf(bad));
    const letter = await eventually("the dead letter", async () => {
      const [row] = await rows<{ key: string }>("select key from dead_letters where bytes = ?", message.byteLength);
      return row;
    });
    await db.prepare("drop trigger poison").run();
    const object = await (await winnow.bucket()).get(letter.key);
    expect(Buffer.from((await object?.arrayBuffer()) ?? [])).toEqual(Buffer.from(message));
    for (const one of good) expect(await detailOf(winnow, idOf(one))).toMatchObject({ flags: [] });
    expect(await rows("select 1 from exchanges where id = ?", idOf(bad))).toEqual([]);
  }, 60_000);
});

describe("spill/", () => {
  async function spill(wanted: Wanted): Promise<string> {
    const key = `spill/${idOf(wanted)}`;
    await (await winnow.bucket()).put(key, packCapture(captureOf(wanted)));
    return key;
  }

  test("is where a pointer leads; the object goes when its exchange has a row", async () => {
    const wanted = { name: "pointed at", atMs: AT_MS };
    const key = await spill(wanted);
    await send(packPointer(key));
    await eventually("the row", async () => detailOf(winnow, idOf(wanted)).catch(() => undefined));
    await eventually("an empty place", async () =>
      (await (await winnow.bucket()).head(key)) === null ? true : undefined,
    );
  });

  test("without a pointer is swept, when it is old enough and not before, and once", async () => {
    const wanted = { name: "left behind", atMs: AT_MS };
    const key = await spill(wanted);
    await winnow.scheduled("ingest");
    expect(await (await winnow.bucket()).head(key)).not.toBeNull();
    const later = new Date(Date.now() + 10 * 60_000);
    await Promise.all([winnow.scheduled("ingest", undefined, later), winnow.scheduled("ingest", undefined, later)]);
    expect(await detailOf(winnow, idOf(wanted))).toMatchObject({ flags: [] });
    expect(await (await winnow.bucket()).head(key)).toBeNull();
    await send(packPointer(key)); // the pointer comes after all
    await takeIn(winnow, wantedOf("after the pointer", 1));
    expect(await rows("select 1 from exchanges where id = ?", idOf(wanted))).toHaveLength(1);
  });
});

/** R2 first, then D1, then ack: whichever fails, all is done again, and nothing is lost or counted twice. */
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packCapture } from "../../shared/capture/envelope.ts";
import type { ExchangeRecord } from "../../shared/core/exchange.ts";
import { eventually } from "../local/launch-stubs.ts";
import { captureOf, idOf, sendCaptures, type Wanted } from "../whole-way/captures.ts";
import { type LaunchedIngest, launchIngest, recordsIn, thumbOf, wantedOf } from "./launched-ingest.ts";

const R2_IS_ILL = "r2-is-ill";
const JUNE_MS = Date.UTC(2026, 5, 1, 12);
const JULY_MS = Date.UTC(2026, 6, 1, 12);
const AUGUST_MS = Date.UTC(2026, 7, 1, 12);
const SEPTEMBER_MS = Date.UTC(2026, 8, 1, 12);

let ingest: LaunchedIngest;

beforeAll(async () => {
  const entries = { ingest: join(import.meta.dirname, "ill-r2-ingest.ts") };
  ingest = await launchIngest({ entries, vars: { R2_ILL_WHILE: R2_IS_ILL } });
});
afterAll(() => ingest?.stop());

function callsOf(day: string): Promise<{ calls: number }[]> {
  return ingest.rows<{ calls: number }>("select calls from spending where day = ?", day);
}

async function idsWithRow(wanted: readonly Wanted[]): Promise<string[]> {
  const sql = "select id from exchanges where id in (select value from json_each(?)) order by id";
  const rows = await ingest.rows<{ id: string }>(sql, JSON.stringify(wanted.map(idOf)));
  return rows.map(({ id }) => id);
}

/** D1 refuses what is said of this exchange in the table, and with it whatever is inserted along with it. */
async function makeD1Refuse(
  wanted: Wanted,
  options: { in: "exchanges" | "feedback"; reason: string },
): Promise<{ stop: () => Promise<unknown> }> {
  const name = `refuse_${options.reason.replaceAll(" ", "_")}`;
  const column = options.in === "exchanges" ? "id" : "exchange_id";
  const then = `begin select raise(abort, '${options.reason}'); end`;
  await ingest.rows(
    `create trigger ${name} before insert on ${options.in} when new.${column} = '${idOf(wanted)}' ${then}`,
  );
  return { stop: () => ingest.rows(`drop trigger ${name}`) };
}

function hears(text: string): Promise<string> {
  return eventually(`the log to say ${text}`, async () => ingest.lines.find((line) => line.includes(text)));
}

test("while R2 fails there is no row that would lead nowhere, and afterwards all are there", async () => {
  const wanted = wantedOf("R2", 5, JUNE_MS);
  const bucket = await ingest.winnow.bucket();
  await bucket.put(R2_IS_ILL, "");
  await sendCaptures(ingest.winnow, wanted);
  await hears("R2 is ill");
  expect(await idsWithRow(wanted)).toEqual([]);
  await bucket.delete(R2_IS_ILL);
  for (const one of wanted) expect((await ingest.detail(one)).response).toMatchObject({ id: `chatcmpl-${one.name}` });
  expect(await callsOf("2026-06-01")).toEqual([{ calls: 5 }]);
});

describe.concurrent("D1", () => {
  test("that fails when R2 has the segment gets the rows later, each once", async () => {
    const wanted = wantedOf("D1", 5, JULY_MS);
    const refusal = await makeD1Refuse(wanted[2] as Wanted, { in: "exchanges", reason: "D1 is ill" });
    await sendCaptures(ingest.winnow, wanted);
    await hears("D1 is ill");
    const kept = (await ingest.objects("segments/")).flatMap(({ bytes }) => recordsIn(bytes)) as ExchangeRecord[];
    expect(new Set(kept.map(({ id }) => id)), "R2 comes first").toContain(idOf(wanted[2] as Wanted));
    expect(await idsWithRow(wanted.slice(2, 3))).toEqual([]);
    await refusal.stop();
    for (const one of wanted) expect((await ingest.detail(one)).response).toMatchObject({ id: `chatcmpl-${one.name}` });
    expect(await idsWithRow(wanted)).toEqual(wanted.map(idOf));
    expect(await callsOf("2026-07-01")).toEqual([{ calls: 5 }]);
  });

  test("that fails between an exchange and the feedback beside it gets the feedback later, and the exchange once", async () => {
    const [wanted] = wantedOf("halfway", 1, SEPTEMBER_MS) as [Wanted];
    const refusal = await makeD1Refuse(wanted, { in: "feedback", reason: "no feedback now" });
    await sendCaptures(ingest.winnow, [wanted]);
    await ingest.send([thumbOf(wanted, { value: "up", afterMs: 1 })]);
    await hears("no feedback now");
    expect(await idsWithRow([wanted])).toEqual([idOf(wanted)]);
    expect((await ingest.detail(wanted)).feedback).toEqual([]);
    await refusal.stop();
    await eventually("the feedback", async () => (await ingest.detail(wanted)).feedback[0]);
    expect(await idsWithRow([wanted])).toEqual([idOf(wanted)]);
    expect(await callsOf("2026-09-01")).toEqual([{ calls: 1 }]);
  });

  test("that fails under the sweep leaves the spilled capture for the next one", async () => {
    const wanted: Wanted = { name: "swept", atMs: AUGUST_MS };
    const key = `spill/${idOf(wanted)}`;
    const bucket = await ingest.winnow.bucket();
    await bucket.put(key, packCapture(captureOf(wanted)));
    const refusal = await makeD1Refuse(wanted, { in: "exchanges", reason: "no sweeping now" });
    const later = new Date(Date.now() + 3_600_000);
    await ingest.winnow.scheduled("ingest", undefined, later);
    await hears("no sweeping now");
    expect(await bucket.head(key)).not.toBeNull();
    expect(await idsWithRow([wanted])).toEqual([]);
    await refusal.stop();
    await ingest.winnow.scheduled("ingest", undefined, later);
    expect(await bucket.head(key)).toBeNull();
    expect(await idsWithRow([wanted])).toEqual([idOf(wanted)]);
    expect(await callsOf("2026-08-01")).toEqual([{ calls: 1 }]);
  });
});

/** D1 again from R2 alone: the same rows, field by field. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { callOf, dayBefore, live, UP } from "../night/nights.ts";
import { api, idOf, SECRET } from "../whole-way/captures.ts";

const DAY = dayBefore(30);

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
});
afterAll(() => winnow?.stop());

async function rowsOf(table: string): Promise<Record<string, unknown>[]> {
  const db = await winnow.db();
  return (await db.prepare(`select * from ${table} order by 1, 2, 3, 4`).all()).results;
}

interface Part {
  segments: number;
  missing: number;
  moved: number;
  orphanRows: string[];
  orphanSegments: string[];
  cursor: string | null;
}

async function rebuild(body: object): Promise<Part[]> {
  const parts: Part[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const response = await api(winnow, "/v1/admin/rebuild", {
      method: "POST",
      body: JSON.stringify({ ...body, cursor }),
    });
    expect(response.status).toBe(200);
    const part = (await response.json()) as Part;
    parts.push(part);
    ({ cursor } = part);
  }
  return parts;
}

const sum = (parts: readonly Part[], field: "segments" | "missing" | "moved") =>
  parts.reduce((total, part) => total + part[field], 0);

test("rows of exchanges and feedback come back as they were, twice too; what was erased does not", async () => {
  const said = [UP, { kind: "correction", text: "mended" }];
  const calls = Array.from({ length: 12 }, (_, at) =>
    callOf({ task: "rebuilt", dayMs: DAY, at, said: at % 3 === 0 ? said : [] }),
  );
  await live(winnow, calls);
  const gone = idOf(calls[3] ?? callOf({ task: "", dayMs: 0, at: 0 }));
  expect((await api(winnow, `/v1/exchanges/${gone}`, { method: "DELETE" })).status).toBe(200);
  const [exchanges, feedback] = [await rowsOf("exchanges"), await rowsOf("feedback")];
  expect(exchanges).toHaveLength(11);
  expect(feedback).toHaveLength(6);
  expect(sum(await rebuild({ dryRun: true }), "missing")).toBe(0);

  const db = await winnow.db();
  await db.batch(["exchanges", "feedback", "spending"].map((table) => db.prepare(`delete from ${table}`)));
  const dry = await rebuild({ dryRun: true });
  expect([sum(dry, "missing"), await rowsOf("exchanges")]).toEqual([11, []]);
  expect(sum(await rebuild({}), "missing")).toBe(11);
  expect(await rowsOf("exchanges")).toEqual(exchanges);
  expect(await rowsOf("feedback")).toEqual(feedback);
  expect(sum(await rebuild({}), "missing")).toBe(0);
  expect(await rowsOf("exchanges")).toEqual(exchanges);
});

test("rows without their record, and segments without their rows, are told of", async () => {
  const db = await winnow.db();
  const [row] = await rowsOf("exchanges");
  await db.prepare("update exchanges set segment_offset = segment_offset + 7 where id = ?").bind(row?.id).run();
  const parts = await rebuild({ dryRun: true });
  expect(parts.flatMap(({ orphanRows }) => orphanRows)).toEqual([row?.id]);
  await db.prepare("update exchanges set segment = 'elsewhere' where segment = ?").bind(row?.segment).run();
  const lost = await rebuild({ dryRun: true });
  expect(lost.flatMap(({ orphanSegments }) => orphanSegments)).toEqual([row?.segment]);
  expect(lost.flatMap(({ orphanRows }) => orphanRows)).toContain(row?.id);
});

test("a database that was set back leads to records that have moved since; rows of what was erased since are told of", async () => {
  await rebuild({}); // what the test before has done
  const db = await winnow.db();
  const before = await rowsOf("exchanges");
  const [gone, ...others] = before.filter(({ segment }) => segment === before[0]?.segment);
  expect(others.length).toBeGreaterThan(0);
  expect((await api(winnow, `/v1/exchanges/${String(gone?.id)}`, { method: "DELETE" })).status).toBe(200);
  const now = await rowsOf("exchanges"); // the segment was written anew
  expect(now.map(({ segment }) => segment)).not.toContain(gone?.segment);
  const columns = Object.keys(gone ?? {});
  const insert = `insert or replace into exchanges (${columns.map((name) => `"${name}"`).join(", ")}) values (${columns.map(() => "?").join(", ")})`;
  const back = (row: Record<string, unknown>) => db.prepare(insert).bind(...columns.map((name) => row[name]));
  await db.batch([...before.map(back), db.prepare("delete from erased"), db.prepare("delete from erasures")]);

  const parts = await rebuild({});
  expect([sum(parts, "missing"), sum(parts, "moved")]).toEqual([0, others.length]);
  expect(parts.flatMap(({ orphanRows }) => orphanRows)).toEqual([gone?.id]);
  expect((await api(winnow, `/v1/exchanges/${String(gone?.id)}`, { method: "DELETE" })).status).toBe(200);
  expect(await rowsOf("exchanges")).toEqual(now);
  const after = await rebuild({ dryRun: true });
  expect([sum(after, "moved"), after.flatMap(({ orphanRows }) => orphanRows)]).toEqual([0, []]);
});

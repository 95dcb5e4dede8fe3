/** What D1 bills: going through a window page by page reads each of its rows once, whichever way. */
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ExchangeRow, listExchanges } from "../../shared/store/exchanges.ts";
import { listTurns } from "../../shared/store/turns.ts";
import { listSampled } from "../../shared/store/windows.ts";
import { applyMigrations } from "../../workers/local/apply-migrations.ts";
import { ROOT } from "../house/source-files.ts";

const ROWS = 25_000; // more than two pages of turns
const PAGE = 500;
const FROM_MS = Date.UTC(2026, 10, 1);
const WINDOW = { app: "demo", task: null, fromMs: FROM_MS, toMs: FROM_MS + ROWS };
const LISTED = 5_000;
const LIST = { app: "demo", fromMs: FROM_MS, toMs: FROM_MS + LISTED };

let miniflare: Miniflare;
let d1: D1Database;
let rowsRead = 0;

beforeAll(async () => {
  miniflare = new Miniflare(
    convertV4MiniflareOptions({ modules: true, script: "export default {}", d1Databases: ["DB"] }),
  );
  const real = await miniflare.getD1Database("DB");
  await applyMigrations(real, join(ROOT, "migrations"));
  await real
    .prepare(`with recursive n(at) as (select 0 union all select at + 1 from n where at + 1 < ${ROWS})
      insert into exchanges (id, app, task, provider, format, capture, status, outcome, streamed, usage_estimated, first_byte_ms,
        duration_ms, flags, segment, segment_offset, segment_length)
      select substr(hex, 1, 8) || '-' || substr(hex, 9) || '-7000-8000-000000000000', 'demo', 'a', 'openai', 'openai', 'full', 200,
        'complete', 0, 0, 1, 2, '', 'segment', 0, 1
      from (select printf('%012x', ${FROM_MS} + at) as hex from n)`)
    .run();
  d1 = counting(real);
});
afterAll(() => miniflare?.dispose());

/** drizzle reads `raw` answers, which don't say what they cost: each is asked once more in the form that does. */
function counting(real: D1Database): D1Database {
  const bound = (statement: D1PreparedStatement): object => ({
    bind: (...values: unknown[]) => bound(statement.bind(...values)),
    raw: async () => {
      rowsRead += (await statement.all()).meta.rows_read;
      return statement.raw();
    },
  });
  return { prepare: (sql: string) => bound(real.prepare(sql)) } as unknown as D1Database;
}

/** @returns ids in the order in which they came */
async function gone(read: (afterId: string | undefined) => Promise<Pick<ExchangeRow, "id">[]>): Promise<string[]> {
  rowsRead = 0;
  const ids: string[] = [];
  for (;;) {
    const page = await read(ids.at(-1));
    ids.push(...page.map(({ id }) => id));
    if (page.length < PAGE) return ids;
  }
}

/** A page looks at one row more than it has. */
function expectEachReadOnce(ids: readonly string[], rows: number, order: "ascending" | "descending"): void {
  expect(new Set(ids).size).toBe(rows);
  expect(ids).toEqual(order === "ascending" ? ids.toSorted() : ids.toSorted().reverse());
  expect(rowsRead).toBeGreaterThanOrEqual(rows);
  expect(rowsRead).toBeLessThanOrEqual(rows + rows / PAGE + 1);
}

test.each([false, true])("in lists of exchanges (newest first: %s)", async (newestFirst) => {
  const ids = await gone((afterId) => listExchanges(d1, { ...LIST, afterId, newestFirst, rowsMax: PAGE }));
  expectEachReadOnce(ids, LISTED, newestFirst ? "descending" : "ascending");
});

test("where a night draws", async () => {
  const ids = await gone((afterId) => listSampled(d1, { ...LIST, task: null, afterId, rowsMax: PAGE }));
  expectEachReadOnce(ids, LISTED, "ascending");
});

test("where a night finds conversations", async () => {
  rowsRead = 0;
  const turns = await listTurns(d1, WINDOW);
  expectEachReadOnce(
    turns.map(({ id }) => id),
    ROWS,
    "ascending",
  );
});

test.each([false, true])(
  "and an id from outside of the window leads out of it in no list (newest first: %s)",
  async (newestFirst) => {
    const inner = { ...LIST, fromMs: FROM_MS + 100, toMs: FROM_MS + 200, newestFirst, rowsMax: PAGE };
    const all = await listExchanges(d1, inner);
    expect(all).toHaveLength(100);
    const [before, after] = ["00000000-0000-7000-8000-000000000000", "ffffffff-ffff-7fff-bfff-ffffffffffff"];
    expect(await listExchanges(d1, { ...inner, afterId: newestFirst ? after : before })).toEqual(all);
    expect(await listExchanges(d1, { ...inner, afterId: newestFirst ? before : after })).toEqual([]);
  },
);

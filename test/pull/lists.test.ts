/** Lists of batches that are longer than a page, and of which some are held: rows alone, as many as it takes. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeKey } from "../../shared/core/keys.ts";
import { PAGE_ROWS_MAX } from "../../shared/core/limits.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { api, SECRET, SIGNER } from "../whole-way/captures.ts";

const APP = "library";
const KEY = await makeKey({ app: APP, keyId: "k1", scopes: ["pull"] }, SIGNER);
/** Two pages and one batch. Every third is of task poems; the last two are held. */
const IDS = Array.from({ length: 2 * PAGE_ROWS_MAX + 1 }, (_, at) => `batch-${String(at).padStart(3, "0")}`);
const HELD = IDS.slice(-2);
const POEMS = IDS.filter((_, at) => at % 3 === 0);

const INSERT = `insert into batches (id, run, app, task, status, created_at_ms, counts, sha256)
  select value ->> 'id', 'run', '${APP}', value ->> 'task', value ->> 'status', value ->> 'createdAtMs', '{}', '0'
  from json_each(?)`;

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  const db = await winnow.db();
  await db
    .prepare(INSERT)
    .bind(JSON.stringify(IDS.map(rowOf)))
    .run();
});
afterAll(() => winnow?.stop());

function rowOf(id: string) {
  const task = POEMS.includes(id) ? "poems" : "mail";
  const status = HELD.includes(id) ? "held" : "ready";
  return { id, task, status, createdAtMs: Date.UTC(2026, 0, 1) }; // the order is that of publication alone
}

interface List {
  batches: { id: string; status: string }[];
  next: string | null;
}

async function list(query: string): Promise<List> {
  const response = await api(winnow, `/v1/batches?${query}`, { key: KEY });
  return (await response.json()) as List;
}

/** As a nightly pull does: on and on from `next`, until nothing is new. */
async function pages(filter: string): Promise<string[][]> {
  const seen: string[][] = [];
  for (let since = ""; seen.length < 9; ) {
    const { batches, next } = await list(`${filter}${since && `&since=${since}`}`);
    if (batches.length === 0) break;
    seen.push(batches.map(({ id }) => id));
    since = next ?? "";
  }
  return seen;
}

test("a list comes in pages that lack none and repeat none", async () => {
  const seen = await pages("");
  expect(seen.map(({ length }) => length)).toEqual([PAGE_ROWS_MAX, PAGE_ROWS_MAX, 1]);
  expect(seen.flat()).toEqual(IDS);
});

test("a filter goes along through the pages", async () => {
  expect((await pages("task=poems")).flat()).toEqual(POEMS);
  expect((await pages("status=ready&task=poems")).flat()).toEqual(POEMS.filter((id) => !HELD.includes(id)));
});

test("what is held is listed as such, and asked for alone where somebody wants to look", async () => {
  const { batches } = await list(`since=${IDS.at(-3)}`);
  expect(batches.map(({ id, status }) => [id, status])).toEqual(HELD.map((id) => [id, "held"]));
  expect((await pages("status=held")).flat()).toEqual(HELD);
});

test("a held batch that is released after it was listed takes nobody past the batches behind it", async () => {
  const [held, other] = HELD;
  const { next } = await list(`status=held&since=${IDS.at(-3)}`);
  const upTo = next?.replace(`${other}~`, "") ?? "";
  const seen = `${held}~${Number(upTo) - 1}`; // as the list ended before the other one was there
  const db = await winnow.db();
  await db.prepare("update batches set status = 'ready', seq = seq + 2 where id = ?").bind(held).run();
  expect((await list(`since=${seen}`)).batches.map(({ id }) => id)).toEqual([other, held]);
  expect((await list(`since=${next}`)).batches.map(({ id }) => id)).toEqual([held]);
  expect((await list(`since=${held}`)).batches).toEqual([]);
  await db.prepare("update batches set status = 'held', seq = seq - 2 where id = ?").bind(held).run();
});

test("the newest is the newest that is ready, unless a held one is asked for", async () => {
  const newest = async (query: string) => {
    const response = await api(winnow, `/v1/batches/latest${query}`, { key: KEY, redirect: "manual" });
    return [response.status, response.headers.get("location")];
  };
  expect(await newest("")).toEqual([302, `/v1/batches/${IDS.at(-3)}`]);
  expect(await newest("?status=held")).toEqual([302, `/v1/batches/${IDS.at(-1)}`]);
  expect(await newest("?task=poems")).toEqual([302, `/v1/batches/${POEMS.findLast((id) => !HELD.includes(id))}`]);
});

test("a batch that is listed but not in storage is told as missing, and where to look", async () => {
  for (const path of ["", "/files/sft"]) {
    const response = await api(winnow, `/v1/batches/${IDS[0]}${path}`, { key: KEY });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { code: "not_found", message: expect.stringMatching(/batch-000.*not in storage.*\/v1\/health/) },
    });
  }
});

/**
 * How long each page of the console takes on 100,000 exchanges of 30 days, an eighth of them spoken of, and how large it is:
 *
 *     node test/console/page-times.ts
 *
 * The rows are copies of some real ones with ids of their own, so that pages read as much as they would.
 */
import type { Winnow } from "../../workers/local/launch.ts";
import { KEY } from "../whole-way/captures.ts";
import { idOf, launchSeeded } from "./seeded-winnow.ts";
import { visit } from "./visitor.ts";

const EXCHANGES = 100_000;
const DAY_MS = 24 * 3_600_000;
const AGE_MS = 30 * DAY_MS;
/** D1's longest statement would be too much at once. */
const ROWS_A_STATEMENT = 5_000;
const TIMES = 3;

const { winnow, batches, mail } = await launchSeeded();
try {
  await multiply(winnow);
  const visitor = await visit(winnow, KEY);
  const exchange = mail[0] === undefined ? "" : idOf(mail[0]);
  const lists = ["/console?range=24h", "/console?range=30d", "/console/exchanges", "/console/exchanges?verdict=bad"];
  const works = ["/console/review", "/console/readiness", "/console/readiness?task=mail", "/console/batches"];
  const single = [`/console/batches/${batches[0]}`, `/console/exchanges/${exchange}`];
  for (const path of [...lists, ...works, ...single, "/console/settings", "/console/audit"]) {
    const times: number[] = [];
    let bytes = 0;
    for (let time = 0; time < TIMES; time++) {
      const fromMs = performance.now();
      const answer = await visitor.get(path);
      bytes = (await answer.arrayBuffer()).byteLength;
      times.push(performance.now() - fromMs);
      if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
    }
    const [first = 0] = times;
    const best = Math.min(...times);
    console.log(
      `${path.padEnd(64)} first ${first.toFixed(0).padStart(5)} ms  best ${best.toFixed(0).padStart(5)} ms  ${bytes} B`,
    );
  }
} finally {
  await winnow.stop();
}

async function multiply(winnow: Winnow): Promise<void> {
  const db = await winnow.db();
  const columns = (
    await db.prepare("select name from pragma_table_info('exchanges') where name <> 'id'").all<{ name: string }>()
  ).results
    .map(({ name }) => `"${name}"`)
    .join(", ");
  const nowMs = Date.now();
  for (let from = 0; from < EXCHANGES; from += ROWS_A_STATEMENT) {
    // the time of an id is its first 12 hex digits
    const sql = `with recursive n(at) as (select ?1 union all select at + 1 from n where at + 1 < ?1 + ?2)
      insert into exchanges (id, ${columns})
      select substr(hex, 1, 8) || '-' || substr(hex, 9, 4) || '-7' || substr(rest, 1, 3) || '-8' || substr(rest, 4, 3) || '-' || substr(rest, 7, 12), ${columns}
      from (select at, printf('%012x', ?3 - (at * ?4) / ?5) as hex, lower(hex(randomblob(9))) as rest from n)
      join (select *, row_number() over (order by id) - 1 as place from exchanges
        where id in (select value from json_each(?6))) on place = at % json_array_length(?6)`;
    await db
      .prepare(sql)
      .bind(from, ROWS_A_STATEMENT, nowMs, AGE_MS, EXCHANGES, JSON.stringify(mail.map(idOf)))
      .run();
  }
  const said = `insert into feedback (exchange_id, kind, name, actor, app, value, text, at_ms, event_id)
    select id, 'thumb', '', 'u' || substr(id, 34), '', case when substr(id, 35) < '60' then '"down"' else '"up"' end, null, ?1, id
    from exchanges where substr(id, 34, 1) in ('0', '1') on conflict do nothing`;
  await db.prepare(said).bind(nowMs).run();
  const spent = `insert into spending (day, app, calls, input_tokens, output_tokens, cost_usd_micros)
    select date(?1 / 1000, 'unixepoch', '-' || value || ' days'), 'demo', ?2, 0, 0, 0 from json_each(?3)
    where true on conflict do update set calls = calls + excluded.calls`;
  const days = Array.from({ length: AGE_MS / DAY_MS }, (_, day) => day);
  await db
    .prepare(spent)
    .bind(nowMs, EXCHANGES / days.length, JSON.stringify(days))
    .run();
  const count = await db
    .prepare("select (select count(*) from exchanges) as calls, (select count(*) from feedback) as said")
    .first();
  console.log(JSON.stringify(count));
}

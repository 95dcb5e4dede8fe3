/**
 * How long readiness takes where there is much to read: `node test/readiness/measure-route.ts [rows]`. Calls of one task over
 * 30 days, of which one in fifty has a thumb; without bodies, so what R2 takes is not in it.
 */
import { launch } from "../../workers/local/launch.ts";
import { api, SECRET } from "../whole-way/captures.ts";

const DAYS = 30;
const DAY_MS = 24 * 3_600_000;
const TRIES = 5;
const rows = Number(process.argv[2] ?? 200_000);

const CALLS = `with recursive n(i) as (select ?1 union all select i + 1 from n where i + 1 < ?2)
 insert into exchanges (id, app, task, template, provider, format, model, capture, status, outcome, streamed, input_tokens,
   cached_input_tokens, output_tokens, usage_estimated, cost_usd_micros, first_byte_ms, duration_ms, flags, segment,
   segment_offset, segment_length)
 select substr(hex, 1, 8) || '-' || substr(hex, 9) || '-7000-8000-' || printf('%012x', i), 'demo', 'busy', 'a', 'openai', 'openai',
   'gpt-4o-mini', 'full', 200, 'complete', 0, 1000, 0, 100, 0, 20, 1, 2, '', 'segment', 0, 1
 from (select i, printf('%012x', ?3 + i * ?4) as hex from n)`;
const THUMBS = `insert into feedback (exchange_id, kind, name, actor, app, value, at_ms, event_id)
 select id, 'thumb', '', '', '', '"up"', 0, id from exchanges where app = 'demo' and substr(id, -2) in ('00', '33', '66', '99', 'cc')`;
const SPEND = `insert into spending (day, app, calls, input_tokens, output_tokens, cost_usd_micros) values (?, 'demo', ?, 0, 0, 0)`;

const winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
try {
  const db = await winnow.db();
  const fromMs = Date.now() - (DAYS - 1) * DAY_MS;
  const stepMs = Math.floor(((DAYS - 1) * DAY_MS) / rows);
  for (let at = 0; at < rows; at += 50_000) {
    await db
      .prepare(CALLS)
      .bind(at, Math.min(rows, at + 50_000), fromMs, stepMs)
      .run();
  }
  await db.prepare(THUMBS).run();
  await db.prepare(SPEND).bind(new Date(fromMs).toISOString().slice(0, 10), rows).run();
  const times: number[] = [];
  for (let at = 0; at < TRIES; at++) {
    const startMs = performance.now();
    const response = await api(winnow, "/v1/tasks/busy/readiness");
    const { facts } = (await response.json()) as {
      facts: { calls: number; readShare: number; labels: { labelled: number } };
    };
    times.push(performance.now() - startMs);
    if (at === 0)
      console.log(`${facts.calls} calls, ${facts.labels.labelled} labelled, ${100 * facts.readShare}% read`);
  }
  times.sort((a, b) => a - b);
  console.log(
    `median ${times[Math.floor(TRIES / 2)]?.toFixed(0)} ms, slowest ${times.at(-1)?.toFixed(0)} ms, ${TRIES} tries`,
  );
} finally {
  await winnow.stop();
}

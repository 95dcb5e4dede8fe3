/** The list of batches, newest first. */
import type { Hono } from "hono";
import { EXAMPLE_FILES } from "../../../shared/core/example.ts";
import type { BatchRow } from "../../../shared/store/batches.ts";
import type { PagesContext } from "../session.ts";
import { newestBatches } from "./batch-data.ts";
import { count, cut, time } from "./figures.ts";
import { showPage } from "./frame.tsx";
import { needs, sessionOf } from "./guard.tsx";
import { columnsOf, Table } from "./table.tsx";

const ROWS_MAX = 50;
const STATUSES = ["ready", "held"] as const;

interface Query {
  task: string | undefined;
  status: (typeof STATUSES)[number] | undefined;
}

export function batchList(routes: Hono<PagesContext>): void {
  routes.get("/batches", needs("viewer"), async (c) => {
    const { app } = sessionOf(c);
    const status = STATUSES.find((one) => one === c.req.query("status"));
    const query: Query = { task: c.req.query("task") || undefined, status };
    const before = Number(c.req.query("before"));
    const beforeSeq = Number.isSafeInteger(before) && before > 0 ? before : undefined;
    const rows = await newestBatches(c.env.DB, { app, ...query, beforeSeq, rowsMax: ROWS_MAX });
    return showPage(c, {
      title: "Batches",
      children: (
        <>
          <h1>Batches</h1>
          <Filters query={query} />
          {rows.length === 0 ? <Nothing query={query} /> : <Rows rows={rows} />}
          {rows.length === ROWS_MAX && <Older query={query} last={rows.at(-1)} />}
        </>
      ),
    });
  });
}

function Filters({ query }: { query: Query }) {
  return (
    <form class="card row" method="get" action="/console/batches" aria-label="Filter batches">
      <div>
        <label for="task">Task</label>
        <input id="task" name="task" value={query.task} maxlength={128} />
      </div>
      <div>
        <label for="status">Status</label>
        <select id="status" name="status">
          <option value="">all</option>
          {STATUSES.map((status) => (
            <option value={status} selected={status === query.status}>
              {status}
            </option>
          ))}
        </select>
      </div>
      <button type="submit">Filter</button>
    </form>
  );
}

function Rows({ rows }: { rows: readonly BatchRow[] }) {
  const files = EXAMPLE_FILES.map((file) => `#${file}`);
  return (
    <Table label="Batches" columns={columnsOf("Published (UTC)", "Task", "Status", ...files, "Batch")} stacks>
      {rows.map((row) => (
        <tr>
          <th scope="row" class="nowrap">
            <a href={`/console/batches/${row.id}`}>{time(row.createdAtMs)}</a>
          </th>
          <td>
            <bdi>{cut(row.task ?? "all", 60)}</bdi>
          </td>
          <td>
            <span class={`tag ${row.status}`}>{row.status}</span>
          </td>
          {EXAMPLE_FILES.map((file) => (
            <td class="num" data-label={file}>
              {count(row.counts[file] ?? 0)}
            </td>
          ))}
          <td class="mono">{row.id}</td>
        </tr>
      ))}
    </Table>
  );
}

function Nothing({ query }: { query: Query }) {
  const isFiltered = query.task !== undefined || query.status !== undefined;
  return (
    <section class="card">
      <h2>{isFiltered ? "No such batch" : "No batches yet"}</h2>
      {isFiltered ? (
        <p>
          <a href="/console/batches">Show all batches</a>
        </p>
      ) : (
        <p>
          A batch comes of every night, from the calls whose feedback had a day to come in. <code>POST /v1/runs</code>{" "}
          makes one now.
        </p>
      )}
    </section>
  );
}

function Older({ query, last }: { query: Query; last: BatchRow | undefined }) {
  const kept = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const params = new URLSearchParams([...kept, ["before", String(last?.seq ?? 0)]]);
  return (
    <p class="pages">
      <a class="button plain" rel="next" href={`/console/batches?${params}`}>
        Older batches
      </a>
    </p>
  );
}

/** The list of exchanges: filters as a form, pages as links, newest first. */
import type { Hono } from "hono";
import { idTimeMs } from "../../../shared/core/ids.ts";
import { listTasks } from "../../../shared/store/exchanges.ts";
import { VERDICT_CLASSES } from "../../../shared/verdict/verdict.ts";
import { signerOf } from "../authorise.ts";
import type { PagesContext } from "../session.ts";
import { FEEDBACK_CHOICES, listPath, type Query, readFilters, wantedOf } from "./exchange-query.ts";
import { count, counted, cut, dollars, duration, percent, time } from "./figures.ts";
import { type Found, type FoundRow, findExchanges } from "./find-exchanges.ts";
import { showPage } from "./frame.tsx";
import { needs, sessionOf } from "./guard.tsx";
import { columnsOf, Table } from "./table.tsx";

const DAY_MS = 24 * 3_600_000;
/** Tasks that the filter offers are those of so long. */
const TASKS_AGE_MS = 7 * DAY_MS;
const TASKS_MAX = 100;

export function exchangeList(routes: Hono<PagesContext>): void {
  routes.get("/exchanges", needs("viewer"), async (c) => {
    const { app } = sessionOf(c);
    const nowMs = Date.now();
    const query = readFilters(c.req.query());
    const { wanted, problems } = await wantedOf(query, { app, nowMs, signer: signerOf(c.env) });
    const [found, tasks] = await Promise.all([
      findExchanges({ d1: c.env.DB, bucket: c.env.STORE }, wanted),
      listTasks(c.env.DB, { app, sinceMs: nowMs - TASKS_AGE_MS }),
    ]);
    const names = tasks.toSorted((a, b) => b.exchanges - a.exchanges).slice(0, TASKS_MAX);
    return showPage(c, {
      title: "Exchanges",
      children: (
        <>
          <h1>Exchanges</h1>
          <Filters query={query} tasks={names.map(({ task }) => task)} />
          {problems.map((problem) => (
            <p class="problem" role="alert">
              {problem}
            </p>
          ))}
          <Results found={found} query={query} />
        </>
      ),
    });
  });
}

function Filters({ query, tasks }: { query: Query; tasks: readonly string[] }) {
  return (
    <form class="card row" method="get" action="/console/exchanges" aria-label="Filter exchanges">
      <div>
        <label for="task">Task</label>
        <input id="task" name="task" value={query.task} list="tasks" maxlength={128} />
        <datalist id="tasks">
          {tasks.map((task) => (
            <option value={task} />
          ))}
        </datalist>
      </div>
      <TextFilter name="model" label="Model" query={query} />
      <TextFilter name="user" label="User" query={query} />
      <Choice name="verdict" label="Verdict" choices={VERDICT_CLASSES} value={query.verdict} />
      <Choice name="feedback" label="Feedback" choices={FEEDBACK_CHOICES} value={query.feedback} />
      <TextFilter name="text" label="Words" query={query} />
      <TimeFilter name="since" label="From (UTC)" value={query.since} />
      <TimeFilter name="until" label="To (UTC)" value={query.until} />
      {query.session !== undefined && <TextFilter name="session" label="Session" query={query} />}
      <button type="submit">Filter</button>
      <a class="button plain" href="/console/exchanges">
        Clear
      </a>
    </form>
  );
}

function TextFilter({
  name,
  label,
  query,
}: {
  name: "model" | "user" | "text" | "session";
  label: string;
  query: Query;
}) {
  return (
    <div>
      <label for={name}>{label}</label>
      <input id={name} name={name} value={query[name]} maxlength={300} />
    </div>
  );
}

function TimeFilter({ name, label, value }: { name: string; label: string; value: string | undefined }) {
  return (
    <div>
      <label for={name}>{label}</label>
      <input id={name} name={name} type="datetime-local" value={value} />
    </div>
  );
}

function Choice(props: { name: string; label: string; choices: readonly string[]; value: string | undefined }) {
  const { name, label, choices, value } = props;
  return (
    <div>
      <label for={name}>{label}</label>
      <select id={name} name={name}>
        <option value="">all</option>
        {choices.map((choice) => (
          <option value={choice} selected={choice === value}>
            {choice}
          </option>
        ))}
      </select>
    </div>
  );
}

function Results({ found, query }: { found: Found; query: Query }) {
  const { rows, looked, next } = found;
  if (looked === undefined) return <Nothing query={query} />;
  const span = `${time(looked.oldestMs)} to ${time(looked.newestMs)} UTC`;
  return (
    <>
      <p class="muted" role="status">
        {counted(rows.length, "exchange")} of {count(looked.rows)} looked at, from {span}.
        {next !== undefined && rows.length === 0 && " None of these fit; older ones were not looked at yet."}
      </p>
      {rows.length > 0 && <Rows rows={rows} />}
      {next !== undefined && (
        <p class="pages">
          <a class="button plain" rel="next" href={listPath({ ...query, after: next })}>
            Look further back
          </a>
        </p>
      )}
    </>
  );
}

function Nothing({ query }: { query: Query }) {
  const isFiltered = Object.keys(query).length > 0;
  return (
    <section class="card">
      <h2>{isFiltered ? "Nothing here" : "No exchanges yet"}</h2>
      {isFiltered ? (
        <p>No exchange of this app lies in this time and task. Widen the time, or clear the filters.</p>
      ) : (
        <p>
          An exchange shows up some seconds after its call. <a href="/console">The overview</a> has the first three
          steps.
        </p>
      )}
    </section>
  );
}

const COLUMNS = columnsOf(
  "Time (UTC)",
  "Asked",
  "Task",
  "Model",
  "Verdict",
  "Feedback",
  "#Tokens in, out",
  "#Cost",
  "#First byte",
  "#Whole",
);

function Rows({ rows }: { rows: readonly FoundRow[] }) {
  return (
    <Table label="Exchanges" columns={COLUMNS} stacks>
      {rows.map((found) => (
        <Row found={found} />
      ))}
    </Table>
  );
}

function Row({ found }: { found: FoundRow }) {
  const { row, excerpt } = found;
  const isFailed = row.status >= 400 || row.status === 0;
  return (
    <tr>
      <th scope="row" class="nowrap">
        <a href={`/console/exchanges/${row.id}`}>{time(idTimeMs(row.id)).slice(0, 19)}</a>
      </th>
      <td class="asked">
        <bdi>{excerpt === "" ? "–" : excerpt}</bdi>
        {isFailed && <span class="tag error">{row.status === 0 ? "no answer" : row.status}</span>}
      </td>
      <td>
        <bdi>{cut(row.task, 40)}</bdi>
      </td>
      <td>
        <bdi>{cut(row.model ?? "–", 40)}</bdi>
      </td>
      <td class="nowrap">
        <span class={`tag ${found.class}`}>{found.class}</span>
        {found.class !== "none" && ` ${percent(found.pGood)}`}
      </td>
      <td>{found.feedback.join(", ")}</td>
      <td class="num" data-label="Tokens">
        {row.inputTokens === null ? "–" : `${count(row.inputTokens)}, ${count(row.outputTokens ?? 0)}`}
      </td>
      <td class="num" data-label="Cost">
        {dollars(row.costUsdMicros)}
      </td>
      <td class="num" data-label="First byte">
        {duration(row.firstByteMs)}
      </td>
      <td class="num" data-label="Whole">
        {duration(row.durationMs)}
      </td>
    </tr>
  );
}

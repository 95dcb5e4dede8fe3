/** Readiness: of which tasks there is something to ask, and of one the answer, with the user's own assumptions as inputs. */
import type { Hono } from "hono";
import { listTasks } from "../../../shared/store/exchanges.ts";
import { READINESS_DAYS, readReadiness } from "../readiness.ts";
import type { PageContext, PagesContext } from "../session.ts";
import { count, cut } from "./figures.ts";
import { showPage } from "./frame.tsx";
import { needs, sessionOf } from "./guard.tsx";
import { ReadinessAnswer } from "./readiness-answer.tsx";
import { AssumptionsForm, givenIn } from "./readiness-form.tsx";
import { columnsOf, Table } from "./table.tsx";

const DAY_MS = 24 * 3_600_000;
const TASKS_MAX = 200;

export function readinessPage(routes: Hono<PagesContext>): void {
  routes.get("/readiness", needs("viewer"), (c) => {
    const task = c.req.query("task")?.slice(0, 200) ?? "";
    return task === "" ? showTasks(c) : showTask(c, task);
  });
}

async function showTasks(c: PageContext) {
  const sinceMs = Date.now() - READINESS_DAYS * DAY_MS;
  const tasks = await listTasks(c.env.DB, { app: sessionOf(c).app, sinceMs });
  const rows = tasks.toSorted((a, b) => b.exchanges - a.exchanges || (a.task < b.task ? -1 : 1)).slice(0, TASKS_MAX);
  return showPage(c, {
    title: "Readiness",
    children: (
      <>
        <h1>Readiness</h1>
        <p class="hint">
          Should a task be fine-tuned at all, or is there something cheaper to do first? Each answer comes with its
          numbers, what is missing, and for how many days at today's rate.
        </p>
        {rows.length === 0 ? (
          <section class="card">
            <h2>No tasks yet</h2>
            <p>
              A task is there as soon as a call of it is. <a href="/console">The overview</a> has the first three steps.
            </p>
          </section>
        ) : (
          <Table label="Tasks" columns={columnsOf("Task", `#Calls in ${READINESS_DAYS} days`)}>
            {rows.map(({ task, exchanges }) => (
              <tr>
                <th scope="row">
                  <a href={`/console/readiness?${new URLSearchParams({ task })}`}>
                    <bdi>{cut(task, 100)}</bdi>
                  </a>
                </th>
                <td class="num">{count(exchanges)}</td>
              </tr>
            ))}
          </Table>
        )}
      </>
    ),
  });
}

async function showTask(c: PageContext, task: string) {
  const { app } = sessionOf(c);
  const texts = givenIn(c.req.query());
  const read = await readReadiness({ d1: c.env.DB, bucket: c.env.STORE }, { app, task, texts, toMs: Date.now() });
  const status = read.ok ? 200 : read.error.code === "not_found" ? 404 : 400;
  return showPage(c, {
    title: `Readiness of ${cut(task, 60)}`,
    status,
    children: (
      <>
        <p>
          <a href="/console/readiness">Readiness</a>
        </p>
        <h1>
          <bdi>{cut(task, 100)}</bdi>
        </h1>
        {read.ok ? (
          <ReadinessAnswer readiness={read.readiness} />
        ) : (
          <p class="problem" role="alert">
            <bdi>{cut(read.error.message, 400)}</bdi>
          </p>
        )}
        <AssumptionsForm task={task} texts={texts} />
      </>
    ),
  });
}

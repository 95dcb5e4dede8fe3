/** The overview: how much, how dear, how slow, how good, of one app; and whether winnow itself is well. */
import type { Hono } from "hono";
import { idTimeMs } from "../../../shared/core/ids.ts";
import { makeKey } from "../../../shared/core/keys.ts";
import { mayAct } from "../../../shared/session/session.ts";
import { VERDICT_CLASSES } from "../../../shared/verdict/verdict.ts";
import { signerOf } from "../authorise.ts";
import { type Health, readHealth } from "../read-health.ts";
import type { PageContext, PagesContext, Session } from "../session.ts";
import {
  type CallFilter,
  type CallGroup,
  countCalls,
  type Latency,
  measureLatency,
  planSteps,
  RANGES,
  type RangeName,
  type Steps,
} from "./count-calls.ts";
import { countFeedback, type FeedbackCount } from "./count-feedback.ts";
import { Figure } from "./figure.tsx";
import { count, cut, dollars, duration, percent, time, wilson } from "./figures.ts";
import { FirstSteps } from "./first-steps.tsx";
import { showPage } from "./frame.tsx";
import { FunnelPicture } from "./funnel.tsx";
import { needs, sessionOf } from "./guard.tsx";
import { HealthCard } from "./health-card.tsx";
import { hasExchanges, type LastNight, readLastNight } from "./overview-data.ts";
import { byModel, byTask, plotsOf, tableOf, totalsOf } from "./overview-sums.ts";
import { TotalsTable } from "./overview-table.tsx";
import { Plot } from "./plot.tsx";

export function overviewPage(routes: Hono<PagesContext>): void {
  routes.get("/", needs("viewer"), async (c) => {
    const session = sessionOf(c);
    const nowMs = Date.now();
    if (!(await hasExchanges(c.env.DB, { app: session.app, nowMs }))) return showFirstSteps(c, session);
    const data = await readOverview(c, session, nowMs);
    return showPage(c, { title: "Overview", plots: true, children: <Overview {...data} /> });
  });
}

/** The card says so. */
const LOSSES_AGE_MS = 7 * 24 * 3_600_000;

interface OverviewData {
  range: RangeName;
  steps: Steps;
  filter: CallFilter;
  groups: CallGroup[];
  latency: Latency;
  feedback: FeedbackCount;
  night: LastNight | undefined;
  /** undefined: not for this role. */
  health: Health | undefined;
}

async function readOverview(c: PageContext, { app, role }: Session, nowMs: number): Promise<OverviewData> {
  const store = { d1: c.env.DB, bucket: c.env.STORE };
  const range = (Object.keys(RANGES) as RangeName[]).find((name) => name === c.req.query("range")) ?? "24h";
  const filter = { app, task: c.req.query("task") || undefined, model: c.req.query("model") || undefined };
  const steps = await planSteps(store.d1, { range, nowMs });
  const [groups, latency, feedback, night, health] = await Promise.all([
    countCalls(store.d1, { steps, filter }),
    measureLatency(store.d1, { steps, filter }),
    countFeedback(store.d1, { steps, filter }),
    readLastNight(store, app),
    mayAct(role, "admin") ? readHealth(c.env, { sinceMs: nowMs - LOSSES_AGE_MS }) : undefined,
  ]);
  return { range, steps, filter, groups, latency, feedback, night, health };
}

/** The key is made again from its claims, of which it is a function; it is kept nowhere. */
async function showFirstSteps(c: PageContext, session: Session) {
  const { claims } = session;
  const isLocal = claims?.keyId === "local" && c.env.LOCAL_KEY;
  const key = isLocal ? c.env.LOCAL_KEY : claims && (await makeKey(claims, signerOf(c.env)));
  return showPage(c, {
    title: "Overview",
    children: (
      <>
        <h1>Overview</h1>
        <FirstSteps origin={new URL(c.req.url).origin} winnowKey={key} />
      </>
    ),
  });
}

function Overview({ range, steps, filter, groups, latency, feedback, night, health }: OverviewData) {
  const { spoken } = feedback;
  const stepOf = (id: string) => Math.floor((idTimeMs(id) - steps.fromMs) / steps.stepMs);
  return (
    <>
      <div class="between">
        <h1>Overview</h1>
        <Ranges range={range} filter={filter} />
      </div>
      <Filter range={range} filter={filter} />
      <Notes steps={steps} feedback={feedback} />
      <Figures groups={groups} latency={latency} feedback={feedback} />
      <div class="grid plots">
        {plotsOf({ steps, groups, latency, spoken, stepOf }).map((plot) => (
          <Plot {...plot} />
        ))}
      </div>
      <div class="grid">
        <section class="card">
          <h2>By task</h2>
          <TotalsTable label="By task" rows={tableOf(groups, spoken, byTask)} link={linkOf(range, "task")} />
        </section>
        <section class="card">
          <h2>By model</h2>
          <TotalsTable label="By model" rows={tableOf(groups, spoken, byModel)} link={linkOf(range, "model")} />
        </section>
      </div>
      <div class="grid">
        <NightCard night={night} />
        {health !== undefined && <HealthCard health={health} />}
      </div>
    </>
  );
}

function linkOf(range: RangeName, field: "task" | "model"): (name: string) => string {
  return (name) => `/console?${new URLSearchParams({ range, [field]: name })}`;
}

function Ranges({ range, filter: { task, model } }: { range: RangeName; filter: CallFilter }) {
  const kept = { ...(task !== undefined && { task }), ...(model !== undefined && { model }) };
  return (
    <nav class="tabs" aria-label="Time">
      {Object.entries(RANGES).map(([key, { name }]) => (
        <a
          href={`/console?${new URLSearchParams({ range: key, ...kept })}`}
          aria-current={key === range ? "true" : undefined}
        >
          {name}
        </a>
      ))}
    </nav>
  );
}

/** What is filtered by, where something is: the tables' names lead here. */
function Filter({ range, filter: { task, model } }: { range: RangeName; filter: CallFilter }) {
  if (task === undefined && model === undefined) return null;
  return (
    <p>
      Only {task !== undefined && <bdi>{`task ${cut(task, 80)} `}</bdi>}
      {model !== undefined && <bdi>{`model ${cut(model, 80)} `}</bdi>}
      <a href={`/console?range=${range}`}>show all</a>
    </p>
  );
}

function Notes({ steps, feedback }: { steps: Steps; feedback: FeedbackCount }) {
  return (
    <>
      {steps.share < 1 && (
        <p class="note">
          Estimated: there were too many calls to read them all, so the first {percent(steps.share)} of each{" "}
          {duration(steps.stepMs)} was, and counts are scaled up.
        </p>
      )}
      {feedback.isCut && (
        <p class="note">Feedback is of the newest {count(feedback.spoken.length)} calls that have any.</p>
      )}
    </>
  );
}

function Figures({ groups, latency, feedback }: Pick<OverviewData, "groups" | "latency" | "feedback">) {
  const { calls, errors, costUsdMicros, tokens } = totalsOf(groups);
  const { spoken } = feedback;
  const { low, high } = wilson(spoken.length, Math.max(Math.round(calls), spoken.length));
  const verdicts = VERDICT_CLASSES.map((name) => ({ name, calls: spoken.filter((one) => one.class === name).length }))
    .filter(({ calls }) => calls > 0)
    .map(({ name, calls }) => `${count(calls)} ${name}`);
  const ms = (value: number | null) => (value === null ? "–" : duration(value));
  return (
    <dl class="figures">
      <Figure name="Calls" value={count(calls)} more={`${count(tokens)} tokens`} />
      <Figure
        name="Cost"
        value={dollars(costUsdMicros)}
        more={calls > 0 ? `${dollars(costUsdMicros / calls)} a call` : ""}
      />
      <Figure name="Whole answer" value={ms(latency.allWhole.p50)} more={`95% within ${ms(latency.allWhole.p95)}`} />
      <Figure
        name="First byte"
        value={ms(latency.allFirstByte.p50)}
        more={`95% within ${ms(latency.allFirstByte.p95)}`}
      />
      <Figure name="Errors" value={calls > 0 ? percent(errors / calls) : "–"} more={`${count(errors)} calls`} />
      <Figure
        name="With feedback"
        value={calls > 0 ? percent(Math.min(1, spoken.length / calls)) : "–"}
        more={`95%: ${percent(low)} to ${percent(high)}`}
      />
      <Figure name="Spoken of" value={count(spoken.length)} more={verdicts.join(", ")} />
    </dl>
  );
}

function NightCard({ night }: { night: LastNight | undefined }) {
  return (
    <section class="card">
      <h2>Last night</h2>
      {night === undefined ? (
        <p class="muted">
          No night has run yet. It comes by itself; <code>POST /v1/runs</code> starts one now.
        </p>
      ) : (
        <>
          <p class="muted">
            {time(night.createdAtMs)} UTC,{" "}
            <a href="/console/batches">
              {night.batches.length === 1 ? "1 batch" : `${count(night.batches.length)} batches`}
            </a>
          </p>
          <FunnelPicture funnel={night.funnel} />
        </>
      )}
    </section>
  );
}

/** One batch: how it came about, what the guard says, what is in it, its files, and what changed since the one before. */
import type { Hono } from "hono";
import type { Example, ExampleFile } from "../../../shared/core/example.ts";
import type { Manifest } from "../../../shared/core/manifest.ts";
import { mayAct } from "../../../shared/session/session.ts";
import { type BatchRow, readBatch } from "../../../shared/store/batches.ts";
import { releaseHeld } from "../release-batch.ts";
import type { PageContext, PagesContext, Session } from "../session.ts";
import { Changes } from "./batch-changes.tsx";
import { batchBefore, readSamples } from "./batch-data.ts";
import { Downloads } from "./batch-files.tsx";
import { Samples } from "./batch-samples.tsx";
import { count, counted, cut, percent, time } from "./figures.ts";
import { showPage } from "./frame.tsx";
import { FunnelPicture } from "./funnel.tsx";
import { needs, sessionOf, showNotFound } from "./guard.tsx";
import { GuardReport } from "./guard-report.tsx";
import { readManifest } from "./overview-data.ts";
import { ReleaseForm, reasonIn } from "./release-form.tsx";

export function batchPage(routes: Hono<PagesContext>): void {
  routes.get("/batches/:id", needs("viewer"), async (c) => {
    const row = await readBatch(c.env.DB, { app: sessionOf(c).app, id: c.req.param("id") });
    const manifest = row === undefined ? undefined : await readManifest(c.env.STORE, row.id);
    if (row === undefined || manifest === undefined) return showNotFound(c, "There is no such batch in this app.");
    return showBatch(c, { row, manifest });
  });

  routes.post("/batches/:id/release", needs("admin"), async (c) => {
    const actor = sessionOf(c);
    const { app, who } = actor;
    const row = await readBatch(c.env.DB, { app, id: c.req.param("id") });
    const manifest = row === undefined ? undefined : await readManifest(c.env.STORE, row.id);
    if (row === undefined || manifest === undefined) return showNotFound(c, "There is no such batch in this app.");
    const reason = reasonIn(await c.req.parseBody());
    if (reason === undefined) return showBatch(c, { row, manifest, problem: "Say why, for whoever asks later." });
    if (row.status === "held") {
      await releaseHeld(c.env, { row, release: { at: new Date().toISOString(), reason, key: who }, actor });
    }
    return c.redirect(`/console/batches/${row.id}`, 303);
  });
}

async function showBatch(
  c: PageContext,
  { row, manifest, problem }: { row: BatchRow; manifest: Manifest; problem?: string },
) {
  const [before, samples] = await Promise.all([batchBefore(c.env.DB, row), readSamples(c.env.STORE, row.id)]);
  const manifestBefore = before === undefined ? undefined : await readManifest(c.env.STORE, before.id);
  return showPage(c, {
    title: `Batch of ${cut(row.task ?? "all tasks", 60)}`,
    children: (
      <Batch
        row={row}
        manifest={manifest}
        before={manifestBefore}
        samples={samples}
        session={sessionOf(c)}
        problem={problem}
      />
    ),
  });
}

interface BatchView {
  row: BatchRow;
  manifest: Manifest;
  before: Manifest | undefined;
  samples: ReadonlyMap<ExampleFile, readonly Example[]>;
  session: Session;
  problem: string | undefined;
}

function Batch({ row, manifest, before, samples, session, problem }: BatchView) {
  return (
    <>
      <p>
        <a href="/console/batches">Batches</a>
      </p>
      <h1>
        <bdi>{cut(row.task ?? "all tasks", 100)}</bdi> <span class={`tag ${row.status}`}>{row.status}</span>
      </h1>
      {manifest.emptyBecause !== null && <p class="note">Empty: {manifest.emptyBecause.replaceAll("_", " ")}.</p>}
      <div class="columns">
        <div>
          <section class="card">
            <h2>What is in it</h2>
            <Samples samples={samples} />
          </section>
        </div>
        <div>
          <section class="card">
            <h2>Facts</h2>
            <BatchFacts manifest={manifest} />
          </section>
          <section class="card">
            <h2>Funnel</h2>
            <FunnelPicture funnel={manifest.funnel} />
          </section>
          <section class="card">
            <h2>Guard</h2>
            <GuardReport manifest={manifest} />
            {manifest.release !== null && (
              <p>
                Released {`${time(Date.parse(manifest.release.at))} UTC`} by <bdi>{cut(manifest.release.key, 80)}</bdi>:{" "}
                <bdi>{cut(manifest.release.reason, 300)}</bdi>
              </p>
            )}
            {row.status === "held" && mayAct(session.role, "admin") && (
              <ReleaseForm session={session} batch={row.id} problem={problem} />
            )}
          </section>
          <section class="card">
            <h2>What changed</h2>
            {before === undefined ? (
              <p class="muted">It is the first batch of this task.</p>
            ) : (
              <Changes before={before} now={manifest} />
            )}
          </section>
          <section class="card">
            <h2>Files</h2>
            <Downloads manifest={manifest} />
          </section>
        </div>
      </div>
    </>
  );
}

function BatchFacts({ manifest }: { manifest: Manifest }) {
  const { window, sampling, verdict } = manifest;
  const { goodRate } = verdict;
  return (
    <dl class="facts">
      <dt>Batch</dt>
      <dd class="mono">{manifest.id}</dd>
      <dt>Published</dt>
      <dd>{`${time(Date.parse(manifest.createdAt))} UTC`}</dd>
      <dt>Window</dt>
      <dd>
        {`${time(Date.parse(window.from))} to ${time(Date.parse(window.to))} UTC`}
        {window.cutShort && ", cut short"}
      </dd>
      <dt>Good answers</dt>
      <dd>
        {goodRate.share === null
          ? "not known"
          : `${percent(goodRate.share)} of the window (${percent(goodRate.low)} to ${percent(goodRate.high)})`}
      </dd>
      <dt>P(good)</dt>
      <dd>{verdict.calibrated ? "calibrated" : "not calibrated, so it gates nothing"}</dd>
      <dt>Drawn</dt>
      <dd>{`${counted(
        sampling.strata.reduce((sum, { drawn }) => sum + drawn, 0),
        "exchange",
      )}, ${count(sampling.auditSize)} of them blind to feedback`}</dd>
      <dt>Run</dt>
      <dd class="mono">{manifest.run}</dd>
      <dt>Rules</dt>
      <dd class="mono">{manifest.configSha256.slice(0, 16)}</dd>
    </dl>
  );
}

/** One exchange: its conversation, what was said of it, the verdict and what it stands on, its trail, and the call again. */
import type { Hono } from "hono";
import type { ExchangeRecord } from "../../../shared/core/exchange.ts";
import type { Feedback } from "../../../shared/core/feedback.ts";
import { asExchangeId, idTimeMs } from "../../../shared/core/ids.ts";
import type { Json } from "../../../shared/core/json.ts";
import type { JudgedLine } from "../../../shared/core/judged.ts";
import { messagesOf } from "../../../shared/parse/messages-of.ts";
import { type ExchangeRow, readExchange } from "../../../shared/store/exchanges.ts";
import { readStandingFeedback } from "../../../shared/store/feedback.ts";
import { findRunLine } from "../../../shared/store/run-files.ts";
import { readTrail, type TrailOf } from "../../../shared/store/runs.ts";
import { readRecord } from "../../../shared/store/segments.ts";
import { classOf, verdictOf } from "../../../shared/verdict/verdict.ts";
import type { PagesContext } from "../session.ts";
import { Conversation } from "./conversation.tsx";
import { Evidence } from "./evidence.tsx";
import { Facts } from "./exchange-facts.tsx";
import { cut, percent, time } from "./figures.ts";
import type { Store } from "./find-exchanges.ts";
import { showPage } from "./frame.tsx";
import { needs, sessionOf, showNotFound } from "./guard.tsx";
import { cutToBytes } from "./page-bytes.ts";
import { replayOf } from "./replay.ts";
import { Trail } from "./trail.tsx";

/** As they stand in the page. */
const BODY_BYTES_MAX = 8_000;
const SAID_BYTES_MAX = 1_000;
const PIECES_MAX = 12;

export function exchangePage(routes: Hono<PagesContext>): void {
  routes.get("/exchanges/:id", needs("viewer"), async (c) => {
    const id = asExchangeId(c.req.param("id").split(".")[0] ?? "");
    const row = id === undefined ? undefined : await readExchange(c.env.DB, { app: sessionOf(c).app, id });
    if (row === undefined) {
      return showNotFound(c, "There is no such exchange in this app. One shows up some seconds after its call.");
    }
    const detail = await readDetail({ d1: c.env.DB, bucket: c.env.STORE }, row);
    return showPage(c, {
      title: `${cut(row.task, 60)}, ${time(idTimeMs(row.id))}`,
      children: <Exchange {...detail} origin={new URL(c.req.url).origin} />,
    });
  });
}

interface Detail {
  row: ExchangeRow;
  record: ExchangeRecord | undefined;
  feedback: readonly Feedback[];
  trail: readonly TrailOf[];
  /** By the newest night that judged it. */
  judged: JudgedLine | undefined;
}

async function readDetail({ d1, bucket }: Store, row: ExchangeRow): Promise<Detail> {
  const [record, standing, trail] = await Promise.all([
    readRecord(bucket, row),
    readStandingFeedback(d1, [row]),
    readTrail({ d1, bucket }, row),
  ]);
  const run = trail.at(-1)?.run;
  const { app, task, id } = row;
  const judged =
    run === undefined ? undefined : await findRunLine<JudgedLine>(bucket, { run, app, task, kind: "judged", id });
  return { row, record, feedback: standing.get(row.id) ?? [], trail, judged };
}

function Exchange({ row, record, feedback, trail, judged, origin }: Detail & { origin: string }) {
  const messages = record === undefined ? [] : messagesOf(record);
  const replay = record === undefined ? undefined : replayOf(record, origin);
  const prior = verdictOf(feedback);
  return (
    <>
      <p>
        <a href="/console/exchanges">Exchanges</a>
      </p>
      <h1>
        <bdi>{cut(row.task, 100)}</bdi> <span class={`tag ${classOf(prior)}`}>{classOf(prior)}</span>
      </h1>
      <div class="columns">
        <div>
          {messages.length === 0 ? (
            <p class="note">{missing(row, record)}</p>
          ) : (
            <Conversation messages={messages} whole={`/v1/exchanges/${row.id}`} />
          )}
          {record !== undefined && <Bodies record={record} />}
          {replay !== undefined && <Replay command={replay} />}
        </div>
        <div>
          <section class="card">
            <h2>Verdict</h2>
            {judged !== undefined && (
              <p>
                {percent(judged.pGood)} good ({percent(judged.interval.low)} to {percent(judged.interval.high)}), as the
                last night weighed it.
              </p>
            )}
            <Evidence grounds={judged?.grounds ?? prior.grounds} pGood={judged?.pGood ?? prior.pGood} />
          </section>
          <section class="card">
            <h2>Feedback</h2>
            <Said feedback={feedback} />
          </section>
          <section class="card">
            <h2>Through the runs</h2>
            <Trail trail={trail} />
          </section>
          <section class="card">
            <h2>Facts</h2>
            <Facts row={row} />
          </section>
        </div>
      </div>
    </>
  );
}

function Replay({ command }: { command: string }) {
  return (
    <section class="card">
      <h2>The call again</h2>
      <p class="hint">
        With a key of scope <code>proxy</code> in <code>WINNOW_KEY</code>, where winnow keeps the provider's key. The
        new exchange names this one as its parent.
      </p>
      <pre>{command}</pre>
    </section>
  );
}

function missing(row: ExchangeRow, record: ExchangeRecord | undefined): string {
  if (record === undefined) return "Its record is gone from storage: it was erased, or its time was up.";
  if (row.capture === "metadata") return "The app asked for metadata alone, so nothing of the text was kept.";
  return "The bodies are of a format that winnow doesn't understand. They are kept as they came, below.";
}

function Said({ feedback }: { feedback: readonly Feedback[] }) {
  if (feedback.length === 0) return <p class="muted">None so far.</p>;
  const more = feedback.length - PIECES_MAX;
  return (
    <ol class="timeline">
      {more > 0 && <li class="muted">{`${more} older`}</li>}
      {feedback
        .toSorted((a, b) => a.atMs - b.atMs)
        .slice(-PIECES_MAX)
        .map((piece) => (
          <li>
            <div>
              <strong>{piece.kind}</strong>{" "}
              <bdi>{cut(piece.value === true ? piece.name : `${piece.name} ${piece.value}`.trim(), 200)}</bdi>
            </div>
            <div class="muted">
              {`${time(piece.atMs)} UTC`}
              {piece.actor !== "" && (
                <>
                  {" by "}
                  <bdi>{cut(piece.actor, 60)}</bdi>
                </>
              )}
            </div>
            {piece.text !== null && (
              <pre>
                <bdi>{cutToBytes(piece.text, SAID_BYTES_MAX)}</bdi>
              </pre>
            )}
          </li>
        ))}
    </ol>
  );
}

function Bodies({ record }: { record: ExchangeRecord }) {
  return (
    <>
      <Body name="Request, as the app sent it" body={record.request} raw={record.rawRequest} />
      <Body name="Answer, as the provider gave it" body={record.response} raw={record.rawResponse} />
    </>
  );
}

function Body({ name, body, raw }: { name: string; body: Json; raw: string | undefined }) {
  const text = body === null ? raw : JSON.stringify(body, null, 2);
  if (text === undefined) return null;
  return (
    <details>
      <summary>{name}</summary>
      <pre>{cutToBytes(text, BODY_BYTES_MAX)}</pre>
    </details>
  );
}

/**
 * The review queue: one item after the other, by mouse, by keyboard, or with plain forms.
 *
 *     GET  /console/review?item=      deals a hand (shared/store/review-queue.ts) and shows one item of it
 *     POST /console/review/{id}       said=up | down | edited | skipped ──▶ the queue of feedback, then the next item
 *     POST /console/review/undo       takes back what this session has said last
 */
import type { Hono } from "hono";
import type { ExchangeRecord } from "../../../shared/core/exchange.ts";
import type { Feedback } from "../../../shared/core/feedback.ts";
import { fingerprint } from "../../../shared/core/hash.ts";
import { asExchangeId } from "../../../shared/core/ids.ts";
import { readExchange } from "../../../shared/store/exchanges.ts";
import { readStandingFeedback } from "../../../shared/store/feedback.ts";
import { type ReviewProgress, readProgress } from "../../../shared/store/review-progress.ts";
import { dealHand, type Looker, lastSaid, type ReviewItem, renewQueue } from "../../../shared/store/review-queue.ts";
import { readRecord } from "../../../shared/store/segments.ts";
import type { PageContext, PagesContext } from "../session.ts";
import { showPage } from "./frame.tsx";
import { needs, sessionOf } from "./guard.tsx";
import { actOn, type Outcome, outcomeNamed, undo } from "./review-acts.ts";
import { NothingWaits, Review } from "./review-view.tsx";

export function reviewPage(routes: Hono<PagesContext>): void {
  routes.get("/review", needs("reviewer"), (c) => showReview(c, outcomeNamed(c.req.query("did"))));

  routes.post("/review/undo", needs("reviewer"), async (c) => {
    const fields = await c.req.parseBody();
    const { outcome, id } = await undo(c.env, { looker: lookerOf(c), id: asExchangeId(String(fields.id ?? "")) });
    return c.redirect(pathOf({ did: outcome, item: id }), 303);
  });

  routes.post("/review/:id", needs("reviewer"), async (c) => {
    const fields = await c.req.parseBody();
    const id = asExchangeId(c.req.param("id"));
    const outcome = await actOn(c.env, { looker: lookerOf(c), id, said: fields.said, text: fields.text });
    const isDone = outcome === "up" || outcome === "down" || outcome === "edited" || outcome === "skipped";
    const item = isDone ? asExchangeId(String(fields.next ?? "")) : id;
    return c.redirect(pathOf({ did: outcome, item, last: isDone ? id : undefined }), 303);
  });
}

/** Two people may share a key: what tells them apart is the session, of which a fingerprint is kept. */
function lookerOf(c: PageContext): Looker {
  const { app, who, form } = sessionOf(c);
  return { app, reviewer: who, session: fingerprint(form), nowMs: Date.now() };
}

function pathOf(query: { did: Outcome; item: string | undefined; last?: string | undefined }): string {
  const known = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/console/review?${new URLSearchParams(known)}`;
}

export interface Shown {
  item: ReviewItem;
  /** undefined: it is gone from storage. */
  record: ExchangeRecord | undefined;
  feedback: readonly Feedback[];
  /** In the hand: how many there are, which this is, and the ones beside it. */
  hand: { items: number; at: number; before: string | undefined; after: string | undefined };
  /** What undo would take back. */
  undoable: string | undefined;
  progress: readonly ReviewProgress[];
}

async function showReview(c: PageContext, outcome: Outcome | undefined) {
  const session = sessionOf(c);
  const looker = lookerOf(c);
  await renewQueue({ d1: c.env.DB, bucket: c.env.STORE }, looker);
  const hand = await dealHand(c.env.DB, looker);
  const [progress, last] = await Promise.all([readProgress(c.env.DB, looker), lastSaid(c.env.DB, looker)]);
  const undoable = asExchangeId(c.req.query("last") ?? "") ?? last?.exchangeId;
  const wanted = hand.findIndex(({ exchangeId }) => exchangeId === c.req.query("item"));
  const at = Math.max(0, wanted);
  const item = hand[at];
  if (item === undefined) {
    const view = <NothingWaits session={session} outcome={outcome} progress={progress} undoable={undoable} />;
    return showPage(c, { title: "Review", keys: true, children: view });
  }
  const beside = { before: hand[at - 1]?.exchangeId, after: hand[at + 1]?.exchangeId };
  const shown = { item, ...(await readItem(c, item)), hand: { items: hand.length, at, ...beside }, undoable, progress };
  return showPage(c, {
    title: "Review",
    keys: true,
    children: <Review session={session} outcome={outcome} shown={shown} />,
  });
}

async function readItem(c: PageContext, item: ReviewItem): Promise<Pick<Shown, "record" | "feedback">> {
  const row = await readExchange(c.env.DB, { app: item.app, id: item.exchangeId });
  if (row === undefined) return { record: undefined, feedback: [] };
  const [record, said] = await Promise.all([readRecord(c.env.STORE, row), readStandingFeedback(c.env.DB, [row])]);
  return { record, feedback: said.get(row.id) ?? [] };
}

/** What stands about one exchange, of everything that was said: the newest word of each actor, unless taken back. */
import type { Feedback, FeedbackKind, FeedbackValue } from "../core/feedback.ts";
import type { ExchangeId } from "../core/ids.ts";

/** As it is kept: whoever sent it, of whatever app, taken back or not. */
export interface SaidFeedback {
  exchangeId: ExchangeId;
  kind: FeedbackKind;
  name: string;
  /** Empty: the exchange's own user. */
  actor: string;
  /** Empty: the sender had the signed id. */
  app: string;
  value: FeedbackValue;
  text: string | null;
  atMs: number;
  eventId: string;
}

/** @returns in the order of time; another app's words are left out, and one person under two names is one actor */
export function standingFeedback(
  said: readonly SaidFeedback[],
  exchange: { app: string; user: string | null },
): Feedback[] {
  const newest = new Map<string, SaidFeedback>();
  for (const { app, ...piece } of said.toSorted(byTime)) {
    if (app !== "" && app !== exchange.app) continue;
    const actor = piece.actor || (exchange.user ?? "");
    newest.set(JSON.stringify([piece.kind, piece.name, actor]), { ...piece, app, actor });
  }
  return [...newest.values()].toSorted(byTime).flatMap(({ app: _app, value, ...piece }) => {
    return value === null ? [] : [{ ...piece, value }];
  });
}

/** Event ids are time-ordered too, and order events of one millisecond. */
function byTime(a: SaidFeedback, b: SaidFeedback): number {
  return a.atMs - b.atMs || (a.eventId < b.eventId ? -1 : 1);
}

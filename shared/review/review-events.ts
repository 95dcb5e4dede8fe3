/**
 * What a reviewer's word becomes: feedback of kind `review`, and beside it a correction where the answer was mended. The
 * same events that the beacon's words are, on the same way through the queue; taken back with null, as those are.
 */
import { type FeedbackEvent, REVIEWER } from "../core/feedback.ts";
import type { ExchangeId } from "../core/ids.ts";

/** edited: it was not good as it was, and this is what it should have said. */
export const SAID = ["up", "down", "edited"] as const;
export type Said = (typeof SAID)[number];

export interface Reviewed {
  app: string;
  id: ExchangeId;
  /** `key k1`, `ann@example.com`. */
  reviewer: string;
  said: Said;
  /** Of what was edited; empty otherwise. */
  text: string;
}

export interface Stamps {
  nowMs: number;
  newEventId: () => string;
}

export function reviewEvents({ said, text, ...by }: Reviewed, stamps: Stamps): FeedbackEvent[] {
  const review = eventOf({ ...by, kind: "review", value: said === "up" ? "up" : "down", text: null }, stamps);
  if (said !== "edited") return [review];
  return [review, eventOf({ ...by, kind: "correction", value: true, text }, stamps)];
}

/** Takes all of it back. */
export function undoEvents({ said, ...by }: Omit<Reviewed, "text">, stamps: Stamps): FeedbackEvent[] {
  const kinds = said === "edited" ? (["review", "correction"] as const) : (["review"] as const);
  return kinds.map((kind) => eventOf({ ...by, kind, value: null, text: null }, stamps));
}

type Word = Omit<Reviewed, "said" | "text"> & Pick<FeedbackEvent, "kind" | "value" | "text">;

function eventOf({ app, id, reviewer, ...word }: Word, { nowMs, newEventId }: Stamps): FeedbackEvent {
  return {
    type: "feedback",
    version: 1,
    eventId: newEventId(),
    ref: { id },
    app,
    name: "",
    actor: `${REVIEWER}${reviewer}`,
    ...word,
    atMs: nowMs,
    receivedAtMs: nowMs,
  };
}

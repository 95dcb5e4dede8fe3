/** The shapes of feedback: one event about an exchange, as it travels from the beacon to ingest. */
import type { ExchangeId } from "./ids.ts";

/** What may be sent. */
export const SENT_KINDS = [
  "thumb",
  "rating",
  "correction",
  "comment",
  "copied",
  "regenerated",
  "accepted",
  "dismissed",
  "retained",
  "reverted",
  "metric",
] as const;
export type SentKind = (typeof SENT_KINDS)[number];

/**
 * `next`: not sent by anyone, but read from what the user says next in the same conversation. `review`: what a reviewer says
 * on the console's page, and nowhere else.
 */
export type FeedbackKind = SentKind | "next" | "review";

/** Values of kind `review`: was the answer good as it was? */
export const REVIEW_VALUES = ["up", "down"] as const;
export type ReviewValue = (typeof REVIEW_VALUES)[number];

/** How the name of an actor begins who reviews: nobody else may send one like it, and it is kept as it is. */
export const REVIEWER = "reviewer:";

/** Values of kind `next`. `left`: the answer was broken off by its reader, who said nothing more. */
export const NEXT_VALUES = ["thanks", "complaint", "correction", "rephrase", "left"] as const;
export type NextValue = (typeof NEXT_VALUES)[number];

export type FeedbackValue = string | number | boolean | null;

/** How an event names its exchange: by winnow's id, or (servers only) by the provider's or the caller's own. */
export type ExchangeRef = { id: ExchangeId } | { responseId: string } | { requestId: string };

/** One event that was accepted. Of one (exchange, kind, name, actor) the newest stands. */
export interface FeedbackEvent {
  type: "feedback";
  version: 1;
  /** UUIDv7 given at receipt: makes redelivery harmless, and orders events of one millisecond. */
  eventId: string;
  ref: ExchangeRef;
  /** Of the key that was the permission: the event counts only for exchanges of that app. null: the signed id was. */
  app: string | null;
  kind: FeedbackKind;
  /** Of a metric; empty otherwise. */
  name: string;
  /** Empty: the exchange's own user. */
  actor: string;
  /** null clears what was said before. */
  value: FeedbackValue;
  text: string | null;
  /** When it happened, as far as the sender's clock can be believed: never later than receipt. */
  atMs: number;
  receivedAtMs: number;
}

/** What stands of one (exchange, kind, name, actor). */
export interface Feedback {
  exchangeId: ExchangeId;
  kind: FeedbackKind;
  name: string;
  /** Whoever said it, else the exchange's user; empty where neither is known. */
  actor: string;
  value: Exclude<FeedbackValue, null>;
  text: string | null;
  atMs: number;
  eventId: string;
  /** Of a correction: the share of the answer that it changed, where that is known. */
  changed?: number;
}

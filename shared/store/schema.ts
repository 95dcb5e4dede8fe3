/**
 * The D1 tables, as drizzle sees them. `migrations/*.sql` makes them (by hand: drizzle cannot say WITHOUT
 * ROWID, which is what makes a row cost one write); a test holds the two against each other.
 * What is written for each exchange and each vote has no secondary index: it would be one more write a row.
 */
import { integer, primaryKey, real, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { ErasureKind, ErasureState } from "../core/erasure.ts";
import type { ExampleFile } from "../core/example.ts";
import type { CaptureMode, Outcome } from "../core/exchange.ts";
import type { FeedbackKind, FeedbackValue, NextValue } from "../core/feedback.ts";
import type { ExchangeId } from "../core/ids.ts";
import type { Scope } from "../core/keys.ts";
import type { LossReason } from "../core/loss.ts";
import type { ProviderFormat } from "../core/providers.ts";
import type { ReviewReason } from "../review/order-queue.ts";
import type { Said } from "../review/review-events.ts";
import type { AppSettings } from "../settings/app-settings.ts";

/** One row an exchange, in the order of time (the id is a UUIDv7). */
export const exchanges = sqliteTable("exchanges", {
  id: text().$type<ExchangeId>().primaryKey(),
  app: text().notNull(),
  task: text().notNull(),
  template: text(),
  prompt: text(),
  conversation: text(),
  answer: text(),
  user: text(),
  session: text(),
  parent: text(),
  requestId: text("request_id"),
  responseId: text("response_id"),
  provider: text().notNull(),
  format: text().$type<ProviderFormat>().notNull(),
  model: text(),
  capture: text().$type<CaptureMode>().notNull(),
  status: integer().notNull(),
  outcome: text().$type<Outcome>().notNull(),
  streamed: integer({ mode: "boolean" }).notNull(),
  finishReason: text("finish_reason"),
  inputTokens: integer("input_tokens"),
  outputTokens: integer("output_tokens"),
  cachedInputTokens: integer("cached_input_tokens"),
  reasoningTokens: integer("reasoning_tokens"),
  usageEstimated: integer("usage_estimated", { mode: "boolean" }).notNull(),
  costUsdMicros: real("cost_usd_micros"),
  firstByteMs: integer("first_byte_ms").notNull(),
  durationMs: integer("duration_ms").notNull(),
  /** Comma-separated ExchangeFlags; empty for most. */
  flags: text().notNull(),
  segment: text().notNull(),
  segmentOffset: integer("segment_offset").notNull(),
  segmentLength: integer("segment_length").notNull(),
  turn: text(),
  follows: text(),
  next: text().$type<NextValue>(),
});

/**
 * The newest word of one actor, of one kind, about one exchange. `value` null: taken back. `app` is part of the key, so
 * that whoever only claims to speak for the exchange's app writes beside its feedback, never over it.
 */
export const feedback = sqliteTable(
  "feedback",
  {
    exchangeId: text("exchange_id").$type<ExchangeId>().notNull(),
    kind: text().$type<FeedbackKind>().notNull(),
    name: text().notNull(),
    actor: text().notNull(),
    /** Of the sender's key; empty where the signed id was the permission. */
    app: text().notNull(),
    value: text({ mode: "json" }).$type<FeedbackValue>(),
    text: text(),
    atMs: integer("at_ms").notNull(),
    eventId: text("event_id").notNull(),
  },
  (table) => [primaryKey({ columns: [table.exchangeId, table.kind, table.name, table.actor, table.app] })],
);

/** Feedback that names its exchange by another id, and waits for it. */
export const feedbackWaiting = sqliteTable("feedback_waiting", {
  eventId: text("event_id").primaryKey(),
  app: text().notNull(),
  event: text().notNull(),
});

/** What people set for an app (shared/settings/app-settings.ts). */
export const apps = sqliteTable("apps", {
  app: text().primaryKey(),
  settings: text({ mode: "json" }).$type<AppSettings>().notNull(),
  updatedAtMs: integer("updated_at_ms").notNull(),
});

/** Keys that were made. A key verifies itself; this is what ends one before its time, and what lists show. */
export const keys = sqliteTable("keys", {
  id: text().primaryKey(),
  app: text().notNull(),
  name: text().notNull(),
  scopes: text({ mode: "json" }).$type<readonly Scope[]>().notNull(),
  /** SHA-256 of the key, hex: the key itself is shown once and kept nowhere. */
  hash: text().notNull(),
  createdAtMs: integer("created_at_ms").notNull(),
  /** By expiry, rotation or revocation; null: none. */
  endsAtMs: integer("ends_at_ms"),
});

/** One row, which grows with every change of apps and keys. */
export const settingsVersion = sqliteTable("settings_version", {
  one: integer().primaryKey(),
  version: integer().notNull(),
});

/** What an app used on a UTC day. */
export const spending = sqliteTable(
  "spending",
  {
    day: text().notNull(),
    app: text().notNull(),
    calls: integer().notNull(),
    inputTokens: integer("input_tokens").notNull(),
    outputTokens: integer("output_tokens").notNull(),
    costUsdMicros: real("cost_usd_micros").notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.app] })],
);

/** One execution of the nightly work. */
export const runs = sqliteTable("runs", {
  id: text().primaryKey(),
  status: text().$type<"running" | "done" | "failed">().notNull(),
  /** cron, or api. */
  startedBy: text("started_by").notNull(),
  app: text(),
  fromMs: integer("from_ms").notNull(),
  toMs: integer("to_ms").notNull(),
  createdAtMs: integer("created_at_ms").notNull(),
  funnel: text({ mode: "json" }).$type<Record<string, number>>(),
  error: text(),
});

/** Published batches, in the order of publication. */
export const batches = sqliteTable("batches", {
  seq: integer().primaryKey({ autoIncrement: true }),
  id: text().notNull().unique(),
  run: text().notNull(),
  app: text().notNull(),
  task: text(),
  status: text().$type<"ready" | "held">().notNull(),
  createdAtMs: integer("created_at_ms").notNull(),
  counts: text({ mode: "json" }).$type<Record<string, number>>().notNull(),
  /** Of the manifest's bytes. */
  sha256: text().notNull(),
});

/** How far each consumer of an app's batches has come. */
export const consumers = sqliteTable(
  "consumers",
  {
    app: text().notNull(),
    consumer: text().notNull(),
    /** Empty: of all tasks. */
    task: text().notNull(),
    /** Of the batch it has acknowledged last. */
    seq: integer().notNull(),
    batch: text().notNull(),
    updatedAtMs: integer("updated_at_ms").notNull(),
  },
  (table) => [primaryKey({ columns: [table.app, table.consumer, table.task] })],
);

/** What has been exported: `hash` is of the example's prompt and target. */
export const exported = sqliteTable(
  "exported",
  {
    app: text().notNull(),
    hash: text().notNull(),
    exchangeId: text("exchange_id").$type<ExchangeId>().notNull(),
    batch: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.app, table.hash] })],
);

/** The newest version of each row that an exchange has made, in the order of time. */
export const examples = sqliteTable(
  "examples",
  {
    app: text().notNull(),
    exchangeId: text("exchange_id").$type<ExchangeId>().notNull(),
    file: text().$type<ExampleFile>().notNull(),
    exampleId: text("example_id").notNull(),
    /** From 1. */
    version: integer().notNull(),
    task: text().notNull(),
    batch: text().notNull(),
    /** Of prompt, target and label (shared/dedupe/exact.ts). */
    hash: text().notNull(),
    stratum: text().notNull(),
    inclusionProbability: real("inclusion_probability").notNull(),
    /** Feedback that came until then has been looked at. */
    checkedAtMs: integer("checked_at_ms").notNull(),
    /** The batch that takes it back; null: it stands. */
    retractedBy: text("retracted_by"),
    /** Of a pair of two answers: the exchange whose answer is rejected. */
    rejectedId: text("rejected_id").$type<ExchangeId>(),
  },
  (table) => [primaryKey({ columns: [table.app, table.exchangeId, table.file] })],
);

export const losses = sqliteTable(
  "losses",
  {
    hourMs: integer("hour_ms").notNull(),
    reason: text().$type<LossReason>().notNull(),
    count: integer().notNull(),
  },
  (table) => [primaryKey({ columns: [table.hourMs, table.reason] })],
);

/** Messages that failed five times, or cannot be read; their bytes are in R2 under the key. */
export const deadLetters = sqliteTable("dead_letters", {
  key: text().primaryKey(),
  atMs: integer("at_ms").notNull(),
  bytes: integer().notNull(),
  /** Of the sweep, since then; at DEAD_LETTER_TRIES_MAX it is left alone. */
  tries: integer().notNull().default(0),
});

/** Who changed what, in the order of time (the id is a UUIDv7). Written once, and never changed. */
export const audit = sqliteTable("audit", {
  id: text().primaryKey(),
  app: text().notNull(),
  /** A key or a person: `key k1`, `ann@example.com`. */
  actor: text().notNull(),
  act: text().notNull(),
  /** What was acted upon: the id of a key, of a batch; empty for the app itself. */
  target: text().notNull(),
  /** What it was changed to, in words; never a secret. */
  detail: text().notNull(),
});

/** What was asked to be erased, and how far it has come. */
export const erasures = sqliteTable("erasures", {
  id: text().primaryKey(),
  app: text().notNull(),
  kind: text().$type<ErasureKind>().notNull(),
  /** The exchange's id; of a user the keyed hash, whatever the app keeps of names. */
  subject: text().notNull(),
  atMs: integer("at_ms").notNull(),
  /** Of the oldest exchange that it erases: nothing of it is older. */
  fromMs: integer("from_ms").notNull(),
  /** shared/store/erasures.ts. */
  state: text({ mode: "json" }).$type<ErasureState>().notNull(),
  doneAtMs: integer("done_at_ms"),
});

/** Exchanges that are kept out for ever, and what stands for their other names (erasures.ts). */
export const erased = sqliteTable("erased", {
  exchangeId: text("exchange_id").$type<ExchangeId>().primaryKey(),
  erasure: text().notNull(),
});

/** How far an app's bodies and rows have been let go by their age: ids of exchanges. */
export const retention = sqliteTable("retention", {
  app: text().primaryKey(),
  bodiesTo: text("bodies_to").notNull(),
  rowsTo: text("rows_to").notNull(),
});

/** What is most worth a reviewer's minute (shared/review), in the order of `place`. */
export const reviewItems = sqliteTable(
  "review_items",
  {
    app: text().notNull(),
    exchangeId: text("exchange_id").$type<ExchangeId>().notNull(),
    task: text().notNull(),
    reason: text().$type<ReviewReason>().notNull(),
    place: integer().notNull(),
    /** As it was thought to be before anyone looked. */
    pGood: real("p_good").notNull(),
    /** Whose it is until then; empty: nobody's. */
    session: text().notNull(),
    untilMs: integer("until_ms").notNull(),
    /** Reviewers who would rather not say. */
    skippedBy: text("skipped_by", { mode: "json" }).$type<readonly string[]>().notNull(),
    said: text().$type<Said>(),
    /** Who said it; empty: nobody has. */
    reviewer: text().notNull(),
    saidAtMs: integer("said_at_ms").notNull(),
  },
  (table) => [primaryKey({ columns: [table.app, table.exchangeId] })],
);

/** When each app's review queue was made; `source` is the newest batch that it was made of. */
export const reviewQueues = sqliteTable("review_queues", {
  app: text().primaryKey(),
  source: text().notNull(),
  madeAtMs: integer("made_at_ms").notNull(),
});

/**
 * Every bound of winnow, with its unit in the name and its reason beside it.
 * The relations between them are asserted at the end, so that a change to one
 * cannot silently break another.
 */

/** Cloudflare Queues: 128 KB a message (1 KB = 1,000 B), some 100 B of it metadata. */
export const QUEUE_MESSAGE_BYTES_MAX = 128_000;
/** What we send as one queue message; above it the capture is gzipped, then spilled. The rest is headroom for metadata. */
export const CAPTURE_MESSAGE_BYTES_MAX = 120_000;
/** Request bodies above this pass through untouched and are kept without their body. An isolate has 128 MB for all its calls. */
export const REQUEST_BODY_BYTES_MAX = 8 * 1024 * 1024;
/** A JSON answer up to this is read whole; a larger one is streamed like an event stream. */
export const JSON_ANSWER_BYTES_MAX = 1024 * 1024;
/** The copy of one answer stops here and the exchange is marked truncated; the client's bytes go on. */
export const ANSWER_COPY_BYTES_MAX = 4 * 1024 * 1024;
/** One wake-up of JavaScript per this many bytes of copied stream. */
export const COPY_READ_BYTES = 64 * 1024;
/** From here on a copy is gzipped while it grows: it would be at its end, to fit a message. */
export const COPY_PLAIN_BYTES_MAX = CAPTURE_MESSAGE_BYTES_MAX;
/** `x-winnow-meta`, as it came. */
export const META_BYTES_MAX = 2_048;
/** `x-winnow-request-id`, -task, -user, -session: characters. */
export const HEADER_VALUE_CHARS_MAX = 128;
/** Body of POST /v1/feedback: what sendBeacon can carry. */
export const FEEDBACK_BODY_BYTES_MAX = 64 * 1024;
/** Events in one feedback body. */
export const FEEDBACK_EVENTS_MAX = 100;
/** Nesting of a feedback body; what it needs is 3. */
export const FEEDBACK_DEPTH_MAX = 8;
/** How long a signed id is the permission to speak about its exchange. A server's key has no such end. */
export const FEEDBACK_ID_AGE_MS_MAX = 180 * 24 * 3_600_000;
/** Of one exchange: a person who changes their mind, not a machine that tries. */
export const FEEDBACK_EXCHANGE_MINUTE_EVENTS_MAX = 30;
/** Of one address: many people may share it. */
export const FEEDBACK_ADDRESS_MINUTE_EVENTS_MAX = 1_000;
/** Of one app, by whoever holds ids of it. */
export const FEEDBACK_APP_MINUTE_EVENTS_MAX = 10_000;
/** Names of apps whose tags an isolate remembers. */
export const APP_TAG_ENTRIES_MAX = 1_000;
/** What an event gains on its way from body to queue: its own id, the times, the app, the fields that were left out. */
export const FEEDBACK_EVENT_EXTRA_BYTES_MAX = 300;
/** Body of winnow's own JSON API calls (runs, release). */
export const API_BODY_BYTES_MAX = 64 * 1024;
/** Verified keys remembered by an isolate. */
export const KEY_CACHE_ENTRIES_MAX = 1_000;
/** Apps of one winnow, with their settings: what a gateway's isolate holds of them, some 1 KB each. */
export const SETTINGS_APPS_MAX = 1_000;
/** Keys that ended or will: what an isolate must remember of them is an id and a time. */
export const ENDED_KEYS_MAX = 10_000;
/** An isolate asks D1 for changes after this time, in the background of a call. */
export const SETTINGS_REFRESH_MS = 20_000;
/** Settings that are older than this are not trusted about ended keys: a call waits for D1, while its provider works. */
export const SETTINGS_AGE_MS_MAX = 60_000;
/** D1 that has not answered by then is taken for down, and what is known of settings goes on being used. */
export const SETTINGS_WAIT_MS_MAX = 2_000;
/** A limiter that has not answered by then is gone around: what a call may be delayed by at most. */
export const LIMITER_WAIT_MS_MAX = 40;
/** Different limits for which an isolate keeps a limiter. */
export const LIMITER_KINDS_MAX = 100;
/** Failures in a row after which a provider's circuit opens: one bad answer is chance, five are an outage. */
export const CIRCUIT_FAILURES_MAX = 5;
/** How long it stays open before one call tries. */
export const CIRCUIT_OPEN_MS = 30_000;
/** The wait between tries: at first, and at most. */
export const RETRY_WAIT_MS = 250;
export const RETRY_WAIT_MS_MAX = 8_000;
/** A provider that asks for a longer wait than this is not waited for. */
export const RETRY_AFTER_MS_MAX = 30_000;
/** What is kept of the answer of a try that is repeated. */
export const FAILED_ANSWER_BYTES_MAX = 64 * 1024;
/** Queue attempts before a capture is spilled to R2. */
export const QUEUE_SEND_TRIES_MAX = 2;
/** A queue that has not taken a message by then is taken for down; it takes some 20 ms. What it takes later comes twice, and counts once. */
export const QUEUE_WAIT_MS_MAX = 3_000;
/** R2, for a capture of some megabytes. All waits together end before waitUntil does. */
export const SPILL_WAIT_MS_MAX = 10_000;
/** D1, for the count of losses; until it answers the isolate goes on holding them. */
export const LOSSES_WAIT_MS_MAX = 3_000;
/** Cloudflare: from the answer's end on. */
export const WAIT_UNTIL_MS_MAX = 30_000;
/** Spilled captures taken by one sweep. */
export const SWEEP_CAPTURES_MAX = 500;
/** Taken in together by the sweep, as they lie in R2, where most are gzipped to a tenth. */
export const SWEEP_GROUP_BYTES_MAX = 1024 * 1024;
/** Taken in together from the queue: parsed, they take some five times that of an isolate's 128 MB. */
export const GROUP_UNPACKED_BYTES_MAX = 12 * 1024 * 1024;
/** A spilled capture younger than this may still be on its way through the queue. */
export const SWEEP_AGE_MS_MIN = 60_000;
/** A dead letter is tried again after this time, then after twice, four times… as long: an outage ends within minutes or days. */
export const DEAD_LETTER_WAIT_MS = 5 * 60_000;
/** So often, over two weeks; what cannot be read at all is not tried again. */
export const DEAD_LETTER_TRIES_MAX = 12;
/** Dead letters taken up by one sweep: an outage of an hour leaves some, and each is one read of R2. */
export const SWEEP_LETTER_ROWS_MAX = 1_000;
/** While R2 or D1 is down a dead letter waits in its queue, a second at first and never longer than this: a hundred tries take a day. */
export const BURY_WAIT_MS_MAX = 900_000;
/**
 * Feedback by response or request id finds exchanges of this age, and waits this long for one. There is no index on
 * those ids (it would double the writes of every exchange), so the rows of this time are read instead.
 */
export const FEEDBACK_REF_AGE_MS_MAX = 3 * 24 * 3_600_000;
/** Waiting events taken up by one sweep. */
export const FEEDBACK_WAITING_MAX = 500;
/** Rows of one bulk insert: some 70 KB of JSON in one bound parameter (2 MB at most). */
export const INSERT_ROWS_MAX = 100;
/** What a spilled or gzipped capture may unpack to: both bodies at their bounds, and the header. */
export const CAPTURE_UNPACKED_BYTES_MAX = REQUEST_BODY_BYTES_MAX + ANSWER_COPY_BYTES_MAX + 64 * 1024;
/** One record of a segment, unpacked. */
export const RECORD_BYTES_MAX = 4 * CAPTURE_UNPACKED_BYTES_MAX;
/** Rows of one page of winnow's own lists. */
export const PAGE_ROWS_MAX = 200;
/**
 * Exchanges in the window of one run, for the memory of one isolate (some 90 B each while they are drawn). A longer
 * window is cut there, and the next night goes on from the cut.
 */
export const RUN_EXCHANGES_MAX = 1_000_000;
/** What a task's budget may be: the rows of one batch are in memory together. */
export const RUN_BUDGET_ROWS_MAX = 20_000;
/**
 * Text of what is drawn of one task, expected: a batch is in memory with its examples, its masked copies and a file at a time,
 * which is some two and a half times its text.
 */
export const RUN_TEXT_BYTES_MAX = 24 * 1024 * 1024;
/** And read, at most, however little of it was expected: what has no room is left out, and says so. */
export const RUN_TEXT_READ_BYTES_MAX = 32 * 1024 * 1024;
/** What an app's budget for one night may be: half of the largest window. */
export const RUN_NIGHT_BUDGET_ROWS_MAX = 500_000;
/** Blind to feedback, of one task: more would make no rate surer that anyone could tell. */
export const RUN_AUDIT_ROWS_MAX = 5_000;
/** Exchanges that are judged together, packed to some 2 KB each. */
export const RUN_JUDGED_ROWS_MAX = 25_000;
/** Exchanges of earlier nights that people spoke of, from which the verdict is learned too. */
export const RUN_LEARNED_ROWS_MAX = 4_000;
/** How far they reach back: what people think good may change with the app. */
export const RUN_LEARNED_AGE_MS_MAX = 30 * 24 * 3_600_000;
/** Exchanges with rows in earlier batches that one run looks at again, of one app; the others the next night. */
export const RUN_LATE_ROWS_MAX = 2_000;
/** For how long feedback can still mend or take back what was exported. */
export const RUN_LATE_AGE_MS_MAX = 60 * 24 * 3_600_000;
/** Exported rows of a task that a night compares with, the newest: some 1 KB each are read, and a tenth of a millisecond. */
export const NEAR_ROWS_MAX = 50_000;
/** And their batches: of small ones nearly three years of nights, each a read of R2. */
export const NEAR_BATCHES_MAX = 1_000;
/** A registered eval set: a benchmark of 14,000 questions (MMLU), and some more. */
export const EVAL_SET_ROWS_MAX = 20_000;
export const EVAL_SET_BYTES_MAX = 10 * 1024 * 1024;
/** Of one app: each is read for each task of a night. */
export const EVAL_SETS_MAX = 20;
/** Answers that a judge is asked about in one night: questions of one step, pairs in both orders, fit 10,000 calls of R2. */
export const JUDGE_ROWS_MAX = 900;
/** What a judge and people said of the same, over nights: some 100 B each. */
export const JUDGE_HISTORY_ROWS_MAX = 5_000;
/** Of an erasure, in one go: exchanges, segments, batches, files of runs. */
export const ERASE_EXCHANGES_MAX = 200;
export const ERASE_SEGMENTS_MAX = 100;
export const ERASE_CAPTURES_MAX = 50;
export const ERASE_BATCHES_MAX = 10;
export const ERASE_FILES_ENTRIES_MAX = 50;
/** Segments that one call of a rebuild reads. */
export const REBUILD_SEGMENTS_MAX = 100;
/** And rows whose records it looks for. */
export const REBUILD_ROWS_MAX = 500;
/** How long a message can stay in a queue, so that its record may lie beside ones that are younger by that much (Cloudflare's default). */
export const QUEUE_AGE_MS_MAX = 4 * 24 * 3_600_000;
/** Bodies that one sweep lets go by their age, of one app: some twenty segments and more are written anew. */
export const RETENTION_BODIES_EXCHANGES_MAX = 2_000;
/** Exchanges whose rows go together: their segments are read through once for all of them. */
export const RETENTION_EXCHANGES_MAX = 20_000;
/** How long one sweep goes on with erasures; the next comes after five minutes. */
export const SWEEP_ERASE_MS_MAX = 120_000;
/** A file of one task in one run, unpacked: some 1 KB for each that was drawn. */
export const RUN_FILE_BYTES_MAX = 64 * 1024 * 1024;
/** Of one segment, as it lies in R2, read at once; what lies further apart is read one by one. */
export const SEGMENT_READ_BYTES_MAX = 4 * 1024 * 1024;
/** Turns that are linked together: some 500 B each. */
export const LINK_EXCHANGES_MAX = 20_000;
/** Steps of one run: one for each task, some for each app; a Workflow has 1,024. */
export const RUN_STEPS_MAX = 1_000;
/** Rows read from D1 in one query of a run: some 500 KB. */
export const RUN_PAGE_ROWS = 1_000;
/** Rows of six short columns each, read from D1 in one query of a run: some 2 MB. */
export const TURN_PAGE_ROWS = 10_000;
/** Of a task's calls, read for its readiness: of more, a share of every hour is read and scaled. */
export const READINESS_ROWS_MAX = 100_000;
/** Feedback and labelled exchanges of those days. */
export const READINESS_FEEDBACK_ROWS_MAX = 200_000;
export const READINESS_LABELLED_ROWS_MAX = 20_000;
/** Bodies of failed, and of good answers that are looked into for words. */
export const READINESS_RECORDS_ROWS_MAX = 150;
/** For a webhook to take what it is told. */
export const WEBHOOK_WAIT_MS_MAX = 15_000;
/** For an OpenTelemetry collector to take a group of spans. */
export const SPANS_TIMEOUT_MS = 10_000;
/** Items that wait to be reviewed, of one app: more than anybody does before they are chosen anew. */
export const REVIEW_ROWS_MAX = 200;
/** Items that one reviewer has at once, to go back and forth between. */
export const REVIEW_HAND_ROWS_MAX = 5;
/** How long they stay that reviewer's without a sign of life. */
export const REVIEW_LEASE_MS = 15 * 60_000;
/** What people say makes other items worth looking at: the queue is made anew after this time, and after each night. */
export const REVIEW_QUEUE_AGE_MS_MAX = 10 * 60_000;
/** Batches whose trails are read for it: the newest of each task, and held ones. */
export const REVIEW_BATCHES_MAX = 40;
/** The newest exchanges, which no night has judged yet. */
export const REVIEW_NEWEST_ROWS_MAX = 1_000;
/** For how long it is counted what was reviewed. */
export const REVIEW_KEPT_MS = 30 * 24 * 3_600_000;
/** A correction by a reviewer, as long as one that is sent may be. */
export const REVIEW_TEXT_CHARS_MAX = 60_000;
/** How long a conversation may have rested for a call to be found to go on from it. */
export const CONVERSATION_GAP_MS_MAX = 7 * 24 * 3_600_000;

function relation(holds: boolean, text: string): void {
  if (!holds) throw new Error(`limits disagree: ${text}`);
}
relation(CAPTURE_MESSAGE_BYTES_MAX + 1_000 <= QUEUE_MESSAGE_BYTES_MAX, "a capture message fits a queue message");
relation(
  FEEDBACK_BODY_BYTES_MAX + FEEDBACK_EVENTS_MAX * FEEDBACK_EVENT_EXTRA_BYTES_MAX + 1_000 <= QUEUE_MESSAGE_BYTES_MAX,
  "feedback fits a queue message",
);
relation(JSON_ANSWER_BYTES_MAX <= ANSWER_COPY_BYTES_MAX, "an answer that is read whole is copied whole");
relation(
  2 * QUEUE_SEND_TRIES_MAX * QUEUE_WAIT_MS_MAX + SPILL_WAIT_MS_MAX + LOSSES_WAIT_MS_MAX < WAIT_UNTIL_MS_MAX,
  "a capture is stored or counted before waitUntil ends",
);
relation(COPY_READ_BYTES <= ANSWER_COPY_BYTES_MAX, "one read fits the copy");

/** The bounds of the command line: tries, waits, what is in memory at once. */

/** Tries of a request that may be repeated: with the waits below, some seven seconds of an outage. */
export const REQUEST_TRIES_MAX = 5;
export const RETRY_WAIT_MS = 500;
/** What a `retry-after` is heeded up to. */
export const RETRY_AFTER_MS_MAX = 60_000;
/** For an answer to begin. */
export const ANSWER_WAIT_MS_MAX = 60_000;
/** For the next bytes of a file. */
export const IDLE_MS_MAX = 60_000;
/** Of an answer that is JSON. */
export const JSON_BYTES_MAX = 64 * 1024 * 1024;
/** Lines of one request of an import: no more than the server lists the rejections of. */
export const IMPORT_CHUNK_LINES_MAX = 1_000;
/** Sent once so much is there; one line more may be on top. */
export const IMPORT_CHUNK_BYTES_MAX = 2 * 1024 * 1024;
/** Requests of an import under way at once. */
export const IMPORT_REQUESTS_MAX = 2;
/** A line of somebody else's log: a trace of Langfuse's holds many calls. */
export const FOREIGN_LINE_BYTES_MAX = 32 * 1024 * 1024;
/** Rejections that are shown; --rejected writes all of them. */
export const REJECTIONS_SHOWN_MAX = 5;
/** Between two looks at a run: at first, and at most. */
export const RUN_LOOK_MS = 500;
export const RUN_LOOK_MS_MAX = 5_000;
/** A progress line is drawn anew after this time. */
export const DRAW_MS = 100;

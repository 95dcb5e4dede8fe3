/** The bounds of an import: what one line, and one answer about many lines, may hold. */

/** Half of what the gateway copies of a request and an answer: parsed and packed again, a line takes some ten times that for a moment. */
export const LINE_BYTES_MAX = 4 * 1024 * 1024;
/** Rejections that an answer lists; it counts all of them. */
export const REJECTIONS_LISTED_MAX = 1_000;
/** A clock of the app's that runs ahead by more than this is not believed. */
export const AHEAD_MS_MAX = 5 * 60_000;
/** Before this nobody had logs of a model's answers: what is older is a unit mixed up (seconds for milliseconds). */
export const AT_MS_MIN = Date.UTC(2015, 0, 1);
/** Feedback on one line, as JSON: what POST /v1/feedback takes. */
export const LINE_FEEDBACK_EVENTS_MAX = 100;

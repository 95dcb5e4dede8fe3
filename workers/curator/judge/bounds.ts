/** The bounds of asking a judge. */

/** Calls at once: what a small account's rate limit bears. */
export const CALLS_AT_ONCE = 4;
/** Entries of the cache read at once: R2 allows six connections. */
export const READS_AT_ONCE = 6;
/**
 * Questions of one step: each is a read and two writes of R2 and up to three calls, and a Worker has 10,000 of those in
 * one invocation.
 */
export const QUESTIONS_MAX = 1_500;
/** Of one call, to the end of its answer. */
export const CALL_TIMEOUT_MS = 60_000;
/** Tries of one question where the provider says that it did no work. */
export const TRIES_MAX = 3;
export const RETRY_WAIT_MS = 500;
/** A provider that asks for a longer wait than this is not waited for. */
export const RETRY_WAIT_MS_MAX = 30_000;
/** Calls in a row that failed: the judge is left alone for this step. */
export const FAILURES_MAX = 5;
/** Replies in a row that are no verdict. More than failures: a few rows in a row may have been written to confuse a judge. */
export const UNREADABLE_MAX = 25;
/** Of an answer's body: a reply at its bound, in the wordiest of the three formats, some ten times over. */
export const ANSWER_BYTES_MAX = 256 * 1024;

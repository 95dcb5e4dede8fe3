/** The bounds of this stage: what a provider, or whoever poses as one, may make us build. */

/** OpenAI's schema ends `n` at 128, and the official SDK takes no higher index from a stream. */
export const CHOICES_MAX = 128;
/** As in the official SDK, which takes no higher index either. */
export const TOOL_CALLS_MAX = 128;
/** Requests seen nest 20 deep at most (JSON schemas); recursion over JSON overflows the stack after some thousands. */
export const JSON_DEPTH_MAX = 200;
/** Characters of a model, a response id, a finish reason: they become columns and are matched against patterns. */
export const NAME_CHARS_MAX = 256;

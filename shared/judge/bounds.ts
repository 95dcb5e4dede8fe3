/** The bounds of the judge: what one question may hold, what one reply may, and how sure its standing must be. */

/** Characters of one message of the conversation; what is over it is cut out of its middle. */
export const MESSAGE_CHARS_MAX = 8_000;
/** Characters of all messages together; those in the middle are left out whole. Some 12,000 tokens. */
export const CONVERSATION_CHARS_MAX = 48_000;
/** Characters of one answer: it is what is judged, and may be longer than a message. */
export const ANSWER_CHARS_MAX = 24_000;
/** What a judge may write, its thinking included where the provider counts that in. */
export const REPLY_TOKENS_MAX = 1_024;
/** What is read of a judge's reply: over what that many tokens come to. */
export const REPLY_CHARS_MAX = 16_000;
/** What providers put around the messages: roles, separators, a preamble of their own. */
export const FRAME_TOKENS_MAX = 512;
/** A score from which "good" is said: between 3 and 4 of 5. */
export const GOOD_FROM = 0.625;
/** Rows that people labelled too, before a judge may gate: the interval of kappa is some ±0.17 there. */
export const LABELS_MIN = 100;
/** Labels of each kind among them: kappa means little where nearly all are of one. */
export const LABELS_OF_EACH_MIN = 15;
/** Lower bound of kappa: over it agreement is "moderate" (Landis and Koch 1977). */
export const KAPPA_LOW_MIN = 0.4;

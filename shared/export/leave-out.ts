/**
 * Why an example is not in a file. A row that a format cannot express is left out and counted
 * with one of these reasons; it is never bent to fit. Readers and writers of this stage answer
 * with a Reading: the value, or the obstacle and where it stands. Never throws.
 */

export const LEAVE_OUT_REASONS = [
  /** Nothing to answer. */
  "prompt_empty",
  /** A prefill: the completion goes on with a text that was begun, and is no turn of its own. */
  "prompt_ends_in_assistant",
  "completion_not_assistant",
  /** White space only, no call, no refusal: nothing to learn. */
  "completion_empty",
  /** chosen and rejected say the same once the provider's extras are gone. */
  "pair_identical",
  "role_unknown",
  /** No content where the role needs one. */
  "content_missing",
  /** Neither text nor a list of parts, or a part without its text. */
  "content_malformed",
  /** A file, a video, or a part that we do not know. */
  "content_part_unknown",
  /** A field with a value that we can neither carry nor call harmless. */
  "field_unknown",
  /** The format has no place for this refusal. */
  "refusal",
  "audio",
  /** An image where the format takes text only. */
  "image",
  /** Neither an http(s) address nor a JPEG, PNG or WEBP data URL. */
  "image_invalid",
  /** The deprecated function_call field or function role. */
  "function_call",
  /** A hosted or custom tool. */
  "tool_not_function",
  "tool_malformed",
  "tool_call_not_function",
  "tool_call_malformed",
  /** A call in the history that was never answered, or not at once. */
  "tool_call_unanswered",
  /** A tool message that answers no call. */
  "tool_result_orphan",
  /** OpenAI: letters, digits, underscore and dash, 64 at most. */
  "function_name_invalid",
  "arguments_not_object",
  /** An integer beyond 2^53, which would come out changed. */
  "arguments_inexact",
  "arguments_too_deep",
  /** Tools or tool calls, where the format takes text only. */
  "tools",
  /** Text beside tool calls in one message, where a turn is one or the other. */
  "call_with_text",
  /** A system or developer message that is not the only one, or not the first, where the format has one place for it. */
  "instruction_place",
  /** Two turns of one side in a row, where the sides must alternate and the user begins. */
  "turns_not_alternating",
  /** Who of several people or assistants speaks, where the format has no place for a name, or not for this one. */
  "name",
  /** White space only, where the sink refuses a text that says nothing. */
  "text_empty",
  /** Words that the sink reads as its own marks: an image's place, a turn's begin. */
  "text_reserved",
  /** More than the sink takes in one row. */
  "too_long",
  /** Half of a surrogate pair: UTF-8 cannot hold it, and tokenizers stop at it. */
  "text_not_unicode",
] as const;
export type LeaveOutReason = (typeof LEAVE_OUT_REASONS)[number];

/** `where` is a path into the example, like `prompt[2].content[0]`; it never holds text of the example. */
export interface Obstacle {
  reason: LeaveOutReason;
  where: string;
}

export type Reading<T> = { ok: true; value: T } | { ok: false; obstacle: Obstacle };

export function readAs<T>(value: T): Reading<T> {
  return { ok: true, value };
}

export function stopAt(where: string, reason: LeaveOutReason): { ok: false; obstacle: Obstacle } {
  return { ok: false, obstacle: { reason, where } };
}

/** All values, or the first obstacle. */
export function readEach<S, T>(items: readonly S[], readOne: (item: S, at: number) => Reading<T>): Reading<T[]> {
  const values: T[] = [];
  for (const [at, item] of items.entries()) {
    const reading = readOne(item, at);
    if (!reading.ok) return reading;
    values.push(reading.value);
  }
  return readAs(values);
}

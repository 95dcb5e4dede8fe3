/** The checks by name, in the order in which they are made, with what each looks for. */
export const CHECK_DESCRIPTIONS = {
  error: "the provider answered with an error",
  client_aborted: "the client left before the end",
  truncated: "cut short, by the token limit or on the way",
  several_choices: "several answers to one call, and nobody knows which of them was shown",
  refused: "the model declines, in ten languages, or a filter stopped it",
  empty: "no text and no tool call",
  error_text: "an error page, an error message or a stack trace, where the prompt speaks of none",
  repetition: "lines or word sequences over and over, by the rules of Gopher that suit chat",
  invalid_json: "JSON was asked for, and this is none or not of the schema",
  invalid_tool_arguments: "a tool call that the tool's own schema refuses, or of a tool that there isn't",
  tool_calls_unanswered: "an earlier tool call of the conversation has no result",
  wrong_language: "another language than the question's, where nobody names or speaks it",
  prompt_leak: "repeats instructions of the system prompt",
  secret: "a key of a known form that isn't in the prompt",
} as const;

export type CheckName = keyof typeof CHECK_DESCRIPTIONS;
export const CHECKS = Object.keys(CHECK_DESCRIPTIONS) as [CheckName, ...CheckName[]];

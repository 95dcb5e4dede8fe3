/**
 * Deterministic checks of a model's answer. Each has a name, a switch, and gives a reason: a sentence with the numbers of what
 * it found, without a word of the text itself. The first that fails decides, in this order. A check that cannot tell is silent:
 * a sound answer that is thrown away is worse than a bad one that a person's vote will find.
 */
import type { ExchangeFlag, ExchangeRecord, Message } from "../core/exchange.ts";
import type { Json } from "../core/json.ts";
import { CHECKS, type CheckName } from "./check-names.ts";
import { findErrorText } from "./error-text.ts";
import { findInvalidJson } from "./json-answer.ts";
import { findLeak } from "./prompt-leak.ts";
import { isRefusal } from "./refusal.ts";
import { findRepetition } from "./repetition.ts";
import { findLeakedSecret } from "./secret-answer.ts";
import { textOf } from "./text-of.ts";
import { findInvalidArguments, findUnanswered } from "./tool-calls.ts";
import { findOtherLanguage } from "./wrong-language.ts";

export type CheckSwitches = Partial<Record<CheckName, boolean>>;

export interface Checked {
  record: Pick<ExchangeRecord, "status" | "outcome" | "finishReason" | "flags" | "request">;
  /** What the model was given, in OpenAI's shape. */
  prompt: readonly Message[];
  /** In OpenAI's shape; null where there are none. */
  tools: Json;
  /** The assistant's message; undefined where there is none. */
  answer: Message | undefined;
}

export interface Finding {
  name: CheckName;
  /** null where the name says it all. */
  reason: string | null;
}

/** The first check that fails; undefined when all pass. A switch set to false turns its check off. */
export function failedCheck(checked: Checked, switches: CheckSwitches): Finding | undefined {
  for (const name of CHECKS) {
    if (switches[name] === false) continue;
    const found = TESTS[name](checked);
    if (found !== false && found !== undefined) return { name, reason: found === true ? null : found };
  }
  return undefined;
}

const BROKEN: readonly ExchangeFlag[] = ["stream_error", "response_not_json"];

/** True, or the reason, where the check fails. */
const TESTS: Record<CheckName, (checked: Checked) => boolean | string | undefined> = {
  error: ({ record }) =>
    record.outcome === "upstream_error" ||
    record.status >= 400 ||
    record.finishReason === "error" || // a failed answer of OpenAI's Responses, under a 200
    record.flags.some((flag) => BROKEN.includes(flag)),
  client_aborted: ({ record }) => record.outcome === "client_aborted",
  truncated: ({ record }) =>
    record.outcome === "truncated" ||
    record.outcome === "upstream_cut" ||
    record.finishReason === "length" ||
    record.flags.includes("stream_without_end"),
  refused: ({ record, answer }) =>
    record.finishReason === "content_filter" || hasRefusal(answer) || isRefusal(textOf(answer)),
  empty: ({ answer }) => textOf(answer).trim() === "" && (answer?.tool_calls?.length ?? 0) === 0 && !hasRefusal(answer),
  error_text: ({ prompt, answer }) => findErrorText(prompt, textOf(answer)),
  repetition: ({ prompt, answer }) => findRepetition(prompt, textOf(answer)),
  invalid_json: ({ record, answer }) => findInvalidJson(record.request, answer),
  invalid_tool_arguments: ({ tools, answer }) => findInvalidArguments(tools, answer),
  tool_calls_unanswered: ({ prompt }) => findUnanswered(prompt),
  wrong_language: ({ prompt, answer }) => findOtherLanguage(prompt, textOf(answer)),
  prompt_leak: ({ prompt, answer }) => findLeak(prompt, textOf(answer)),
  secret: ({ prompt, answer }) => findLeakedSecret(prompt, answer),
};

function hasRefusal(answer: Message | undefined): boolean {
  return typeof answer?.refusal === "string" && answer.refusal !== "";
}

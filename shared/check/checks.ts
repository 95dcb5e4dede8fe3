/**
 * Deterministic checks of a model's answer. Each has a name, a switch, and gives a reason: a sentence with the numbers of what
 * it found, without a word of the text itself. The first that fails decides, in this order. A check that cannot tell is silent:
 * a sound answer that is thrown away is worse than a bad one that a person's vote will find.
 */
import type { ExchangeRecord, Message } from "../core/exchange.ts";
import { isObject, type Json } from "../core/json.ts";
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
  record: Pick<ExchangeRecord, "status" | "outcome" | "finishReason" | "flags" | "request" | "response">;
  /** What the model was given, in OpenAI's shape. */
  prompt: readonly Message[];
  /** In OpenAI's shape; null where there are none. */
  tools: Json;
  /** The assistant's message; undefined where there is none. */
  answer: Message | undefined;
}

export interface Finding {
  name: CheckName;
  reason: string;
}

/** The first check that fails; undefined when all pass. A switch set to false turns its check off. */
export function failedCheck(checked: Checked, switches: CheckSwitches): Finding | undefined {
  for (const name of CHECKS) {
    if (switches[name] === false) continue;
    const reason = TESTS[name](checked);
    if (reason !== undefined) return { name, reason };
  }
  return undefined;
}

/** The reason, where the check fails. */
const TESTS: Record<CheckName, (checked: Checked) => string | undefined> = {
  error: findError,
  client_aborted: ({ record }) => (record.outcome === "client_aborted" ? "the client left before the end" : undefined),
  truncated: findCut,
  several_choices: ({ record }) => findChoices(record.response),
  refused: findRefusal,
  empty: ({ answer }) => (isEmpty(answer) ? "there is neither text nor a tool call" : undefined),
  error_text: ({ prompt, answer }) => findErrorText(prompt, textOf(answer)),
  repetition: ({ prompt, answer }) => findRepetition(prompt, textOf(answer)),
  invalid_json: ({ record, answer }) => findInvalidJson(record.request, answer),
  invalid_tool_arguments: ({ tools, answer }) => findInvalidArguments(tools, answer),
  tool_calls_unanswered: ({ prompt }) => findUnanswered(prompt),
  wrong_language: ({ prompt, answer }) => findOtherLanguage(prompt, textOf(answer)),
  prompt_leak: ({ prompt, answer }) => findLeak(prompt, textOf(answer)),
  secret: ({ prompt, answer }) => findLeakedSecret(prompt, answer),
};

function findError({ record }: Checked): string | undefined {
  const { outcome, status, finishReason, flags } = record;
  if (outcome === "upstream_error" || status >= 400) {
    return status === 0 ? "the provider never answered" : `the provider answered with status ${status}`;
  }
  if (finishReason === "error") return "the provider says that it failed"; // OpenAI's Responses, under a 200
  if (flags.includes("stream_error")) return "the stream ended in an error";
  return flags.includes("response_not_json") ? "the body is not JSON" : undefined;
}

function findCut({ record }: Checked): string | undefined {
  if (record.outcome === "truncated") return "it is longer than what is kept of an answer";
  if (record.outcome === "upstream_cut") return "the provider stopped midway";
  if (record.finishReason === "length") return "it ran into its token limit";
  return record.flags.includes("stream_without_end") ? "the stream has no end" : undefined;
}

/** `n` of OpenAI's chat, `candidateCount` of Gemini: a vote is about the call, and not about one of its answers. */
function findChoices(response: Json): string | undefined {
  const { choices, candidates } = isObject(response) ? response : {};
  const answers = [choices, candidates].find((list) => Array.isArray(list))?.length ?? 0;
  return answers > 1 ? `${answers} answers came to one call` : undefined;
}

function findRefusal({ record, answer }: Checked): string | undefined {
  if (record.finishReason === "content_filter") return "a filter stopped it";
  if (hasRefusal(answer)) return "the provider marks it as a refusal";
  return isRefusal(textOf(answer)) ? "it begins as refusals do" : undefined;
}

function isEmpty(answer: Message | undefined): boolean {
  return textOf(answer).trim() === "" && (answer?.tool_calls?.length ?? 0) === 0 && !hasRefusal(answer);
}

function hasRefusal(answer: Message | undefined): boolean {
  return typeof answer?.refusal === "string" && answer.refusal !== "";
}

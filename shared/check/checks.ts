/**
 * Deterministic checks of a model's answer. Each has a name, which is also the reason that is kept, and a switch.
 * The first that fails decides, in this order.
 */
import type { ExchangeFlag, ExchangeRecord, Message } from "../core/exchange.ts";
import { REFUSAL } from "./refusal.ts";

export const CHECKS = ["error", "client_aborted", "truncated", "refused", "empty"] as const;
export type CheckName = (typeof CHECKS)[number];
export type CheckSwitches = Partial<Record<CheckName, boolean>>;

export interface Checked {
  record: Pick<ExchangeRecord, "status" | "outcome" | "finishReason" | "flags">;
  /** The assistant's message; undefined where there is none. */
  answer: Message | undefined;
}

const BROKEN: readonly ExchangeFlag[] = ["stream_error", "response_not_json"];

const TESTS: Record<CheckName, (checked: Checked) => boolean> = {
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
    record.finishReason === "content_filter" || hasRefusal(answer) || REFUSAL.test(textOf(answer)),
  empty: ({ answer }) => textOf(answer).trim() === "" && (answer?.tool_calls?.length ?? 0) === 0 && !hasRefusal(answer),
};

function hasRefusal(answer: Message | undefined): boolean {
  return typeof answer?.refusal === "string" && answer.refusal !== "";
}

/** The name of the first check that fails; undefined when all pass. A switch set to false turns its check off. */
export function failedCheck(checked: Checked, switches: CheckSwitches): CheckName | undefined {
  return CHECKS.find((name) => switches[name] !== false && TESTS[name](checked));
}

/** The text of a message whose content is text, or parts. */
export function textOf(message: Message | undefined): string {
  const content = message?.content;
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content
    .map((part) => (typeof part === "object" && part !== null && !Array.isArray(part) ? part.text : ""))
    .filter((text) => typeof text === "string")
    .join("");
}

/**
 * What the checks of all formats share: the rules between the messages of a row, which a schema of
 * single messages cannot hold. Shares nothing with the writers.
 */
import type { RowProblem } from "./format.ts";

/** What the rules below look at; every format's own message type has it. */
interface CheckedMessage {
  role: string;
  content?: unknown;
  refusal?: string | undefined;
  tool_calls?: { id: string }[] | undefined;
  tool_call_id?: string | undefined;
}

/** A conversation that ends in the assistant message to learn. */
export function checkLearned(messages: readonly CheckedMessage[]): RowProblem[] {
  const where = `messages.${messages.length - 1}`;
  const last = messages.at(-1);
  if (last?.role !== "assistant") return [{ where, message: "the last message must be the assistant's" }];
  return [...checkPrompt(messages.slice(0, -1), "messages"), ...checkAnswer(last, where)];
}

/** The one assistant message of a preference side or a KTO completion, or the last of a conversation. */
export function checkAnswer(answer: CheckedMessage, where: string): RowProblem[] {
  const problems = checkContent(answer, where);
  const silent = typeof answer.content === "string" && answer.content.trim() === "";
  if (silent && answer.tool_calls === undefined && answer.refusal === undefined) {
    problems.push({ where: `${where}.content`, message: "the answer is empty" });
  }
  return problems;
}

/** A conversation that waits for an answer. */
export function checkPrompt(messages: readonly CheckedMessage[], where: string): RowProblem[] {
  const problems = messages.flatMap((message, at) => checkContent(message, `${where}.${at}`));
  const last = messages.at(-1);
  if (last === undefined) problems.push({ where, message: "there is no message before the answer" });
  if (last?.role === "assistant") {
    const message = "an assistant message stands right before the answer";
    problems.push({ where: `${where}.${messages.length - 1}`, message });
  }
  return [...problems, ...checkToolAnswers(messages, where)];
}

function checkContent(message: CheckedMessage, where: string): RowProblem[] {
  const missing = message.content === undefined || message.content === null;
  if (!missing || message.tool_calls !== undefined) return [];
  return [{ where: `${where}.content`, message: "content may be missing only where there are tool calls" }];
}

function checkToolAnswers(messages: readonly CheckedMessage[], where: string): RowProblem[] {
  const problems: RowProblem[] = [];
  let open = new Set<string>();
  for (const [at, message] of messages.entries()) {
    if (message.role === "tool") {
      if (open.delete(message.tool_call_id ?? "")) continue;
      problems.push({ where: `${where}.${at}.tool_call_id`, message: "the tool message answers no open call" });
    } else if (open.size > 0) {
      problems.push({ where: `${where}.${at}`, message: "tool calls before this message are not answered" });
      open = new Set();
    }
    if (message.tool_calls !== undefined) open = new Set(message.tool_calls.map((call) => call.id));
  }
  if (open.size > 0) problems.push({ where, message: "the last tool calls are not answered" });
  return problems;
}

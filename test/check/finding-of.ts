/** An answer, checked: with what it was asked, and nothing wrong but what the test gives it. */
import { type Checked, type Finding, failedCheck } from "../../shared/check/checks.ts";
import type { Message } from "../../shared/core/exchange.ts";
import type { Json } from "../../shared/core/json.ts";

export const RECORD: Checked["record"] = {
  status: 200,
  outcome: "complete",
  finishReason: "stop",
  flags: [],
  request: null,
  response: null,
};

export interface Asked {
  prompt?: Message[];
  request?: Json;
  tools?: Json;
}

export const user = (content: string): Message => ({ role: "user", content });
export const system = (content: string): Message => ({ role: "system", content });
export const assistant = (content: Json): Message => ({ role: "assistant", content });

export function findingOf(answer: Json, { prompt = [user("Hello?")], request = null, tools = null }: Asked = {}) {
  return failedCheck({ record: { ...RECORD, request }, prompt, tools, answer: assistant(answer) }, {});
}

export function findingOfCalls(calls: Json[], tools: Json): Finding | undefined {
  const answer: Message = { role: "assistant", content: null, tool_calls: calls };
  return failedCheck({ record: RECORD, prompt: [user("Hello?")], tools, answer }, {});
}

/** One call of `find`, with these arguments. */
export function callOf(args: Json, name = "find"): Json {
  const given = typeof args === "string" ? args : JSON.stringify(args);
  return { id: "1", type: "function", function: { name, arguments: given } };
}

export function toolOf(parameters: Json): Json {
  return [{ type: "function", function: { name: "find", parameters } }];
}

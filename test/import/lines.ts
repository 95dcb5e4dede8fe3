/** Lines of an import, made by the test. */
import type { JsonObject } from "../../shared/core/json.ts";

/** A chat call as an app may have logged it. */
export function lineOf(number: number, more: JsonObject = {}): JsonObject {
  return {
    provider: "openai",
    task: "imported",
    user: `user-${number % 7}`,
    at: new Date(Date.UTC(2026, 4, 1, 8) + number * 1_000).toISOString(),
    request: {
      model: "gpt-4o-mini",
      messages: [
        { role: "user", content: `Question ${number}: where is parcel ${4_700 + number}, and when does it come?` },
      ],
    },
    response: {
      id: `chatcmpl-import-${number}`,
      object: "chat.completion",
      created: 1_777_620_000 + number,
      model: "gpt-4o-mini",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: `Parcel ${4_700 + number} is on its way.` },
          finish_reason: "stop",
        },
      ],
      usage: { prompt_tokens: 21, completion_tokens: 9, total_tokens: 30 },
    },
    ...more,
  };
}

export function ndjson(lines: readonly unknown[]): string {
  return lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join("");
}

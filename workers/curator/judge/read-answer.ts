/** What a provider's answer says: the reply's text, and the tokens that are billed. Read by the same code as captures are. */
import { isObject, type Json } from "../../../shared/core/json.ts";
import { toText } from "../../../shared/core/text.ts";
import { parseBounded } from "../../../shared/parse/parse-bounded.ts";
import type { Call, TokenCounts } from "../../../shared/parse/wire-format.ts";
import { findWireFormat } from "../../../shared/parse/wire-formats.ts";
import { ANSWER_BYTES_MAX } from "./bounds.ts";

export interface ReadAnswer {
  /** null where the answer holds no message. */
  reply: string | null;
  /** null where the provider did not tell. */
  tokens: TokenCounts | null;
}

export function readAnswer(body: string, call: Call): ReadAnswer {
  const response = parseBounded(body);
  const format = findWireFormat(call);
  if (response === undefined || format === undefined) return { reply: null, tokens: null };
  const { answer } = format.readConversation({ request: null, response });
  return { reply: answer === null ? null : textOf(answer.content), tokens: format.readFacts(response).tokens };
}

/** undefined for a body that is longer than any answer of ours can be. */
export async function readBody(answer: Response): Promise<string | undefined> {
  if (answer.body === null) return "";
  const reader = answer.body.getReader();
  const chunks: Uint8Array[] = [];
  for (let bytes = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return toText(joined(chunks, bytes));
    bytes += value.byteLength;
    chunks.push(value);
    if (bytes > ANSWER_BYTES_MAX) {
      await reader.cancel().catch(() => undefined);
      return undefined;
    }
  }
}

function joined(chunks: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/** What was thought is no part of the reply. */
function textOf(content: Json | undefined): string | null {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return null;
  return content.map((part) => (isObject(part) && part.type === "text" ? String(part.text ?? "") : "")).join("");
}

/**
 * Usage for the calls whose provider did not tell: under half of OpenAI's chat streams carry it. Counted with o200k, the
 * vocabulary of OpenAI's newer models, which is loaded when the first such call comes.
 */
import type { ExchangeRecord, Message } from "../../shared/core/exchange.ts";
import { isObject, type Json } from "../../shared/core/json.ts";
import { conversationOf } from "../../shared/parse/messages-of.ts";
import { priceMicros } from "../../shared/parse/price.ts";
import type { Conversation } from "../../shared/parse/wire-format.ts";
import { estimateUsage } from "../../shared/usage/estimate-usage.ts";

/** What looks like a special token is somebody's text. */
const AS_PLAIN_TEXT = { disallowedSpecial: new Set<string>() };

/** @param record with its content; the same record where the provider told, or nothing was answered */
export async function fillInUsage(record: ExchangeRecord): Promise<ExchangeRecord> {
  const told = record.usage;
  if ((told !== null && !told.estimated) || record.status < 200 || record.status > 299) return record;
  const conversation = conversationOf(record);
  if (conversation === undefined || conversation.messages.length === 0) return record;
  const { countTokens } = await import("gpt-tokenizer/encoding/o200k_base");
  const call = { ...conversation, answers: answersOf(conversation, record.response) };
  const counted = estimateUsage(call, (text) => countTokens(text, AS_PLAIN_TEXT));
  // of a stream that was cut the provider has told what went in, and of what came out only how it began
  const usage = told === null ? counted : { ...told, outputTokens: Math.max(told.outputTokens, counted.outputTokens) };
  const tokens = { usage, cacheWriteTokens: 0, audioInputTokens: 0, audioOutputTokens: 0 };
  const { provider, model } = record;
  const costUsdMicros = priceMicros({ provider, models: [model], tokens, atMs: Date.parse(record.at) });
  return { ...record, usage, costUsdMicros };
}

/** OpenAI's chat has several choices where the app asks for them, and all are paid for. */
function answersOf({ answer }: Conversation, response: Json): Message[] {
  const choices = isObject(response) && Array.isArray(response.choices) ? response.choices : [];
  const messages = choices.flatMap((choice) => (isObject(choice) && isObject(choice.message) ? [choice.message] : []));
  if (messages.length > 1) return messages.map((message) => ({ ...message, role: "assistant" }) as Message);
  return answer === null ? [] : [answer];
}

/**
 * What is redacted of an exchange before it is stored, and of an example before it is exported; one redactor each
 * conversation. Never computed here: fingerprints. They are made of the text as it came, before this is called, or
 * equal calls would no longer meet.
 */
import type { Example } from "../core/example.ts";
import type { ExchangeRecord, Message } from "../core/exchange.ts";
import type { Json } from "../core/json.ts";
import type { Redactor } from "./redactor.ts";

/**
 * The record as it may be stored. Redacted: request, response, meta. Raw bodies are dropped: nothing could read them,
 * so nobody can say what is in them; the flags tell that there were some. `user`, `session`, `parent` and `requestId`
 * are what calls are joined by: they stay, or become null where something is found in them (an e-mail address for a
 * user's name), because a placeholder would make one user of all that have one. Who needs both hashes users first
 * (`userIds: "hashed"`). Everything else is winnow's own or the provider's.
 */
export function redactRecord(record: ExchangeRecord, redactor: Redactor): ExchangeRecord {
  const { rawRequest: _request, rawResponse: _response, ...kept } = record;
  redactor.learn([record.request, record.response, record.meta]);
  const harmless = (id: string | null): string | null => (id === null || redactor.text(id) === id ? id : null);
  return {
    ...kept,
    request: redactor.json(record.request),
    response: redactor.json(record.response),
    meta: redactor.json(record.meta),
    user: harmless(record.user),
    session: harmless(record.session),
    parent: harmless(record.parent),
    requestId: harmless(record.requestId),
  };
}

/** The example as it may be exported: messages and tools redacted, why it is there left as it is. */
export function redactExample<E extends Example>(example: E, redactor: Redactor): E {
  const answers = answersOf(example);
  redactor.learn([...example.prompt, ...Object.values(answers), ...(example.tools ?? [])]);
  const redacted: Record<string, Message> = {};
  const prompt = example.prompt.map((message) => redactMessage(message, redactor));
  for (const [field, message] of Object.entries(answers)) redacted[field] = redactMessage(message, redactor);
  const tools = example.tools === null ? null : example.tools.map((tool): Json => redactor.json(tool));
  return { ...example, prompt, tools, ...redacted };
}

function redactMessage(message: Message, redactor: Redactor): Message {
  return redactor.json(message as { [field: string]: Json }) as Message;
}

/** The messages that are learned, by the field they stand in. */
function answersOf(example: Example): Record<string, Message> {
  if (example.file === "preference") return { chosen: example.chosen, rejected: example.rejected };
  return { completion: example.completion };
}

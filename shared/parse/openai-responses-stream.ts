/**
 * A recorded stream of the Responses API, brought to the shape of the non-streaming answer.
 *
 *     for each event, until [DONE] (which OpenAI itself never sends), an error or the end:
 *       response.created | queued | in_progress    its fields replace the response's, its items their earlier selves
 *       response.completed | failed | incomplete   it is the response
 *       any other                                  changes an output item              (openai-responses-events.ts)
 *
 * Equals the official SDK (openai 7.57, client.responses.stream(…).finalResponse()) on the same bytes, except that
 *  - `output_text`, which the SDK adds to every response, is there only where the provider sent it;
 *  - a last event whose `output` is empty (ChatGPT's Codex backend, some proxies; `failed` nearly always) does not
 *    take away the items that were streamed: the SDK does that only where `output` is missing. See
 *    https://github.com/open-webui/open-webui/pull/27800, https://github.com/BerriAI/litellm/pull/32724;
 *  - what comes behind the last event, and is no other last event, is left out;
 *  - what the SDK throws for is flagged, and what came is kept. A failed response is flagged like an error is.
 */
import type { ExchangeFlag } from "../core/exchange.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { readOpenAiEvent } from "./openai-event.ts";
import { addOutputEvent } from "./openai-responses-events.ts";
import { ResponseOutput } from "./openai-responses-output.ts";
import { readResponseTokens } from "./openai-responses-tokens.ts";
import { readEvents } from "./sse-events.ts";
import type { Reassembled, TokenCounts } from "./wire-format.ts";

interface ResponseState {
  /** Top-level fields; null before the first event that brings them. */
  fields: JsonObject | null;
  output: ResponseOutput;
  tokens: TokenCounts | null;
  /** By which of the last events. */
  end: "completed" | "incomplete" | "failed" | null;
}

/** Never throws. */
export function reassembleResponseStream(stream: string): Reassembled {
  const state: ResponseState = { fields: null, output: new ResponseOutput(), tokens: null, end: null };
  const flags = new Set<ExchangeFlag>();
  let stop: "done" | "error" | "cut" | null = null;
  let error: Json | undefined;
  for (const event of readEvents(stream)) {
    const read = readOpenAiEvent(event);
    if (read.kind === "chunk") {
      if (!addEvent(state, { name: event.event, event: read.chunk })) flags.add("stream_bad_event");
    } else if (read.kind === "bad") {
      flags.add("stream_bad_event");
    } else if (read.kind !== "blank") {
      stop = read.kind;
      if (read.kind === "error") error = read.error;
      break;
    }
  }
  if (stop === "error" || state.end === "failed") flags.add("stream_error");
  if (state.end === null && (stop === null || stop === "cut")) flags.add("stream_without_end");
  return { response: finish(state, error), tokens: state.tokens, flags: [...flags] };
}

/** false when a part of it was not of the API's shape. */
function addEvent(state: ResponseState, { name, event }: { name: string | undefined; event: JsonObject }): boolean {
  const type = typeof event.type === "string" ? event.type : (name ?? "");
  switch (type) {
    case "response.completed":
      return endResponse(state, "completed", event.response);
    case "response.incomplete":
      return endResponse(state, "incomplete", event.response);
    case "response.failed":
      return endResponse(state, "failed", event.response);
    case "response.created":
    case "response.queued":
    case "response.in_progress":
      return state.end !== null || showResponse(state, event.response);
    default:
      return state.end !== null || addOutputEvent(state.output, { type, event });
  }
}

function showResponse(state: ResponseState, response: Json | undefined): boolean {
  if (!isObject(response)) return false;
  const { output, ...fields } = response;
  state.fields = fields;
  state.tokens = readResponseTokens(response) ?? state.tokens;
  return Array.isArray(output) ? state.output.merge(output) : output == null;
}

function endResponse(
  state: ResponseState,
  end: NonNullable<ResponseState["end"]>,
  response: Json | undefined,
): boolean {
  state.end = end;
  if (!isObject(response)) return false;
  const { output, ...fields } = response;
  const isGiven = Array.isArray(output) && output.length > 0;
  state.fields = isGiven ? response : fields;
  state.tokens = readResponseTokens(response) ?? state.tokens;
  return Array.isArray(output) || output == null;
}

function finish({ fields, output }: ResponseState, error: Json | undefined): Json {
  const failure = error === undefined ? {} : { error };
  if (fields !== null && Object.hasOwn(fields, "output")) return { ...fields, ...failure };
  const items = output.list();
  if (fields === null && items.length === 0) return error === undefined ? null : failure;
  const { output_text, ...rest } = fields ?? { object: "response" };
  const isTextKept = typeof output_text === "string" || output_text === null;
  return { ...rest, output: items, ...(isTextKept ? { output_text: textOf(items) } : {}), ...failure };
}

/** As the SDK sums it up. OpenRouter sends the field, and it is empty while the text still comes. */
function textOf(items: readonly JsonObject[]): string {
  const parts = items.flatMap(({ type, content }) => (type === "message" && Array.isArray(content) ? content : []));
  return parts
    .map((part) => (isObject(part) && part.type === "output_text" && typeof part.text === "string" ? part.text : ""))
    .join("");
}

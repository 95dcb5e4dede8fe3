/**
 * An exchange as a span of OpenTelemetry's GenAI conventions: the one place that knows their names.
 * https://github.com/open-telemetry/semantic-conventions-genai (client inference and embeddings, 2026-11), OTLP/HTTP as JSON.
 */
import type { ExchangeRecord, Usage } from "../core/exchange.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { parseTraceparent } from "../core/traceparent.ts";
import { type Attribute, attribute, type Span } from "./otlp.ts";

const SPAN_KIND_CLIENT = 3;
const STATUS_ERROR = 2;
const NS_A_MS = 1_000_000n;

/** Where the conventions' well-known name is not ours. */
const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  google: "gcp.gemini",
  azure: "azure.ai.openai",
  bedrock: "aws.bedrock",
  mistral: "mistral_ai",
  xai: "x_ai",
};

/** Content is not in it: prompts and answers stay with winnow. */
export function spanOf(record: ExchangeRecord): Span {
  const startMs = BigInt(Date.parse(record.at));
  const operation = operationOf(record);
  const requested = requestModel(record);
  return {
    ...idsOf(record),
    name: requested === undefined ? operation : `${operation} ${requested}`,
    kind: SPAN_KIND_CLIENT,
    startTimeUnixNano: String(startMs * NS_A_MS),
    endTimeUnixNano: String((startMs + BigInt(record.durationMs)) * NS_A_MS),
    attributes: [
      attribute("gen_ai.operation.name", operation),
      attribute("gen_ai.provider.name", PROVIDER_NAMES[record.provider] ?? record.provider),
      attribute("gen_ai.request.model", requested),
      attribute("gen_ai.conversation.id", record.session ?? record.conversation),
      ...requestAttributes(record.request),
      attribute("gen_ai.request.stream", record.streamed ? true : undefined),
      attribute("gen_ai.response.id", record.responseId),
      attribute("gen_ai.response.model", record.model),
      attribute("gen_ai.response.finish_reasons", record.finishReason === null ? undefined : [record.finishReason]),
      attribute("gen_ai.response.time_to_first_chunk", record.streamed ? record.firstByteMs / 1_000 : undefined),
      ...usageAttributes(record.usage),
      attribute("error.type", errorType(record)),
      attribute("http.response.status_code", record.status === 0 ? undefined : record.status),
      ...ownAttributes(record),
    ].filter((one) => one !== undefined),
    status: errorType(record) === undefined ? {} : { code: STATUS_ERROR, message: record.outcome },
  };
}

/** Was it asked, upstream, that this call leave no trace? */
export function isSampled(record: ExchangeRecord): boolean {
  return parseTraceparent(record.traceparent)?.sampled ?? true;
}

/** In the caller's trace where it sent one; otherwise a trace of its own, whose id is the exchange's. */
function idsOf({ id, traceparent }: ExchangeRecord): Pick<Span, "traceId" | "spanId" | "parentSpanId"> {
  const hex = id.replaceAll("-", "");
  const parent = parseTraceparent(traceparent);
  const spanId = hex.slice(16);
  return parent === undefined
    ? { traceId: hex, spanId }
    : { traceId: parent.traceId, spanId, parentSpanId: parent.spanId };
}

function operationOf({ format, path }: ExchangeRecord): string {
  if (/embed/i.test(path)) return "embeddings";
  if (format === "google") return "generate_content";
  return /\/completions$/.test(path) && !/\/chat\/completions$/.test(path) ? "text_completion" : "chat";
}

function requestModel({ request, model }: ExchangeRecord): string | undefined {
  const named = isObject(request) ? request.model : undefined;
  return typeof named === "string" ? named : (model ?? undefined);
}

function requestAttributes(request: Json): (Attribute | undefined)[] {
  if (!isObject(request)) return [];
  const gemini = isObject(request.generationConfig) ? request.generationConfig : {};
  const either = (...fields: (Json | undefined)[]) => fields.find((field) => field !== undefined && field !== null);
  const choices = numberOf(either(request.n, gemini.candidateCount));
  return [
    attribute("gen_ai.request.choice.count", choices === 1 ? undefined : choices, "int"),
    attribute("gen_ai.request.seed", numberOf(either(request.seed, gemini.seed)), "int"),
    attribute("gen_ai.request.max_tokens", numberOf(either(...maxTokens(request, gemini))), "int"),
    attribute("gen_ai.request.temperature", numberOf(either(request.temperature, gemini.temperature)), "double"),
    attribute("gen_ai.request.top_p", numberOf(either(request.top_p, gemini.topP)), "double"),
    attribute("gen_ai.request.top_k", numberOf(either(request.top_k, gemini.topK)), "int"),
    attribute("gen_ai.request.frequency_penalty", numberOf(request.frequency_penalty), "double"),
    attribute("gen_ai.request.presence_penalty", numberOf(request.presence_penalty), "double"),
    attribute(
      "gen_ai.request.stop_sequences",
      textsOf(either(request.stop, request.stop_sequences, gemini.stopSequences)),
    ),
    attribute("gen_ai.request.previous_response.id", textOf(request.previous_response_id)),
    attribute("gen_ai.request.reasoning.level", textOf(either(request.reasoning_effort, effortOf(request.reasoning)))),
  ];
}

function maxTokens(request: JsonObject, gemini: JsonObject): (Json | undefined)[] {
  return [request.max_completion_tokens, request.max_tokens, request.max_output_tokens, gemini.maxOutputTokens];
}

function effortOf(reasoning: Json | undefined): Json | undefined {
  return isObject(reasoning) ? reasoning.effort : undefined;
}

function usageAttributes(usage: Usage | null): (Attribute | undefined)[] {
  if (usage === null) return [];
  const ifAny = (count: number) => (count === 0 ? undefined : count);
  return [
    attribute("gen_ai.usage.input_tokens", usage.inputTokens, "int"),
    attribute("gen_ai.usage.output_tokens", usage.outputTokens, "int"),
    attribute("gen_ai.usage.cache_read.input_tokens", ifAny(usage.cachedInputTokens), "int"),
    attribute("gen_ai.usage.reasoning.output_tokens", ifAny(usage.reasoningTokens), "int"),
  ];
}

/** What the conventions have no name for. */
function ownAttributes(record: ExchangeRecord): (Attribute | undefined)[] {
  return [
    attribute("winnow.exchange.id", record.id),
    attribute("winnow.app", record.app),
    attribute("winnow.task", record.task),
    attribute("winnow.outcome", record.outcome),
    attribute("winnow.parent", record.parent),
    attribute("winnow.usage.estimated", record.usage?.estimated ? true : undefined),
    attribute("winnow.cost_usd", record.costUsdMicros === null ? undefined : record.costUsdMicros / 1e6, "double"),
    attribute("user.id", record.user),
  ];
}

/** The status where there is one, as for HTTP clients; otherwise what became of the call. */
function errorType({ status, outcome }: ExchangeRecord): string | undefined {
  if (status >= 400) return String(status);
  return outcome === "upstream_error" || outcome === "upstream_cut" || outcome === "client_aborted"
    ? outcome
    : undefined;
}

function numberOf(value: Json | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function textsOf(value: Json | undefined): string[] | undefined {
  const texts = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "string");
  return texts.length === 0 ? undefined : texts;
}

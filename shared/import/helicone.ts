/**
 * A Helicone export as JSON lines, with bodies (`npx @helicone/export --include-body --format jsonl`), or rows of its
 * POST /v1/request/query-clickhouse. https://docs.helicone.ai/tools/export
 *
 * Used: request_id, request_created_at, request_body and response_body (or `signed_body_content` with both), provider,
 * request_path, request_user_id (or helicone_user), response_status, delay_ms, feedback_rating with feedback_created_at
 * (a thumb), scores.helicone-score-feedback (the same), and of request_properties Helicone-Session-Id and
 * Helicone-Prompt-Id or task (the task). Other properties are left.
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { nameIn, objectIn, timeIn } from "./foreign-fields.ts";
import type { ImportLine, Read } from "./import-line.ts";

/** Helicone's name of a provider, in small letters, where winnow has another. */
const PROVIDERS: Record<string, string> = {
  gemini: "google",
  "google-ai-studio": "google",
  togetherai: "together",
  fireworksai: "fireworks",
  x: "xai",
  "azure-openai": "azure",
};

export function fromHelicone(json: Json, defaults: { provider?: string | undefined }): Read<ImportLine>[] {
  if (!isObject(json)) return [wrong("not a JSON object")];
  const stored = objectIn(json.signed_body_content);
  const request = objectIn(json.request_body) ?? objectIn(stored?.request);
  const response = objectIn(json.response_body) ?? objectIn(stored?.response);
  if (request === undefined || Object.keys(request).length === 0) {
    return [wrong("request_body is missing; export with --include-body")];
  }
  if (response === undefined || Object.keys(response).length === 0) return [wrong("response_body is missing")];
  const provider = providerOf(json.provider) ?? defaults.provider;
  if (provider === undefined) return [wrong("provider is missing; name one with --provider")];
  const properties = objectIn(json.request_properties) ?? objectIn(json.properties) ?? {};
  const line: ImportLine = {
    provider,
    id: nameIn(json.request_id, json.id),
    path: pathOf(json.request_path),
    task: nameIn(properties.task, properties["Helicone-Prompt-Id"], json.prompt_id),
    user: nameIn(json.request_user_id, json.helicone_user, json.user_id),
    session: nameIn(properties["Helicone-Session-Id"]),
    at: timeIn(json.request_created_at),
    status: statusOf(json.response_status),
    durationMs: typeof json.delay_ms === "number" && json.delay_ms >= 0 ? json.delay_ms : undefined,
    request,
    response,
    feedback: feedbackOf(json),
  };
  return [{ ok: true, value: line }];
}

function providerOf(value: Json | undefined): string | undefined {
  const name = nameIn(value)?.toLowerCase().replaceAll("_", "-");
  return name === undefined || name === "custom" ? undefined : (PROVIDERS[name] ?? name);
}

/** Helicone keeps the path, or the whole address; without a query, which may hold a key. */
function pathOf(value: Json | undefined): string | undefined {
  const path =
    nameIn(value)
      ?.replace(/^https?:\/\/[^/]*/, "")
      .split("?")[0] ?? "";
  return /^\/[\w.:/@-]+$/.test(path) ? path : undefined;
}

function statusOf(value: Json | undefined): number | undefined {
  const status = Number(value);
  return Number.isInteger(status) && status >= 100 && status <= 599 ? status : undefined;
}

function feedbackOf(json: JsonObject): JsonObject[] | undefined {
  const score = objectIn(json.scores)?.["helicone-score-feedback"];
  const rating = json.feedback_rating ?? (isObject(score) ? score.value : score);
  const value = rating === true || rating === 1 ? "up" : rating === false || rating === 0 ? "down" : undefined;
  if (value === undefined) return undefined;
  const at = timeIn(json.feedback_created_at);
  return [{ kind: "thumb", value, ...(at !== undefined && { at }) }];
}

function wrong(reason: string): { ok: false; reason: string } {
  return { ok: false, reason };
}

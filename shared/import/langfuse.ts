/**
 * Langfuse: observations as JSON lines (export of the table, GET /api/public/observations, or the blob storage export, whose
 * names are in snake case), and whole traces (`trace-<id>.json` as one line), whose generations are taken one by one.
 * https://langfuse.com/docs/api-and-data-platform/features/blob-storage-export-fields
 *
 * Used of a generation: id (request id), type, startTime, endTime, model, modelParameters, input, output, usage, level
 * (ERROR is left out), userId and sessionId (its own, or its trace's), promptName or name (the task), scores. A score is
 * feedback where it carries a thumb: a BOOLEAN or a 0/1 score, or up/down as its text, under a name that speaks of a
 * thumb or of a person's feedback; a text beside it is a comment.
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { nameIn, timeIn } from "./foreign-fields.ts";
import type { ImportLine, Read } from "./import-line.ts";
import { chatRequest, chatResponse } from "./langfuse-chat.ts";
import { feedbackFrom } from "./langfuse-scores.ts";

interface Context {
  provider?: string | undefined;
  trace?: JsonObject | undefined;
}

export function fromLangfuse(json: Json, { provider }: { provider?: string | undefined }): Read<ImportLine>[] {
  if (!isObject(json)) return [wrong("not a JSON object")];
  if (!Array.isArray(json.observations)) return [fromObservation(json, { provider })];
  const trace = isObject(json.trace) ? { ...json.trace, ...json } : json;
  const generations = json.observations.filter((one) => isObject(one) && isGeneration(one)) as JsonObject[];
  if (generations.length === 0) return [wrong("the trace holds no generation")];
  return generations.map((one) => fromObservation(one, { provider, trace }));
}

function isGeneration(observation: JsonObject): boolean {
  return typeof observation.type === "string" && observation.type.toUpperCase() === "GENERATION";
}

function fromObservation(observation: JsonObject, { provider, trace }: Context): Read<ImportLine> {
  if (!isGeneration(observation)) return wrong(`type is ${shown(observation.type)}; generations alone are calls`);
  if (observation.level === "ERROR") return wrong("its level is ERROR: the call has no answer");
  const model = nameIn(observation.model, observation.providedModelName, observation.provided_model_name);
  const request = chatRequest({ observation, model });
  if (!request.ok) return request;
  const response = chatResponse({ observation, model, id: nameIn(observation.id) });
  if (!response.ok) return response;
  const startedAt = timeIn(observation.startTime ?? observation.start_time);
  const line: ImportLine = {
    provider: provider ?? providerOf(model),
    path: "/v1/chat/completions",
    id: nameIn(observation.id),
    task: nameIn(observation.promptName, observation.prompt_name, observation.name, trace?.name),
    user: nameIn(observation.userId, observation.user_id, trace?.userId, trace?.user_id),
    session: nameIn(observation.sessionId, observation.session_id, trace?.sessionId, trace?.session_id),
    at: startedAt,
    durationMs: durationOf(startedAt, timeIn(observation.endTime ?? observation.end_time)),
    request: request.value,
    response: response.value,
    feedback: feedbackFrom({ observation, trace }),
  };
  return { ok: true, value: line };
}

/** Langfuse's SDKs bring every call to chat messages: the path says so, the provider prices it. */
function providerOf(model: string | undefined): string {
  if (model === undefined) return "openai";
  if (/claude/i.test(model)) return "anthropic";
  if (/gemini/i.test(model)) return "google";
  return /mistral|mixtral|codestral/i.test(model) ? "mistral" : "openai";
}

function durationOf(from: string | undefined, to: string | undefined): number | undefined {
  if (from === undefined || to === undefined) return undefined;
  const durationMs = Date.parse(to) - Date.parse(from);
  return durationMs >= 0 && durationMs <= 86_400_000 ? durationMs : undefined;
}

function shown(value: Json | undefined): string {
  return value === undefined ? "missing" : JSON.stringify(value).slice(0, 40);
}

function wrong(reason: string): { ok: false; reason: string } {
  return { ok: false, reason };
}

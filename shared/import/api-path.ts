/**
 * Which API a logged call went to, where its line does not say: told from the provider's format and from the fields that
 * one API alone has. Ingest reads a call by its path (shared/parse/wire-formats.ts), as it does one of the gateway's.
 */
import type { JsonObject } from "../core/json.ts";
import type { Provider } from "../core/providers.ts";
import type { ImportLine, Read } from "./import-line.ts";

export function apiPath(line: ImportLine, provider: Provider): Read<string> {
  if (line.path !== undefined) return { ok: true, value: line.path };
  const { request, response } = line;
  if (provider.format === "anthropic" && !hasChoices(response)) return found("/v1/messages");
  if (provider.format === "google" && !hasChoices(response)) return googlePath(request, response);
  const base = provider.openaiPath;
  if (base === undefined) return { ok: false, reason: `path is missing, and ${provider.name} has no usual one` };
  if (hasChoices(response) || Array.isArray(request.messages)) return found(`${base}/chat/completions`);
  if (response.object === "response" || Array.isArray(response.output)) return found(`${base}/responses`);
  if (Array.isArray(response.data) && request.input !== undefined) return found(`${base}/embeddings`);
  if (request.input !== undefined) return found(`${base}/responses`);
  return { ok: false, reason: "path is missing, and neither request nor response shows which API it was" };
}

/** Google names the model in the path; a log may hold it in either body. */
function googlePath(request: JsonObject, response: JsonObject): Read<string> {
  const named = [request.model, response.modelVersion].find((name) => typeof name === "string" && name !== "");
  const model = typeof named === "string" ? named.replace(/^models\//, "") : "";
  if (/^[\w.-]{1,128}$/.test(model)) return found(`/v1beta/models/${model}:generateContent`);
  return { ok: false, reason: "path is missing, and neither request.model nor response.modelVersion names the model" };
}

/** Anthropic and Google offer OpenAI's chat API too. */
function hasChoices(response: JsonObject): boolean {
  return Array.isArray(response.choices);
}

function found(path: string): Read<string> {
  return { ok: true, value: path };
}

/**
 * Gemini's addresses: what is called stands first, the method behind a colon.
 *
 *     /v1beta/models/{model}:generateContent                                       the Gemini API
 *     /v1beta/tunedModels/{name}:generateContent                                   a tuned model of it
 *     /v1/projects/{p}/locations/{l}/publishers/google/models/{model}:{method}     Vertex AI
 *     /v1/projects/{p}/locations/{l}/endpoints/{id}:{method}                       a tuned model of that
 *
 * https://ai.google.dev/api, https://cloud.google.com/vertex-ai/docs/reference/rest
 */
import { readName } from "./parse-bounded.ts";

const ADDRESS = /\/(models|tunedModels|endpoints|dynamic)\/([^/]+?)(?::|%3[aA])([a-zA-Z]+)\/?$/;

/** null where the path is no such address. */
export function readMethod(path: string): string | null {
  return ADDRESS.exec(path)?.[3] ?? null;
}

/** As the API names it: `gemini-2.5-flash`, but `tunedModels/my-own`. */
export function readModelInPath(path: string): string | null {
  const [, collection, segment] = ADDRESS.exec(path) ?? [];
  if (collection === undefined || segment === undefined) return null;
  const name = decoded(segment);
  return readName(collection === "models" ? name.replace(/^models\//, "") : `${collection}/${name}`);
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // a stray percent sign is part of the name
  }
}

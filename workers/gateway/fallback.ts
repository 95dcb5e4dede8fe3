/**
 * The same call elsewhere: another provider that speaks OpenAI's API, or another key of the same. Its key is a Worker
 * secret, as the caller's own is for the provider that was asked; the model may go by another name there.
 */
import { isObject, parseJson } from "../../shared/core/json.ts";
import type { Provider } from "../../shared/core/providers.ts";
import { toBytes, toText } from "../../shared/core/text.ts";
import type { Resilience } from "../../shared/settings/app-settings.ts";
import { setKey } from "./caller.ts";
import type { Departure } from "./flight.ts";
import { providerKey } from "./provider-key.ts";

type Fallback = Resilience["fallbacks"][number];

/** undefined where the call has no form there: another API, no key, no such provider. */
export function fallbackOf(departure: Departure, fallback: Fallback): Departure | undefined {
  const { isolate, env, body, headers } = departure;
  const provider = isolate.providers.get(fallback.provider);
  if (provider === undefined) return undefined;
  const path = pathAt(departure, provider);
  const { secret } = providerKey({ env, provider, ending: fallback.key });
  if (path === undefined || (secret === undefined && !provider.configured)) return undefined;
  const upstream = new Headers(headers.upstream);
  setKey({ headers: upstream, provider, secret });
  const asked = body.kind === "whole" ? { ...body, bytes: withModel(body.bytes, fallback.models) } : body;
  return { ...departure, provider, path, headers: { ...headers, upstream }, body: asked };
}

/** The same provider keeps the path; another one has OpenAI's API under a path of its own. */
function pathAt({ provider: from, path }: Departure, to: Provider): string | undefined {
  if (from.name === to.name) return path;
  const { openaiPath } = from;
  if (openaiPath === undefined || to.openaiPath === undefined || !path.startsWith(`${openaiPath}/`)) return undefined;
  return to.openaiPath + path.slice(openaiPath.length);
}

function withModel(bytes: Uint8Array<ArrayBuffer>, models: Record<string, string>): Uint8Array<ArrayBuffer> {
  if (Object.keys(models).length === 0) return bytes;
  const json = parseJson(toText(bytes));
  if (!isObject(json) || typeof json.model !== "string" || !Object.hasOwn(models, json.model)) return bytes;
  return toBytes(JSON.stringify({ ...json, model: models[json.model] }));
}

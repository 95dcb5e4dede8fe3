/** What OpenAI's APIs have in common, and what Azure does otherwise. */
import type { StandinError } from "./standin-request.ts";
import { isRecord } from "./standin-tools.ts";

/** `{"error":{"message","type","param","code"}}` */
export function openAiErrorBody({ message, type, param, code }: StandinError): object {
  return { error: { message, type, param, code } };
}

/** Azure's `/openai/deployments/{name}/…` names the model; a model in the body comes first. */
export function withDeployment(body: string, path: string): string {
  const name = /\/deployments\/([^/]+)\//.exec(path)?.[1];
  if (name === undefined) return body;
  try {
    const json: unknown = JSON.parse(body);
    return isRecord(json) ? JSON.stringify({ model: decodeURIComponent(name), ...json }) : body;
  } catch {
    return body; // what is wrong with it is said by whoever reads it
  }
}

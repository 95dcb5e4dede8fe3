/**
 * Azure OpenAI's older addresses name a deployment where the other APIs name a model in the body:
 * `/openai/deployments/{name}/chat/completions`. `/openai/v1/…` has it in the body.
 * https://learn.microsoft.com/azure/ai-foundry/openai/reference
 */
import { readName } from "./parse-bounded.ts";

/** null where the path names none. It is the team's own name, which need not be any model's. */
export function readDeployment(path: string): string | null {
  const [, name] = /\/deployments\/([^/]+)\//.exec(path) ?? [];
  return name === undefined ? null : readName(decoded(name));
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // a stray percent sign is part of the name
  }
}

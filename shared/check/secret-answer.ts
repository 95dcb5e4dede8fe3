/** A key or password in an answer that nobody gave it: it comes from training, from a tool, or is made up; none may be learned. */
import type { Message } from "../core/exchange.ts";
import { findSecrets } from "../core/secret-patterns.ts";
import { textOf } from "./text-of.ts";

/** @returns the kinds, never the secrets */
export function findLeakedSecret(prompt: readonly Message[], answer: string): string | undefined {
  const found = findSecrets(answer);
  if (found.length === 0) return undefined;
  const given = prompt.map(textOf);
  const leaked = found.filter(({ start, end }) => {
    const secret = answer.slice(start, end);
    return !given.some((text) => text.includes(secret));
  });
  if (leaked.length === 0) return undefined;
  const kinds = [...new Set(leaked.map(({ kind }) => kind))].sort();
  return `${leaked.length} ${leaked.length === 1 ? "secret" : "secrets"} that the prompt does not have: ${kinds.join(", ")}`;
}

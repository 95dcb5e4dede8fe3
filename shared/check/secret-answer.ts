/**
 * A key in an answer, or in what it calls a tool with, that nobody gave the model: it comes from training, or is made up; neither
 * may be learned. Only keys of a form that their provider documents: a password, a token or an address with a login in it is mostly
 * an example in code, or was asked for, and is masked in what is exported anyhow (shared/redact).
 */
import type { Message } from "../core/exchange.ts";
import { findSecrets } from "../core/secret-patterns.ts";
import { questionOf, textOf, textsIn } from "./text-of.ts";

/** Forms that examples have as often as secrets. */
const FORMLESS: ReadonlySet<string> = new Set([
  "password",
  "named_secret",
  "url_password",
  "url_token",
  "bearer_token",
  "jwt",
]);
/** What manuals write in the place of a key, and Stripe's keys for tests, which its manual has in full. */
const STAND_IN = /example|sample|dummy|fake|your|_test_|x{4}|0{4}|1234|abcd/i;
const ASKS =
  /\b(?:generate|create|make|invent|give me|example|sample|dummy|fake|mock|random)\b[^\n]{0,60}(?:key|token|secret|credential)/i;
/** Each is looked for in the whole prompt; more of them say no more. */
const SECRETS_MAX = 20;

/** @returns the kinds, never the secrets */
export function findLeakedSecret(prompt: readonly Message[], answer: Message | undefined): string | undefined {
  if (answer === undefined) return undefined;
  const text = [textOf(answer), ...textsIn(answer.tool_calls)].join("\n");
  const found = findSecrets(text).flatMap(({ start, end, kind }) => {
    const secret = text.slice(start, end);
    return FORMLESS.has(kind) || STAND_IN.test(secret) ? [] : [{ kind, core: longestRun(secret) }];
  });
  if (found.length === 0 || ASKS.test(questionOf(prompt))) return undefined;
  const given = prompt.flatMap((message) => textsIn(message));
  const leaked = found.slice(0, SECRETS_MAX).filter(({ core }) => !given.some((one) => one.includes(core)));
  if (leaked.length === 0) return undefined;
  const kinds = [...new Set(leaked.map(({ kind }) => kind))].sort();
  return `${leaked.length} ${leaked.length === 1 ? "secret" : "secrets"} that the prompt does not have: ${kinds.join(", ")}`;
}

/** Of letters and digits: how a text is escaped or broken into lines leaves it as it is. */
function longestRun(secret: string): string {
  return secret.split(/[^A-Za-z0-9]+/).reduce((longest, run) => (run.length > longest.length ? run : longest), "");
}

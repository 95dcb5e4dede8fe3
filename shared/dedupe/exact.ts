/**
 * Exact duplicates: the same prompt and the same target, after Unicode normalisation, case and white space.
 * System prompts and tools are left out: they are the template, which many different exchanges share. Only where an
 * app puts all it asks into the system prompt is that what was asked.
 */
import type { Example } from "../core/example.ts";
import type { Message } from "../core/exchange.ts";
import { fingerprint } from "../core/hash.ts";
import { canonicalJson, type Json } from "../core/json.ts";

/** Of what was asked. */
export function promptHash(prompt: readonly Message[]): string {
  const asked = prompt.filter((message) => message.role !== "system" && message.role !== "developer");
  return fingerprint((asked.length > 0 ? asked : prompt).map(messageText).join("\n"));
}

/** Of what was asked and what is to be learned from it. */
export function exampleHash(example: Example): string {
  const parts = [example.file, promptHash(example.prompt)];
  if (example.file === "preference") parts.push(messageText(example.chosen), messageText(example.rejected));
  else parts.push(messageText(example.completion));
  if (example.file === "kto") parts.push(String(example.label));
  return fingerprint(parts.join("\n"));
}

function messageText(message: Message): string {
  const { role, content, tool_calls } = message;
  return [role, normalised(content ?? null), tool_calls === undefined ? "" : normalised(withoutIds(tool_calls))].join(
    " ",
  );
}

/** Call ids are new each time and mean nothing. */
function withoutIds(calls: Json[]): Json[] {
  return calls.map((call) =>
    typeof call === "object" && call !== null && !Array.isArray(call) ? { ...call, id: undefined } : call,
  );
}

function normalised(value: Json): string {
  const text = typeof value === "string" ? value : canonicalJson(value);
  return text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
}

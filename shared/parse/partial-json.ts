/**
 * JSON whose end is missing: what of it is certain. Nothing is made up: a value counts only when its end was seen, and a
 * key only when its value counts.
 *
 *     {"city":"Köln","days":[1,2   →   {"city":"Köln","days":[1]}
 *
 * Gives what Anthropic's official SDK makes of the input of a tool (@anthropic-ai/sdk 1.12, _vendor/partial-json-parser).
 */
import type { Json } from "../core/json.ts";
import { parseBounded } from "./parse-bounded.ts";

const SCALAR = /[-+.0-9a-zA-Z]+/y;
const LITERALS: ReadonlySet<string> = new Set(["true", "false", "null"]);

/** undefined where the text is no beginning of JSON, or nests too deep. */
export function parsePartialJson(text: string): Json | undefined {
  return parseBounded(text) ?? parseBounded(complete(text));
}

/** Cut behind the last value that is whole, or the last bracket, and closed there. */
function complete(text: string): string {
  const closers: string[] = [];
  let certainEnd = 0;
  let before = "";
  for (let at = 0; at < text.length; ) {
    const character = text.charAt(at);
    const end = endOfToken(text, at);
    if (end === undefined) break;
    if (character === "{") closers.push("}");
    if (character === "[") closers.push("]");
    if (character === "}" || character === "]") closers.pop();
    const isKey = character === '"' && closers.at(-1) === "}" && before !== ":";
    if (!isKey && !/[\s:,]/.test(character)) certainEnd = end;
    if (!/\s/.test(character)) before = character;
    at = end;
  }
  return text.slice(0, certainEnd) + closers.reverse().join("");
}

/** undefined where it runs on behind the text. */
function endOfToken(text: string, at: number): number | undefined {
  if (text.charAt(at) === '"') return endOfString(text, at);
  SCALAR.lastIndex = at;
  const scalar = SCALAR.exec(text)?.[0];
  if (scalar === undefined) return at + 1;
  const end = at + scalar.length;
  return end < text.length || LITERALS.has(scalar) ? end : undefined;
}

function endOfString(text: string, at: number): number | undefined {
  for (let quote = text.indexOf('"', at + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text.charAt(quote - 1 - backslashes) === "\\") backslashes++;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return undefined;
}

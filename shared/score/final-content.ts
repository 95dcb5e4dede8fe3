/**
 * What an answer comes to, in a form in which two answers to one prompt can be found equal: its JSON with the keys in
 * order, its last line if that is short (a conclusion, a label, a number), else the whole text. Case, white space,
 * markdown, a label before a colon, currency signs and the spelling of numbers ("$1,000.00" is 1000) do not count.
 */
import { canonicalJson, type Json } from "../core/json.ts";

/** A longer last line is a paragraph, not a conclusion. */
const CONCLUSION_CHARS_MAX = 120;
/** Of a longer text the rest is not looked at. */
const CONTENT_CHARS_MAX = 20_000;

/** null: there is nothing to compare. */
export function finalContent(answer: string): string | null {
  const text = answer.slice(-CONTENT_CHARS_MAX).trim();
  if (text === "") return null;
  const json = jsonOf(text);
  if (json !== undefined) return canonicalJson(json);
  const last = text.slice(text.lastIndexOf("\n") + 1).trim();
  const plain = plainForm(last.length <= CONCLUSION_CHARS_MAX ? last : text);
  return plain === "" ? null : plain;
}

function jsonOf(text: string): Json | undefined {
  if (!/^[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function plainForm(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[*_`#>~$€£¥]/g, "")
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^[\p{L} ]{1,20}: ?(?=\S)/u, "")
    .replace(/\d[\d,]*(?:\.\d+)?/g, plainNumber)
    .replace(/[\s.!;,]+$/, "");
}

function plainNumber(digits: string): string {
  const number = Number(digits.replaceAll(",", ""));
  return Number.isFinite(number) ? String(number) : digits;
}

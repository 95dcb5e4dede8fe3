/** National identifiers in text, by the table of national-ids.ts. */
import { type Found, standsAfter } from "./kinds.ts";
import { NATIONAL_IDS } from "./national-ids.ts";

/** How far a word may stand before its number: "social security number (SSN) is: ". */
const CONTEXT_CHARS = 48;

export function findNationalIds(text: string): Found[] {
  if (!/\d{2}/.test(text)) return [];
  const found: Found[] = [];
  for (const { form, holds, after } of NATIONAL_IDS) {
    for (const { 0: written, index } of text.matchAll(form)) {
      if (after !== undefined && !standsAfter({ text, at: index, words: after, chars: CONTEXT_CHARS })) continue;
      const value = written.replace(/[^\p{L}\d]/gu, "").toUpperCase();
      if (holds(value)) found.push({ start: index, end: index + written.length, kind: "national_id", value });
    }
  }
  return found;
}

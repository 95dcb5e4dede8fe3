/**
 * What stands in the place of a value: `[EMAIL_1]`, `[NATIONAL_ID_2]`. The same value has the same placeholder for as
 * long as this lives, which is one conversation. Placeholders that a text brings along, from an earlier redaction, are
 * never given to another value, provided they were noted first.
 */
import { KINDS, type Kind } from "./kinds.ts";

const PLACEHOLDER = new RegExp(`\\[(${KINDS.join("|").toUpperCase()})_([1-9]\\d{0,6})\\]`, "g");

export interface Placeholders {
  /** Takes the numbers of placeholders in a text out of use. */
  note(text: string): void;
  of(kind: Kind, value: string): string;
  counts(): Record<Kind, number>;
}

export function makePlaceholders(): Placeholders {
  const given = new Map<string, string>();
  const taken = new Set<string>();
  const counts = zeroes();
  const next = { ...counts };

  const note = (text: string): void => {
    for (const [placeholder] of text.matchAll(PLACEHOLDER)) taken.add(placeholder);
  };
  const of = (kind: Kind, value: string): string => {
    const key = `${kind}\0${value}`;
    const before = given.get(key);
    if (before !== undefined) return before;
    let placeholder: string;
    do placeholder = `[${kind.toUpperCase()}_${++next[kind]}]`;
    while (taken.has(placeholder));
    counts[kind]++;
    given.set(key, placeholder);
    taken.add(placeholder);
    return placeholder;
  };
  return { note, of, counts: () => ({ ...counts }) };
}

export function zeroes(): Record<Kind, number> {
  return { secret: 0, email: 0, iban: 0, card: 0, national_id: 0, phone: 0, ip: 0, address: 0, name: 0 };
}

/** The text between placeholders and the placeholders, in turn: the first, the third, … are text. */
export function splitAtPlaceholders(text: string): string[] {
  const parts: string[] = [];
  let at = 0;
  for (const { 0: placeholder, index } of text.matchAll(PLACEHOLDER)) {
    parts.push(text.slice(at, index), placeholder);
    at = index + placeholder.length;
  }
  parts.push(text.slice(at));
  return parts;
}

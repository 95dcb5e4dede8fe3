/** All finders over one text, and what stays where their finds meet. */
import { findSecrets } from "../core/secret-patterns.ts";
import { findAddresses } from "./find-address.ts";
import { findCards } from "./find-card.ts";
import { findEmails } from "./find-email.ts";
import { findIbans } from "./find-iban.ts";
import { findIps } from "./find-ip.ts";
import { findNationalIds } from "./find-national-id.ts";
import { findPhones } from "./find-phone.ts";
import { fold } from "./fold.ts";
import { type Finder, type FindOptions, type Found, KINDS, type Kind } from "./kinds.ts";
import type { Names } from "./names.ts";

/** `pwd=` and six characters. */
const SECRET_CHARS_MIN = 10;

export interface SpanOptions extends FindOptions {
  names: Names;
  kinds?: Partial<Record<Kind, boolean>> | undefined;
}

const FINDERS: Readonly<Record<Exclude<Kind, "name" | "secret">, Finder>> = {
  email: findEmails,
  iban: findIbans,
  card: findCards,
  national_id: findNationalIds,
  phone: findPhones,
  ip: findIps,
  address: findAddresses,
};

/** In order, none over another. Of two that meet, the kind that KINDS names first, then the longer, then the first. */
export function findSpans(text: string, { names, kinds, region }: SpanOptions): Found[] {
  if (text === "") return [];
  const folded = fold(text);
  const find = (kind: Kind): Found[] => {
    if (kind === "secret") return secretsOf(folded);
    if (!mayHold(kind, folded)) return [];
    return kind === "name" ? names.find(folded) : FINDERS[kind](folded, { region });
  };
  const taken: Found[] = [];
  for (const kind of KINDS) {
    if (kinds?.[kind] === false) continue;
    const free = find(kind).sort((a, b) => a.start - b.start || b.end - a.end);
    addFree({ taken, found: free });
  }
  return taken.map((span) => ({ ...span, ...wholeCharacters(text, span) }));
}

/** Nothing of these kinds is without a digit or, of e-mail, an `@`: most pieces of a text are done with this. */
function mayHold(kind: Kind, text: string): boolean {
  return kind === "name" || (kind === "email" ? text.includes("@") : /\d/.test(text));
}

function secretsOf(text: string): Found[] {
  if (text.length < SECRET_CHARS_MIN) return [];
  return findSecrets(text).map(({ start, end }) => ({ start, end, kind: "secret", value: text.slice(start, end) }));
}

/** Merges two ordered lists; of the second, only what meets nothing. */
function addFree({ taken, found }: { taken: Found[]; found: readonly Found[] }): void {
  const before = taken.splice(0);
  let next = 0;
  for (const span of found) {
    while (next < before.length && (before[next]?.end ?? 0) <= span.start) taken.push(before[next++] as Found);
    const meets = (before[next]?.start ?? Number.POSITIVE_INFINITY) < span.end || (taken.at(-1)?.end ?? 0) > span.start;
    if (!meets) taken.push(span);
  }
  while (next < before.length) taken.push(before[next++] as Found);
}

/** A find never ends within a surrogate pair. */
function wholeCharacters(text: string, { start, end }: Found): { start: number; end: number } {
  const splits = (at: number): boolean => isSurrogate(text, at, 0xdc00) && isSurrogate(text, at - 1, 0xd800);
  return { start: splits(start) ? start - 1 : start, end: splits(end) ? end + 1 : end };
}

/** High surrogates are from 0xD800, low ones from 0xDC00, 0x400 of each. */
function isSurrogate(text: string, at: number, from: number): boolean {
  const code = text.charCodeAt(at);
  return code >= from && code < from + 0x400;
}

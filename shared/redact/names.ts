/** The people of one conversation: learned where they are introduced, found wherever they stand. */
import type { Found } from "./kinds.ts";
import { ALSO_WORDS, INTRODUCTIONS, NOT_NAMES } from "./name-introductions.ts";

/** People whose names one conversation is searched for. */
const PEOPLE_MAX = 200;
const PART_CHARS_MAX = 40;

export interface Names {
  /** Reads the introductions in a text. `others`: only of other people, for a speaker who is no person. */
  learn(text: string, options?: { others: boolean }): void;
  /** A name that is known to be one, whole. */
  add(name: string): void;
  /** Who is called so: of all spellings the one that came first; the name itself where it is not known. */
  personOf(name: string): string;
  find(text: string): Found[];
}

export function makeNames(): Names {
  /** Part of a name → the person it belongs to, by the first spelling. */
  const people = new Map<string, string>();
  let count = 0;

  const add = (name: string): void => {
    const parts = partsOf(name);
    if (parts.length === 0) return;
    const known = parts.map((part) => people.get(part)).find((person) => person !== undefined);
    if (known === undefined && count >= PEOPLE_MAX) return;
    if (known === undefined) count++;
    const person = known ?? parts.join(" ").toLowerCase();
    for (const part of parts) if (!people.has(part)) people.set(part, person);
  };
  const learn = (text: string, options = { others: false }): void => {
    for (const { name } of introducedIn(text, options.others)) add(name);
  };
  const find = (text: string): Found[] => {
    if (people.size === 0) return [];
    const found = new Map<number, Found>();
    for (const span of [...introducedSpans(text, people), ...wordsOf(text, people), ...withoutSpaces(text, people)]) {
      const other = found.get(span.start);
      if (other === undefined || other.end < span.end) found.set(span.start, span);
    }
    return [...found.values()];
  };
  const personOf = (name: string): string =>
    partsOf(name)
      .map((part) => people.get(part))
      .find((person) => person !== undefined) ?? name.toLowerCase();
  return { learn, add, personOf, find };
}

/** Is this a name as forms have it: one to five capitalised words, or two to twelve characters of Chinese or Japanese? */
export function looksLikeName(text: string): boolean {
  return (
    /^(?:\p{Lu}[\p{L}\p{M}'’.-]{0,39})(?: (?:\p{L}[\p{L}\p{M}'’.-]{0,39})){0,4}$/u.test(text) ||
    /^[\p{Script=Han}\p{Script=Katakana}\p{Script=Hiragana}ー・ ]{2,16}$/u.test(text)
  );
}

function* introducedIn(text: string, others: boolean): Generator<{ name: string; start: number }> {
  for (const { by, form } of INTRODUCTIONS) {
    if (others && by === "self") continue;
    for (const match of text.matchAll(form)) {
      const written = match.groups?.name ?? "";
      if (written.split(" ").some((word) => NOT_NAMES.has(word.toLowerCase()))) continue;
      const name = written.replace(/['’-]+$/, "");
      if (name !== "") yield { name, start: match.index + match[0].lastIndexOf(written) };
    }
  }
}

/** Where a name is introduced, it is one even if it is a word too. */
function introducedSpans(text: string, people: ReadonlyMap<string, string>): Found[] {
  return [...introducedIn(text, false)].flatMap(({ name, start }) => {
    const person = people.get(partsOf(name)[0] ?? "");
    return person === undefined ? [] : [{ start, end: start + name.length, kind: "name" as const, value: person }];
  });
}

const WORD = /\p{L}[\p{L}\p{M}'’-]{0,39}/gu;
const BETWEEN = /^(?: \p{Lu}\.)?(?: (?:van|von|der|den|de|da|dos|del|di|la|le|ten|ter|zu|bin|al)){0,3} $/u;

/** Known words, neighbours taken together: `Mia Li` is one find. */
function wordsOf(text: string, people: ReadonlyMap<string, string>): Found[] {
  const found: (Found & { word: string })[] = [];
  for (const { 0: written, index } of text.matchAll(WORD)) {
    const word = people.has(written) ? written : written.replace(/['’]s?$/, "");
    const person = people.get(word);
    if (person === undefined) continue;
    const last = found.at(-1);
    if (last !== undefined && index - last.end <= 24 && BETWEEN.test(text.slice(last.end, index))) {
      last.end = index + word.length;
      last.word = "";
    } else found.push({ start: index, end: index + word.length, kind: "name", value: person, word });
  }
  return found
    .filter(({ word }) => !ALSO_WORDS.has(word))
    .map(({ start, end, kind, value }) => ({ start, end, kind, value }));
}

/** Names in scripts that put no spaces between words. */
function withoutSpaces(text: string, people: ReadonlyMap<string, string>): Found[] {
  const found: Found[] = [];
  for (const [part, person] of people) {
    if (!/^[\p{Script=Han}\p{Script=Katakana}ー]{2,}$/u.test(part)) continue;
    for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) {
      found.push({ start: at, end: at + part.length, kind: "name", value: person });
    }
  }
  return found;
}

/** What a name is known by: its capitalised words without particles and initials. */
function partsOf(name: string): string[] {
  return name
    .split(/[ ・]/)
    .filter(
      (part) =>
        /^(?:\p{Lu}[\p{L}\p{M}'’-]+|[\p{Script=Han}\p{Script=Katakana}ー]{2,})$/u.test(part) &&
        part.length <= PART_CHARS_MAX,
    );
}

/**
 * Redaction of one conversation: personal data and secrets become placeholders, the same value the same one wherever
 * it stands. Pure. What is found is found by form, check digits and context, never by guess; what is left out and why
 * is told in the finders.
 *
 *   learn: every text of the conversation, once: names that are introduced, placeholders that are there already
 *   then:  text and json, in any order
 *
 * `json` learns from its own value before it changes it. A text is cut at the placeholders in it, and what is between
 * them is searched until nothing more is found, so that redacting twice is redacting once.
 */
import { isObject, type Json, type JsonObject, parseJson } from "../core/json.ts";
import { findSpans } from "./find-spans.ts";
import { mapJsonText } from "./json-text.ts";
import { nameOf, readKeyed } from "./keyed-values.ts";
import type { Kind } from "./kinds.ts";
import { makeNames, type Names } from "./names.ts";
import { makePlaceholders, type Placeholders, splitAtPlaceholders } from "./placeholders.ts";

export interface RedactorOptions {
  /** All are on; `false` leaves a kind where it is. */
  kinds?: Partial<Record<Kind, boolean>> | undefined;
  /** ISO 3166 code of the country whose telephone numbers come without a country code. */
  region?: string | undefined;
}

export interface Redactor {
  text(text: string): string;
  /**
   * The same shape, strings redacted. A string that is a JSON object or array is redacted inside and stays one. Keys
   * stay unless something but a name is found in them (a map by e-mail address). Numbers stay, unless their field
   * says what they are (`"phone": 4155550123`): those become strings.
   */
  json<T extends Json>(value: T): T;
  /** Names and placeholders of a text or a value that is redacted later. */
  learn(value: Json): void;
  /** Different values masked so far. */
  counts(): Record<Kind, number>;
}

/** JSON within JSON within …: each level doubles the backslashes, so deeper ones are not written by any client. */
const NESTED_MAX = 6;
/** JSON in a text may nest without end, and recursion must not; a parsed exchange nests 200 deep at most. */
const DEPTH_MAX = 400;
/** Searches of what is between placeholders: each has a find less to make, and two are the rule. */
const PASSES_MAX = 12;
/** Pictures, signatures, encrypted thoughts: long, without a space, and of use only to the byte. */
const OPAQUE = /^(?:data:[\w/+.-]+;base64,)?[A-Za-z0-9+/_=-]{512,}$/;
/** Whose own name is nobody's: assistants and their instructions. */
const NOT_PEOPLE = new Set(["assistant", "model", "system", "developer"]);

export function makeRedactor(options: RedactorOptions): Redactor {
  const names = makeNames();
  const placeholders = makePlaceholders();
  const state: State = { options, names, placeholders };
  const redactor: Redactor = {
    text: (text) => {
      learnText({ state, text, others: false });
      return redactText(state, text);
    },
    json: (value) => {
      redactor.learn(value);
      return redactJson({ state, value, key: undefined, nested: 0 }) as typeof value;
    },
    learn: (value) => learnJson({ state, value, key: undefined, others: false, nested: 0 }),
    counts: placeholders.counts,
  };
  return redactor;
}

interface State {
  options: RedactorOptions;
  names: Names;
  placeholders: Placeholders;
}

function learnText({ state, text, others }: { state: State; text: string; others: boolean }): void {
  state.placeholders.note(text);
  for (const [at, part] of splitAtPlaceholders(text).entries()) if (at % 2 === 0) state.names.learn(part, { others });
}

interface Walk {
  state: State;
  value: Json | undefined;
  key: string | undefined;
  nested: number;
}

function learnJson({ state, value, key, others, nested, depth = 0 }: Walk & { others: boolean; depth?: number }): void {
  if (depth > DEPTH_MAX) return;
  if (typeof value === "string") {
    const inner = nested < NESTED_MAX ? parseNested(value) : undefined;
    state.placeholders.note(value);
    if (inner !== undefined)
      learnJson({ state, value: inner, key: undefined, others, nested: nested + 1, depth: depth + 1 });
    else if (key !== undefined && readKeyed(key, value)?.kind === "name") state.names.add(value);
    else if (!OPAQUE.test(value)) learnText({ state, text: value, others });
  } else if (Array.isArray(value)) {
    for (const item of value) learnJson({ state, value: item, key: undefined, others, nested, depth: depth + 1 });
  } else if (isObject(value)) {
    const person = nameOf(value);
    if (person !== undefined) state.names.add(person);
    const spoken = others || (typeof value.role === "string" && NOT_PEOPLE.has(value.role));
    for (const field of Object.keys(value).sort()) {
      state.placeholders.note(field);
      learnJson({ state, value: value[field], key: field, others: spoken, nested, depth: depth + 1 });
    }
  }
}

function redactJson({ state, value, key, nested }: Walk): Json | undefined {
  if (typeof value === "string") return redactString({ state, value, key, nested });
  if (typeof value === "number") return (key !== undefined && redactKeyed(state, key, String(value))) || value;
  if (Array.isArray(value)) {
    return value.map((item) => redactJson({ state, value: item, key: undefined, nested }) as Json);
  }
  return isObject(value) ? redactObject({ state, value, nested }) : value;
}

/** Fields are read in the order of their names, so that numbers do not depend on how they were written. */
function redactObject({ state, value, nested }: { state: State; value: JsonObject; nested: number }): JsonObject {
  const fields = new Map<string, [string, Json | undefined]>();
  const written = new Set<string>();
  for (const key of Object.keys(value).sort()) {
    let changed = redactKey(state, key);
    while (written.has(changed) || (changed !== key && changed in value)) changed += "_";
    written.add(changed);
    fields.set(key, [changed, redactJson({ state, value: value[key], key, nested })]);
  }
  return Object.fromEntries(Object.keys(value).flatMap((key) => [fields.get(key) ?? [key, undefined]]));
}

function redactString({ state, value, key, nested }: Walk & { value: string }): string {
  if (key !== undefined) {
    const keyed = redactKeyed(state, key, value);
    if (keyed !== undefined) return keyed;
  }
  if (nested >= NESTED_MAX || parseNested(value) === undefined) return redactText(state, value);
  return mapJsonText(value, ({ type, text, key: field }) => {
    if (type === "key") return redactKey(state, text);
    if (type === "number") return field === undefined ? undefined : redactKeyed(state, field, text);
    return redactString({ state, value: text, key: field, nested: nested + 1 });
  });
}

function redactKeyed(state: State, key: string, written: string): string | undefined {
  const keyed = readKeyed(key, written);
  if (keyed === undefined || state.options.kinds?.[keyed.kind] === false) return undefined;
  const value = keyed.kind === "name" ? state.names.personOf(written) : keyed.value;
  return state.placeholders.of(keyed.kind, value);
}

/** Names of fields are words of a schema, and a person called Grace must not change them. */
function redactKey(state: State, key: string): string {
  return /[@\d]/.test(key) ? redactText({ ...state, names: NOBODY }, key) : key;
}

const NOBODY: Names = makeNames();

function redactText(state: State, text: string): string {
  if (OPAQUE.test(text)) return text;
  return splitAtPlaceholders(text)
    .map((part, at) => (at % 2 === 0 ? redactPart({ state, part, passes: PASSES_MAX }) : part))
    .join("");
}

/** What lies between finds is searched again by itself, as it will be when the text is redacted once more. */
function redactPart({ state, part, passes }: { state: State; part: string; passes: number }): string {
  const { options, names, placeholders } = state;
  const spans = passes === 0 ? [] : findSpans(part, { names, kinds: options.kinds, region: options.region });
  if (spans.length === 0) return part;
  let written = "";
  let at = 0;
  for (const { start, end, kind, value } of spans) {
    written += redactPart({ state, part: part.slice(at, start), passes: passes - 1 }) + placeholders.of(kind, value);
    at = end;
  }
  return written + redactPart({ state, part: part.slice(at), passes: passes - 1 });
}

/** undefined unless the text is a JSON object or array. */
function parseNested(text: string): Json | undefined {
  return /^\s*[[{]/.test(text) ? parseJson(text) : undefined;
}

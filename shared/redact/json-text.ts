/**
 * JSON as text, changed in place: white space, the spelling of numbers and the order of fields stay as they were, which
 * matters where the text itself is learned (the arguments of a tool call). For text that JSON.parse has taken: what
 * this reads it does not check again.
 */
export interface JsonToken {
  /** Of a string: without quotes and escapes. Of a number: as it is written. */
  text: string;
  type: "key" | "string" | "number";
  /** The field that this is the value of; undefined in an array. */
  key: string | undefined;
}

/** `change` gives a string's new text; undefined, or the text as it was, leaves the bytes as they are. */
export function mapJsonText(json: string, change: (token: JsonToken) => string | undefined): string {
  let written = "";
  let at = 0;
  let key: string | undefined;
  for (let next = at; next < json.length; ) {
    const end = tokenEnd(json, next);
    if (end === undefined) {
      if (/[[\]{},]/.test(json.charAt(next))) key = undefined;
      next++;
      continue;
    }
    const token = readToken({ json, start: next, end, key });
    const changed = change(token);
    if (changed !== undefined && changed !== token.text) {
      written += json.slice(at, next) + JSON.stringify(changed);
      at = end;
    }
    key = token.type === "key" ? token.text : undefined;
    next = end;
  }
  return written + json.slice(at);
}

/** Where the string or number that starts here ends; undefined where neither does. */
function tokenEnd(json: string, start: number): number | undefined {
  const first = json.charCodeAt(start);
  if (first === QUOTE) {
    let end = start + 1;
    while (end < json.length && json.charCodeAt(end) !== QUOTE) end += json.charCodeAt(end) === BACKSLASH ? 2 : 1;
    return end + 1;
  }
  if (first !== MINUS && !isDigit(first)) return undefined;
  let end = start + 1;
  while (end < json.length && /[0-9.eE+-]/.test(json.charAt(end))) end++;
  return end;
}

function readToken({
  json,
  start,
  end,
  key,
}: {
  json: string;
  start: number;
  end: number;
  key: string | undefined;
}): JsonToken {
  const written = json.slice(start, end);
  if (json.charCodeAt(start) !== QUOTE) return { text: written, type: "number", key };
  let after = end;
  while (/[ \n\r\t]/.test(json.charAt(after))) after++;
  const text = JSON.parse(written) as string;
  return json.charAt(after) === ":" ? { text, type: "key", key: undefined } : { text, type: "string", key };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

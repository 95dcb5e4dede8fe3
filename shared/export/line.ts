/**
 * One line of a file. JSON.stringify keeps keys in the order in which the writers set them, so equal
 * examples give equal bytes. U+0085, U+2028 and U+2029 are legal inside JSON but end a line for
 * Python's splitlines and for Node's readline, so they are escaped; other control characters already are.
 */
import type { JsonObject } from "../core/json.ts";

const LINE_ENDS = /[\u0085\u2028\u2029]/g;
/** What JSON.stringify makes of half a surrogate pair; the look-behind passes over an escaped backslash. */
const LONE_SURROGATE = /(?<!\\)(?:\\\\)*\\ud[89a-f][0-9a-f]{2}/;

export function toLine(row: JsonObject): string {
  return JSON.stringify(row).replace(LINE_ENDS, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** @param line made by toLine */
export function holdsLoneSurrogate(line: string): boolean {
  return LONE_SURROGATE.test(line);
}

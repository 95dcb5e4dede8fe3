/**
 * How much of a page a text takes, escaped and with the elements that its marks may become: what a captured text can do to
 * the size of a page is bounded by this and not by its own length.
 */

/** `&quot;`, and `<strong></strong>` for two pairs of marks or `<p></p>` for a line, at most. */
const ESCAPED_BYTES = 6;
const MARK_BYTES = 12;

export function pageBytes(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) bytes += bytesOf(text.charCodeAt(at));
  return bytes;
}

/** As much of the text as takes `bytesMax` at most, with a mark where it was cut. */
export function cutToBytes(text: string, bytesMax: number): string {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    bytes += bytesOf(text.charCodeAt(at));
    if (bytes <= bytesMax) continue;
    const kept = text.slice(0, at);
    return `${/[\uD800-\uDBFF]$/.test(kept) ? kept.slice(0, -1) : kept}…`;
  }
  return text;
}

function bytesOf(unit: number): number {
  if (unit > 0x7f) return 3;
  const character = String.fromCharCode(unit);
  if (MARKS.has(character)) return MARK_BYTES;
  return ESCAPED.has(character) ? ESCAPED_BYTES : 1;
}

const ESCAPED = new Set(["<", ">", "&", '"', "'"]);
const MARKS = new Set(["\n", "\r", "*", "`"]);

/**
 * The text as finders see it: of the same length, so that positions hold, with one spelling of what is written in
 * many: full-width forms, spaces that do not break, hyphens, and the `\n` of a text that is quoted in another.
 */
export function fold(text: string): string {
  return NEEDED.test(text) ? text.replace(FOLDED, spell) : text;
}

const FOLDED = /\\[nrt]|[\uFF01-\uFF5E\u00A0\u2007\u2009\u202F\u3000\u2010\u2011\u2212]/g;
const NEEDED = new RegExp(FOLDED.source);

function spell(found: string): string {
  if (found.length === 2) return "  ";
  const code = found.charCodeAt(0);
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0);
  return code === 0x2010 || code === 0x2011 || code === 0x2212 ? "-" : " ";
}

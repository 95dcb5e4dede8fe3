/**
 * Words of a text in any script: runs of letters, marks and digits, in lower case after NFKC; each character of scripts
 * that write no blanks between words. A run is cut at 24 characters, so that one blob is not one word.
 */

/** Characters of one text that are looked at: some 1,400 words. Five thousand such texts fit an isolate beside their batch. */
const TEXT_CHARS_MAX = 8_000;
const UNSPACED =
  "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}";
const WORD = new RegExp(`[${UNSPACED}]|[[\\p{L}\\p{M}\\p{N}]--[${UNSPACED}]]{1,24}`, "gv");

export function wordsOf(text: string): string[] {
  return text.slice(0, TEXT_CHARS_MAX).normalize("NFKC").toLowerCase().match(WORD) ?? [];
}

/** Words of a text that anyone may have written: bounded, in one pass. */

/** What is looked at of one text: a long document says what it is about well before this. */
const CHARS_MAX = 20_000;

/** Runs of letters and digits; scripts that are written without spaces, in pairs of characters. */
const WORD = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]{1,2}|[\p{L}\p{N}\p{M}]+/gu;

/** In the order of the text, as they are written. */
export function wordsOf(text: string): string[] {
  return allWordsOf(beginning(text));
}

/** Of a text that its caller has bounded. */
export function allWordsOf(text: string): string[] {
  return text.match(WORD) ?? [];
}

export function beginning(text: string): string {
  return text.slice(0, CHARS_MAX);
}

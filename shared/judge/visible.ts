/**
 * Captured text as a judge may see it: what a reader cannot see, or what a server may take for its own markup, is spelled
 * out as ⟦U+200B⟧. Nothing is lost: `fromVisible` gives the text back (line ends apart, which become \n).
 */

/**
 * Controls, formats (zero width, direction, tags), halves of surrogate pairs, private use, odd line ends, variation
 * selectors, blanks that count as letters; and the bracket that we spell with.
 */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\u115F\u1160\u3164\uFFA0⟦]|\u034F|[\u17B4\u17B5]|[\u180B-\u180F]|[\uFE00-\uFE0F]|[\u{E0000}-\u{E0FFF}]/gu;
/** What chat templates of open models are made of: a server may read it as a turn's end wherever it stands. */
const TEMPLATE_MARKUP = /<(?=[|｜]|<SYS>>|<\/SYS>>|\/?s>|start_of_turn>|end_of_turn>)|\[(?=\/?INST\])/gi;
const SPELLED = /⟦U\+([0-9A-F]{4,6})⟧/g;
const PICTURE = /\p{Extended_Pictographic}/u;

export function toVisible(text: string): string {
  return text
    .replaceAll("\r\n", "\n")
    .replace(HIDDEN, (found, at: number, whole: string) => (isPlain(found, at, whole) ? found : spell(found)))
    .replace(TEMPLATE_MARKUP, spell);
}

/** For tests and for people who read what a judge was shown. */
export function fromVisible(text: string): string {
  return text.replace(SPELLED, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16)));
}

function spell(character: string): string {
  return `⟦U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟧`;
}

/** Line feeds, tabs, and what emoji are joined and coloured with. */
function isPlain(found: string, at: number, whole: string): boolean {
  if (found === "\n" || found === "\t") return true;
  if (found === "\uFE0F") return PICTURE.test(characterBefore(whole, at));
  if (found !== "\u200D") return false;
  const before = whole[at - 1] === "\uFE0F" ? characterBefore(whole, at - 1) : characterBefore(whole, at);
  return PICTURE.test(before) && PICTURE.test(String.fromCodePoint(whole.codePointAt(at + 1) ?? 0));
}

function characterBefore(text: string, at: number): string {
  const pair = text.codePointAt(at - 2) ?? 0;
  return pair > 0xffff ? String.fromCodePoint(pair) : (text[at - 1] ?? "");
}

/**
 * Another language than the user's, told by n-grams (the package eld). Only where both texts are long enough to be sure, all the
 * user's paragraphs are of one language, and nobody asks for a language: "summarise this" over a German letter is no request for
 * German. Languages that are told apart by few words count as one.
 */
import { eld } from "eld/extrasmall";
import type { Message } from "../core/exchange.ts";
import { textOf, textsOf } from "./text-of.ts";

/** Under some fifteen words detection errs. */
const LETTERS_MIN = 80;
const TEXT_CHARS_MAX = 4_000;

/** Of one cluster each is mistaken for another. */
const ALIKE = [
  ["no", "da", "sv", "nb", "nn"],
  ["es", "pt", "gl", "ca", "it"],
  ["hr", "sr", "bs", "sl"],
  ["cs", "sk"],
  ["ru", "uk", "be", "bg", "mk"],
  ["ms", "id", "tl"],
  ["hi", "mr", "ne"],
  ["de", "nl", "af", "lb"],
  ["fa", "ar", "ur"],
  ["zh", "ja"],
];

/** Words that ask for a language, in the languages that ask most. */
const ASKS =
  /\b(?:translat\w*|language|english|german|french|spanish|italian|portuguese|dutch|polish|russian|chinese|mandarin|japanese|korean|arabic|hindi|turkish|latin|swedish|norwegian|danish|finnish|greek|hebrew|czech|hungarian|romanian|ukrainian|vietnamese|thai|indonesian|catalan|übersetz\w*|sprache|englisch|deutsch|französisch|spanisch|italienisch|tradui\w*|traduc\w*|langue|anglais|allemand|français|espagnol|italien|traduz\w*|idioma|inglés|español|alemán|francés|ingl[eê]s|português|lingua|inglese|tedesco|vertaal\w*|taal|engels|nederlands|duits|przetłumacz\w*|język\w*|angielsk\w*|перевед\w*|перевод\w*|язык\w*|английск\w*|русск\w*)(?![\p{L}])|翻译|翻譯|翻訳|英語|英语|中文|日本語|영어|번역/iu;

const detector = eld.newInstance();

export function findOtherLanguage(prompt: readonly Message[], answer: string): string | undefined {
  const asked = prompt.findLast(({ role }) => role === "user");
  const texts = [textOf(asked), ...textsOf(prompt, ["system", "developer"])];
  if (texts.some((text) => ASKS.test(text.slice(0, TEXT_CHARS_MAX)))) return undefined;
  const given = languageOf(answer);
  const own = oneLanguageOf(textOf(asked));
  if (given === undefined || own === undefined || isAlike(given, own)) return undefined;
  const spoken = prompt.filter(({ role }) => role === "user").map((message) => languageOf(textOf(message)));
  if (spoken.some((language) => language !== undefined && isAlike(language, given))) return undefined;
  return `the answer is in "${given}", the question in "${own}"`;
}

/** Of the whole, if each paragraph that can be told agrees. */
function oneLanguageOf(text: string): string | undefined {
  const whole = languageOf(text);
  if (whole === undefined) return undefined;
  const paragraphs = text.split("\n").filter((line) => line.trim() !== "");
  const isMixed = paragraphs.length > 1 && paragraphs.some((line) => languageOf(line) !== whole);
  return isMixed ? undefined : whole;
}

function languageOf(text: string): string | undefined {
  const words = wordsOnly(text.slice(0, 4 * TEXT_CHARS_MAX)).slice(0, TEXT_CHARS_MAX);
  const letters = words.match(/\p{L}/gu)?.length ?? 0;
  // a letter of Chinese or Japanese is half a word
  const wide = words.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0;
  if (letters + 3 * wide < LETTERS_MIN) return undefined;
  const found = detector.detect(words);
  return found.language !== "" && found.isReliable() ? found.language : undefined;
}

/** Without code, addresses, markup and what is between quotes. */
function wordsOnly(text: string): string {
  return text
    .replace(/```[^`]*(?:```|$)/g, " ")
    .replace(/`[^`\n]{1,200}`/g, " ")
    .replace(/\bhttps?:\/\/\S{1,500}/g, " ")
    .replace(/["“„«][^"”“»\n]{1,500}["”“»]/g, " ")
    .replace(/<[^<>\n]{1,200}>/g, " ")
    .replace(/[{}[\]|_*#=;<>\\/$]/g, " ");
}

function isAlike(one: string, other: string): boolean {
  return one === other || ALIKE.some((languages) => languages.includes(one) && languages.includes(other));
}

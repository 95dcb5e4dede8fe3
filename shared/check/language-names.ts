/**
 * Words that ask for a language, or name one, in the languages that ask most. Beginnings of words: `german` is Germany as well, and
 * then nothing is said of the answer's language, which costs little.
 */

/** In scripts with blanks: what follows no letter. */
const BEGINNINGS = [
  "translat|language|locale|english|german|french|spanish|italian|portugu|brazil|dutch|polish|russian|chinese|mandarin|cantonese|japanese|korean|arabic|hindi|urdu|bengali|tamil|turkish|latin|swedish|norwegian|danish|finnish|greek|hebrew|czech|slovak|hungarian|romanian|bulgarian|serbian|croatian|ukrainian|vietnamese|thai|indonesian|malay|tagalog|persian|farsi|catalan|swahili|esperanto",
  "übersetz|sprach|englisch|deutsch|französisch|spanisch|italienisch|portugiesisch|niederländisch|polnisch|russisch|chinesisch|japanisch|türkisch|arabisch|lateinisch|schwedisch|dänisch",
  "tradui|traduc|langue|anglais|allemand|français|espagnol|italien|portugais|néerlandais|polonais|russe|chinois|japonais|arabe",
  "idioma|lengua|inglés|ingles|español|espanol|alemán|francés|frances|portugués|holandés|polaco|ruso|chino|japonés|árabe|latín",
  "traduz|tradut|língua|inglês|espanhol|alemão|francês|português|holandês|polonês|polaco|russo|chinês|japonês",
  "lingua|inglese|tedesc|spagnol|francese|portoghese|olandese|polacc|cinese|giapponese|arabo",
  "vertaal|vertal|taal|engels|nederlands|duits|frans|spaans|italiaans|portugees|pools|russisch|chinees|japans",
  "tłumacz|przetłumacz|przełóż|język|angielsk|polsk|niemieck|francusk|hiszpańsk|włosk|rosyjsk|chińsk|japońsk",
  "перевед|перевод|перевест|язык|английск|русск|немецк|французск|испанск|итальянск|китайск|японск|украинск|переклад|мов[аоуи]|англійськ",
  "çevir|tercüme|ingilizce|türkçe|almanca|fransızca|ترجم|الإنجليزية|العربية|अनुवाद|अंग्रेज|हिन्दी|हिंदी",
].join("|");
/** In those without, where a name stands behind any letter. */
const ANYWHERE = "翻译|翻譯|翻訳|訳して|中文|[英日韩韓法德俄汉漢][文语語]|西班牙语|外语|外国語|국어|영어|일본어|번역";
/** Codes, as apps put them into prompts: `lang: de`, `[fr-FR]`. */
const CODES = "\\blang(?:uage)?[ \"'=:_-]{1,4}[a-z]{2}\\b|\\b[a-z]{2}[-_][A-Z]{2}\\b";

const NAMES = new RegExp(`(?<!\\p{L})(?:${BEGINNINGS})|${ANYWHERE}`, "iu");
const CODE = new RegExp(CODES);

/** Instructions stand at either end of a text. Characters. */
const END_CHARS = 4_000;

export function namesLanguage(text: string): boolean {
  const ends = [text.slice(0, END_CHARS), text.slice(-END_CHARS)];
  return ends.some((end) => NAMES.test(end) || CODE.test(end));
}

/**
 * Telephone numbers. With a country code: what libphonenumber calls valid. Without one: valid in the redactor's region
 * and written as people write such numbers, or of the form that only North America has, or after a word that says so.
 * A bare row of digits is never taken for a telephone, since order numbers, times and maths look the same.
 *
 * The metadata is libphonenumber-js's smallest: lengths and leading digits of each country. The fuller sets tell
 * mobile from fixed lines, which nothing here asks.
 */
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";
import { type FindOptions, type Found, LETTERS, standsAfter } from "./kinds.ts";

const DIGITS_MIN = 7;
const DIGITS_MAX = 15; // ITU-T E.164
/** Groups of digits with one or two marks between them; bounded, and entered only at its first digit. */
const CANDIDATE = new RegExp(
  `(?<![${LETTERS}\\d_.,:$€£¥#=*^%<>-]|\\d[ /)]|[-+/*] )(?:(?:\\+|\\b00 ?)\\d{1,3}[ .-]{0,2})?(?:\\(0?\\d{0,5}\\)[ .-]{0,2})?\\d{1,15}(?:(?: ?[./-] ?| )\\(?\\d{1,12}\\)?){0,7}(?![${LETTERS}\\d_%€$£¥]|[.,:/*^=-]\\d| ?[-+*×÷=%/] ?\\d)`,
  "gu",
);
const SAID =
  /(?:\b(?:tel|tél|tlf|telf|ph|mob|cell|cel|fax|hp)\b\.?|phone|telephone|mobile|whats ?app|call (?:me|us|him|her|them)(?: back)?|(?:reach|text|ring|phone) (?:me|us|him|her|them)|telefon\S{0,8}|handy\S{0,8}|rufnummer|mobil\S{0,8}|(?:rufen|erreichen) sie (?:mich|uns)|téléphone|portable|appel\S{1,4}(?:-moi| moi)?|teléfono|móvil|llám[ae]\S{0,3}|telefono|cellulare|chiama\S{0,4}|telefoonnummer|telefoon|mobiel|bel me|numer\S? telefonu|komórk\S{1,3}|zadzwoń|celular|ligue|電話(?:番号)?|携帯(?:電話)?)(?:[\s:.#()"'–-]|は|(?<!\p{L})(?:number|no|nr|is|at|on|me|under|unter|ist|au|le|es|al|número|numero|numéro|è|op|is|jest|pod|é|para|o|nummer|mój|meu|mon|meine|my|or|su)(?!\p{L})){0,12}$/iu;
const NORTH_AMERICAN = /^(?:\+?1[ .-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}([-.]))[2-9]\d{2}(?:\1|-)\d{4}$/;
const DATE =
  /^(?:\d{4}[-./ ]\d{1,2}[-./ ]\d{1,2}|\d{1,2}[-./ ]\d{1,2}[-./ ](?:\d{4}|\d{2}))(?: \d{1,2})?$|\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}$/;
const CONTEXT_CHARS = 40;

export function findPhones(text: string, { region }: FindOptions): Found[] {
  const found: Found[] = [];
  for (const { 0: matched, index } of text.matchAll(CANDIDATE)) {
    const opening = /^[\s]*/.exec(matched)?.[0].length ?? 0;
    const written = balanced(matched.slice(opening).trimEnd());
    const digits = written.replace(/\D/g, "");
    if (digits.length < DIGITS_MIN || digits.length > DIGITS_MAX + 2 || DATE.test(written)) continue;
    const start = index + opening;
    const said = () => standsAfter({ text, at: start, words: SAID, chars: CONTEXT_CHARS });
    if (!isPhone({ written, digits, region, said })) continue;
    found.push({
      start,
      end: start + written.length,
      kind: "phone",
      value: digits.slice(-VALUE_DIGITS).replace(/^0+/, ""),
    });
  }
  return found;
}

/** The last digits are the same with a country code and without, and no conversation holds two that share them. */
const VALUE_DIGITS = 9;

/** Without a bracket at its end that closes one before it: "(call 030 123456)". */
function balanced(written: string): string {
  const open = written.split("(").length;
  const closed = written.split(")").length;
  return closed > open && written.endsWith(")") ? written.slice(0, -1) : written;
}

interface Candidate {
  written: string;
  digits: string;
  region: string | undefined;
  said: () => boolean;
}

function isPhone({ written, digits, region, said }: Candidate): boolean {
  if (/^(?:\+|00)/.test(written)) return isInternational(written) || said();
  if (NORTH_AMERICAN.test(written)) return isValid(written, "US");
  if (region !== undefined && /^0|^\(/.test(written) && /\D/.test(written) && isValid(written, region)) return true;
  return !/^(\d)\1+$/.test(digits) && groupsWell(written) && said();
}

function isInternational(written: string): boolean {
  const number = written.replace(/^00 ?/, "+").replace("(0)", "");
  return isValid(number, undefined);
}

function isValid(written: string, region: string | undefined): boolean {
  const country = region !== undefined && isSupportedCountry(region) ? (region as CountryCode) : undefined;
  const options = country === undefined ? { extract: false } : { defaultCountry: country, extract: false };
  return parsePhoneNumberFromString(written, options)?.isValid() === true;
}

/** Not `1.5 - 20.75` nor `3 000 000`: most groups of a telephone number have two digits and more. */
function groupsWell(written: string): boolean {
  const groups = written.split(/\D+/).filter((group) => group !== "");
  return groups.length === 1 || groups.filter((group) => group.length >= 2).length * 2 >= groups.length;
}

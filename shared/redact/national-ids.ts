/**
 * National identifiers, country by country: form, check digits, and the words that must stand before a number whose
 * form is too common to tell by itself. Rules: https://en.wikipedia.org/wiki/National_identification_number and the
 * pages of the offices it names.
 */
import { isDay, passesLuhn, passesMod11And10, passesVerhoeff, weighted } from "./check-digits.ts";
import { LETTERS } from "./kinds.ts";

export interface NationalId {
  country: string;
  form: RegExp;
  /** Of the digits and letters alone, in capitals. */
  holds: (id: string) => boolean;
  /** Must end within some characters before the number; left out: the form and the check say enough. */
  after?: RegExp;
}

/** A number that stands alone: nothing of a longer number or word on either side. */
function alone(body: string): RegExp {
  return new RegExp(`(?<![${LETTERS}\\d_.,/+-]|\\d )(?:${body})(?![${LETTERS}\\d_]|[-/.,]\\d)`, "gu");
}

/** The word, and what may stand between it and its number. */
function words(body: string): RegExp {
  return new RegExp(
    `(?:${body})[\\s"':=#.)(-]*(?:(?:is|ist|est|es|è|jest|é|no|nr|number|num|núm|nº|n°|は)[\\s"':=#.-]*){0,2}$`,
    "iu",
  );
}

const SSN = words("ssn|social[ _-]?security(?:[ _-]?(?:number|no))?|itin|tax[ _-]?(?:payer )?id");

/** Area, group and serial that the SSA issues; never the numbers of its old advertisements. */
function isSsn(id: string): boolean {
  return /^(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}$/.test(id) && !/^(\d)\1+$|^123456789$/.test(id);
}

const DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE";
function isDni(id: string): boolean {
  const number = id.slice(0, -1).replace(/^[XYZ]/, (letter) => String("XYZ".indexOf(letter)));
  return DNI_LETTERS[Number(number) % 23] === id.at(-1);
}

/** Values of characters in odd places, from 0 to Z (decree of 23 December 1976). */
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
function isCodiceFiscale(id: string): boolean {
  let sum = 0;
  for (let at = 0; at < 15; at++) {
    const value = /\d/.test(id.charAt(at)) ? Number(id.charAt(at)) : id.charCodeAt(at) - 65;
    sum += at % 2 === 0 ? (ODD[value] ?? 0) : value;
  }
  return String.fromCharCode(65 + (sum % 26)) === id.at(-1);
}

function isNir(id: string): boolean {
  const number = id.slice(0, 13).replace("2A", "19").replace("2B", "18");
  return 97 - Number(BigInt(number) % 97n) === Number(id.slice(13));
}

/** Of the first ten digits one comes twice or three times (Bundeszentralamt für Steuern), so `12345678901` is none. */
function isSteuerId(id: string): boolean {
  const kinds = new Set(id.slice(0, 10)).size;
  return (kinds === 9 || kinds === 8) && passesMod11And10(id);
}

function isCpf(id: string): boolean {
  const digit = (length: number): number => {
    const rest =
      (weighted(
        id,
        Array.from({ length }, (_, at) => length + 1 - at),
      ) *
        10) %
      11;
    return rest === 10 ? 0 : rest;
  };
  return !/^(\d)\1+$/.test(id) && digit(9) === Number(id[9]) && digit(10) === Number(id[10]);
}

function isPesel(id: string): boolean {
  const month = Number(id.slice(2, 4)) % 20;
  return isDay(month, Number(id.slice(4, 6))) && weighted(id, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;
}

function isPersonnummer(id: string): boolean {
  const short = id.slice(-10);
  const day = Number(short.slice(4, 6));
  return isDay(Number(short.slice(2, 4)), day > 60 ? day - 60 : day) && passesLuhn(short);
}

function isMyNumber(id: string): boolean {
  const rest = weighted(id, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest <= 1 ? 0 : 11 - rest) === Number(id[11]);
}

function isResidentId(id: string): boolean {
  const rest = weighted(id, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
  return isDay(Number(id.slice(10, 12)), Number(id.slice(12, 14))) && "10X98765432"[rest] === id[17];
}

function isRrn(id: string): boolean {
  const check = (11 - (weighted(id, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10;
  return isDay(Number(id.slice(2, 4)), Number(id.slice(4, 6))) && check === Number(id[12]);
}

/** The check counts from 1900 or, with a 2 in front, from 2000. */
function isRijksregister(id: string): boolean {
  const born = [id.slice(0, 9), `2${id.slice(0, 9)}`];
  return (
    isDay(Number(id.slice(2, 4)), Number(id.slice(4, 6))) &&
    born.some((n) => 97 - (Number(n) % 97) === Number(id.slice(9)))
  );
}

function isHetu(id: string): boolean {
  const number = Number(id.slice(0, 6) + id.slice(-4, -1));
  return (
    isDay(Number(id.slice(2, 4)), Number(id.slice(0, 2))) &&
    "0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31] === id.at(-1)
  );
}

function mod11Is(id: string, weights: readonly number[]): boolean {
  return !/^(\d)\1+$/.test(id) && weighted(id, weights) % 11 === 0;
}

const NHS = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
const always = (): boolean => true;

export const NATIONAL_IDS: readonly NationalId[] = [
  { country: "US", form: alone("\\d{3}-\\d{2}-\\d{4}"), holds: isSsn },
  { country: "US", form: alone("\\d{3} ?\\d{2} ?\\d{4}"), holds: isSsn, after: SSN },
  { country: "US", form: alone("9\\d{2}-[5-9]\\d-\\d{4}"), holds: always, after: SSN },
  {
    country: "GB",
    form: alone("(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] \\d{2} \\d{2} \\d{2} [A-D]"),
    holds: always,
  },
  {
    country: "GB",
    form: alone("(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?(?:\\d{2} ?){3}[A-D]"),
    holds: always,
    after: words("national insurance(?: number| no)?|nino|ni"),
  },
  { country: "GB", form: alone("\\d{3}[ -]?\\d{3}[ -]?\\d{4}"), holds: (id) => mod11Is(id, NHS), after: words("nhs") },
  { country: "ES", form: alone("(?:\\d{8}|[XYZ]-?\\d{7})-?[A-HJ-NP-TV-Z]"), holds: isDni },
  { country: "IT", form: alone("[A-Z]{6}\\d{2}[A-EHLMPR-T]\\d{2}[A-Z]\\d{3}[A-Z]"), holds: isCodiceFiscale },
  {
    country: "IT",
    form: alone("[A-Za-z]{6}\\d{2}[A-EHLMPR-Ta-ehlmpr-t]\\d{2}[A-Za-z]\\d{3}[A-Za-z]"),
    holds: isCodiceFiscale,
    after: words("codice fiscale|c\\.?f"),
  },
  {
    country: "FR",
    form: alone("[12] ?\\d{2} ?(?:0[1-9]|1[0-2]|[2-4]\\d|[5-9]\\d) ?(?:\\d{2}|2[AB]) ?\\d{3} ?\\d{3} ?\\d{2}"),
    holds: isNir,
  },
  { country: "DE", form: alone("[1-9]\\d \\d{3} \\d{3} \\d{3}"), holds: isSteuerId },
  {
    country: "DE",
    form: alone("[1-9]\\d{10}"),
    holds: isSteuerId,
    after: words("steuer-?(?:id|identifikations-?nummer|nummer)|idnr|identifikationsnummer|tin"),
  },
  {
    country: "NL",
    form: alone("\\d{9}|\\d{4}[ .]\\d{2}[ .]\\d{3}"),
    holds: (id) => mod11Is(id, [9, 8, 7, 6, 5, 4, 3, 2, -1]),
    after: words("bsn|burgerservicenummer|sofinummer"),
  },
  { country: "PL", form: alone("\\d{11}"), holds: isPesel, after: words("pesel\\S{0,3}") },
  { country: "BR", form: alone("\\d{3}\\.\\d{3}\\.\\d{3}-\\d{2}"), holds: isCpf },
  { country: "BR", form: alone("\\d{11}"), holds: isCpf, after: words("cpf") },
  { country: "PT", form: alone("\\d{3} ?\\d{3} ?\\d{3}"), holds: isNif, after: words("nif|contribuinte") },
  { country: "SE", form: alone("(?:19|20)?\\d{6}[-+]\\d{4}"), holds: isPersonnummer },
  { country: "SE", form: alone("(?:19|20)?\\d{10}"), holds: isPersonnummer, after: words("person-?(?:nummer|nr)") },
  {
    country: "IN",
    form: alone("[2-9]\\d{3}[ -]?\\d{4}[ -]?\\d{4}"),
    holds: passesVerhoeff,
    after: words("aa?dhaa?r(?: card)?|uidai|uid|आधार"),
  },
  { country: "IN", form: alone("[A-Z]{3}P[A-Z]\\d{4}[A-Z]"), holds: always },
  {
    country: "JP",
    form: alone("\\d{4}[ -]?\\d{4}[ -]?\\d{4}"),
    holds: isMyNumber,
    after: words("マイナンバー|個人番号|my number"),
  },
  { country: "CN", form: alone("[1-8]\\d{5}(?:19|20)\\d{9}[\\dXx]"), holds: isResidentId },
  { country: "KR", form: alone("\\d{6}-[1-8]\\d{6}"), holds: isRrn },
  { country: "CH", form: alone("756\\.\\d{4}\\.\\d{4}\\.\\d{2}"), holds: isEan13 },
  { country: "BE", form: alone("\\d{2}\\.\\d{2}\\.\\d{2}-\\d{3}\\.\\d{2}"), holds: isRijksregister },
  { country: "FI", form: alone("\\d{6}[-+A]\\d{3}[0-9A-FHJ-NPR-Y]"), holds: isHetu },
  { country: "DK", form: alone("[0-3]\\d[01]\\d{3}-?\\d{4}"), holds: always, after: words("cpr(?:-?nummer|-?nr)?") },
  {
    country: "CA",
    form: alone("\\d{3}[ -]?\\d{3}[ -]?\\d{3}"),
    holds: passesLuhn,
    after: words("sin|social insurance(?: number)?"),
  },
  {
    country: "AU",
    form: alone("\\d{3} ?\\d{3} ?\\d{3}"),
    holds: (id) => mod11Is(id, [1, 4, 3, 7, 5, 8, 6, 9, 10]),
    after: words("tfn|tax file number"),
  },
  {
    country: "any",
    form: alone("[A-Z]{0,2}\\d[A-Z0-9]{5,9}"),
    holds: (id) => id.replace(/\D/g, "").length >= 3,
    after: words(
      "passport(?: number| no)?|reisepass(?:nummer)?|passnummer|passeport|pasaporte|passaporto|paspoort(?:nummer)?|paszport\\S{0,3}|passaporte|driver'?s licen[cs]e(?: number| no)?|パスポート(?:番号)?",
    ),
  },
];

function isNif(id: string): boolean {
  const rest = weighted(id, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return /^[1235689]/.test(id) && (rest < 2 ? 0 : 11 - rest) === Number(id[8]);
}

function isEan13(id: string): boolean {
  return weighted(id, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;
}

/**
 * Postal addresses, where their form is safe: a house number beside a street that says it is one, a code of places in
 * a form that nothing else has. A city alone, a code alone that is five digits, a street without a number stay: they
 * are mostly not about a person, and too many other things look like them.
 */
import type { Found } from "./kinds.ts";

const WORD = "\\p{Lu}[\\p{L}'’.-]{0,30}";
const NUMBER = "\\d{1,5}[A-Za-z]?(?:[-/]\\d{1,4})?";
const GAP = "(?:,? |,?\\r?\\n)";

const US_STREETS =
  "Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Pl|Square|Sq|Terrace|Ter|Way|Parkway|Pkwy|Highway|Hwy|Circle|Cir|Close|Crescent|Cres|Gardens|Gdns|Grove|Mews|Row|Hill|Walk";
const US_STATES =
  "A[LKZR]|C[AOT]|D[CE]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|PR|RI|S[CD]|T[NX]|UT|V[TA]|W[AVIY]";
const UNIT = "(?:,? (?:Apt|Apartment|Suite|Ste|Unit|Flat|#)\\.? ?#?[A-Za-z0-9-]{1,6})?";
const ZIP = `${WORD}(?: ${WORD}){0,2},? (?:${US_STATES}) \\d{5}(?:-\\d{4})?`;
/** The areas of Royal Mail, so that `GB1 2AB` and `X9 9XX` are none. */
const UK_AREAS =
  "A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE";
const UK_POSTCODE = `(?:${UK_AREAS})\\d[A-Z\\d]? \\d[ABD-HJLNP-UW-Z]{2}`;

/** Place lines that may follow a street: `, 10115 Berlin`, `, 1012 AB Amsterdam`, `, 00-950 Warszawa`. */
const TOWN_HERE = `${GAP}(?:[A-Z]-)?(?:\\d{4,5}|\\d{4} [A-Z]{2}|\\d{2}-\\d{3}|\\d{5}-\\d{3}) ${WORD}(?:[ -]${WORD}){0,2}`;
const TOWN = `(?:${TOWN_HERE})?`;
/** Small words inside the name of a street. */
const ROMANCE =
  "(?:(?:de|du|des|de la|de los|de las|del|della|delle|dei|degli|da|do|dos|das|d'|l'|la|le|les|el)(?: |(?<=')))?";
const ROMANCE_NAME = `(?:${ROMANCE}(?:${WORD}|\\d{1,2}) ?){1,5}`;

const FORMS: readonly RegExp[] = [
  alone(
    `(?:(?:Flat|Unit|Apartment|Apt\\.?|Suite) [A-Za-z0-9]{1,5},? )?${NUMBER} (?:[NSEW]\\.? |North |South |East |West )?(?:${WORD}|\\d{1,3}(?:st|nd|rd|th))(?: ${WORD}){0,3} (?:${US_STREETS})\\b\\.?${UNIT}(?:${GAP}${ZIP}|(?:${GAP}${WORD}(?: ${WORD})?){0,2}${GAP}${UK_POSTCODE})?`,
  ),
  alone(ZIP),
  alone(UK_POSTCODE),
  alone("P\\.? ?O\\.? Box \\d{1,6}"),
  alone(
    `(?:\\p{Lu}[\\p{L}-]{1,30}(?:straße|strasse|str\\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|gracht|kade|singel|dijk)|${WORD}(?:er|-)[ -]?(?:Straße|Strasse|Str\\.|Allee|Platz|Weg)) \\d{1,4} ?[a-z]?(?:-\\d{1,4})?(?![\\p{L}\\d])${TOWN}`,
  ),
  alone(
    `\\d{1,4}(?: ?(?:bis|ter))?,? (?:[Rr]ue|[Aa]venue|[Aa]v\\.|[Bb]oulevard|[Bb]d|[Pp]lace|[Cc]hemin|[Aa]llée|[Ii]mpasse|[Qq]uai|[Cc]ours|[Rr]oute) ${ROMANCE_NAME}${TOWN}`,
  ),
  alone(
    `(?:Calle|C/|Avenida|Avda\\.|Plaza|Paseo|Camino|Carrera|Ronda|Via|Viale|Piazza|Corso|Vicolo|Largo|Rua|Av\\.|Travessa|Alameda|Praça) ?${ROMANCE_NAME},? ?(?:n[.º°]{1,2} ?)?\\d{1,4}(?![\\p{L}\\d]|[.,:]\\d)${TOWN}`,
  ),
  alone(`(?:Am|An der|Auf de[mr]|Im|In der|Zum|Zur) ${WORD}(?: ${WORD})? \\d{1,4} ?[a-z]?${TOWN_HERE}`),
  alone(`(?:ul|al|pl|os)\\. (?:${WORD} ){1,3}\\d{1,4}[A-Za-z]?(?:/\\d{1,4})?(?![\\p{L}\\d])${TOWN}`),
  alone("CEP:? \\d{5}-\\d{3}"),
  alone(`\\d{4} [A-Z]{2} ${WORD}(?= *(?:[.,;)\\n]|$))`),
  /〒 ?\d{3}-?\d{4}/gu,
  /(?:東京都|北海道|京都府|大阪府|\p{Script=Han}{2,3}県)[\p{Script=Han}\p{Script=Katakana}\p{Script=Hiragana}]{2,20}\d{1,4}(?:(?:丁目|番地|番|号|-)(?:\d{1,4})?){0,6}/gu,
];

export function findAddresses(text: string): Found[] {
  const found: Found[] = [];
  for (const form of FORMS) {
    for (const { 0: matched, index } of text.matchAll(form)) {
      const written = matched.trimEnd();
      found.push({ start: index, end: index + written.length, kind: "address", value: spellOnce(written) });
    }
  }
  return found;
}

function spellOnce(written: string): string {
  return written
    .toLowerCase()
    .replace(/[^\p{L}\d]+/gu, " ")
    .trim();
}

/** Not in the middle of a word or a number, nor of a price or a sum. */
function alone(body: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\d_.$€£/-])(?:${body})(?![\\p{L}\\d_])`, "gu");
}

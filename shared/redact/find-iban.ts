/** IBANs: ISO 13616, with the length of the country and the check of ISO 7064 mod 97-10. */
import type { Found } from "./kinds.ts";

/** From the registry of SWIFT (https://www.swift.com/standards/data-standards/iban-international-bank-account-number). */
const LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 " +
    "FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 " +
    "LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 " +
    "RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
  )
    .split(" ")
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);
const HEAD = /(?<![A-Za-z0-9])[A-Za-z]{2}[ -]?\d{2}(?=[ -]?[A-Za-z0-9])/g;

export function findIbans(text: string): Found[] {
  const found: Found[] = [];
  for (const { 0: head, index: start } of text.matchAll(HEAD)) {
    const length = LENGTHS[head.slice(0, 2).toUpperCase()];
    if (length === undefined || start < (found.at(-1)?.end ?? 0)) continue;
    const { end, value } = take({ text, start, length });
    if (value.length === length && !/[A-Za-z0-9]/.test(text.charAt(end)) && remainder97(value) === 1) {
      found.push({ start, end, kind: "iban", value });
    }
  }
  return found;
}

/** So many letters and digits, with at most one space or hyphen between two of them. */
function take({ text, start, length }: { text: string; start: number; length: number }): {
  end: number;
  value: string;
} {
  let value = "";
  let end = start;
  for (let at = start; at < text.length && value.length < length; at++) {
    const character = text.charAt(at);
    if (/[A-Za-z0-9]/.test(character)) {
      value += character.toUpperCase();
      end = at + 1;
    } else if (!/[ -]/.test(character) || at > end) break;
  }
  return { end, value };
}

function remainder97(iban: string): number {
  let remainder = 0;
  for (const character of iban.slice(4) + iban.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder;
}

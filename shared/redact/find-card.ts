/**
 * Numbers of payment cards: Luhn's check, the prefixes and lengths that networks issue
 * (https://en.wikipedia.org/wiki/Payment_card_number), and, where they are grouped, the groups that are printed.
 */
import { passesLuhn } from "./check-digits.ts";
import { type Found, LETTERS, standsAfter } from "./kinds.ts";

/** Visa of 13 digits are no longer issued, and milliseconds since 1970 have 13. */
const NETWORKS: readonly [RegExp, readonly number[]][] = [
  [/^4/, [16, 19]],
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^(?:30[0-5]|3095|3[689])/, [14, 16]],
  [/^(?:6011|64[4-9]|65)/, [16, 19]],
  [/^35(?:2[89]|[3-8])/, [16]],
  [/^62/, [16, 17, 18, 19]],
  [/^(?:50[0-9]|5[6-8]|6[037])/, [16, 18, 19]],
  [/^220[0-4]/, [16]],
];
const GROUPINGS = ["4-4-4-4", "4-6-5", "4-6-4", "4-4-4-4-3", "16", "15", "14", "17", "18", "19"];
const GROUPS_MAX = 5;
const RUN = new RegExp(`(?<![${LETTERS}\\d_.,])\\d[\\d -]{12,200}(?<=\\d)(?![\\d_]|[.,]\\d)`, "gu");
const GROUP = /\d+/g;
/** Numbers that merely happen to check: one in ten does. */
const OTHER_NUMBER =
  /(?:order|tracking|ticket|invoice|reference|ref|case|request|trace|id|bestell\S*|commande|pedido|ordine|zamówieni\S*)[\s.:#n°º-]*(?:no|nr|number|id)?[\s.:#°-]*$/i;

export function findCards(text: string): Found[] {
  const found: Found[] = [];
  for (const { 0: run, index } of text.matchAll(RUN)) {
    if (run.length < 14) continue;
    const groups = [...run.matchAll(GROUP)];
    for (let first = 0; first < groups.length; first++) {
      const taken = cardFrom(groups.slice(first, first + GROUPS_MAX));
      const start = index + (groups[first]?.index ?? 0);
      if (taken === undefined) continue;
      first += taken.groups - 1;
      if (taken.groups === 1 && standsAfter({ text, at: start, words: OTHER_NUMBER, chars: 30 })) continue;
      const last = groups[first];
      found.push({
        start,
        end: index + (last?.index ?? 0) + (last?.[0].length ?? 0),
        kind: "card",
        value: taken.digits,
      });
    }
  }
  return found;
}

/** The longest card that these groups begin with. */
function cardFrom(groups: RegExpExecArray[]): { digits: string; groups: number } | undefined {
  for (let count = groups.length; count > 0; count--) {
    const taken = groups.slice(0, count).map(([digits]) => digits);
    if (!GROUPINGS.includes(taken.map(({ length }) => length).join("-"))) continue;
    const digits = taken.join("");
    if (isCard(digits)) return { digits, groups: count };
  }
  return undefined;
}

function isCard(digits: string): boolean {
  const known = NETWORKS.some(([prefix, lengths]) => lengths.includes(digits.length) && prefix.test(digits));
  return known && !/^(\d)\1+$/.test(digits) && passesLuhn(digits);
}

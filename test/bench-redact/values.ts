/** Values of each kind, made from their rules and not from what the finders look for. */
import { ALNUM, LOWER, type Random, UPPER } from "./random.ts";

export function card(random: Random): string {
  const [prefix, length, groups] = random.pick<[string, number, number[]]>([
    ["4", 16, [4, 4, 4, 4]],
    [`5${1 + random.below(5)}`, 16, [4, 4, 4, 4]],
    ["37", 15, [4, 6, 5]],
    ["6011", 16, [4, 4, 4, 4]],
  ]);
  const body = prefix + random.digits(length - 1 - prefix.length);
  const digits = [..."0123456789"].map((check) => body + check).find((number) => luhn(number) === 0) ?? "";
  const separator = random.pick(["", " ", " ", "-"]);
  const ends = groups.map((_size, at) => groups.slice(0, at + 1).reduce((all, size) => all + size));
  return groups.map((size, at) => digits.slice((ends[at] ?? 0) - size, ends[at])).join(separator);
}

function luhn(digits: string): number {
  const values = [...digits]
    .reverse()
    .map((digit, at) => (at % 2 ? [...String(Number(digit) * 2)] : [digit]).map(Number));
  return values.flat().reduce((sum, value) => sum + value, 0) % 10;
}

export function iban(random: Random, country: string): string {
  const bodies: Record<string, () => string> = {
    DE: () => random.digits(18),
    GB: () => random.letters(4, UPPER) + random.digits(14),
    FR: () => random.digits(23),
    ES: () => random.digits(20),
    IT: () => random.letters(1, UPPER) + random.digits(22),
    NL: () => random.letters(4, UPPER) + random.digits(10),
    PL: () => random.digits(24),
    BR: () => random.digits(23) + random.letters(2, UPPER),
  };
  const body = (bodies[country] ?? bodies.DE)?.() ?? "";
  const named = bodies[country] === undefined ? "DE" : country;
  const number = [...`${body}${named}00`].map((character) => Number.parseInt(character, 36)).join("");
  const whole = named + String(98n - (BigInt(number) % 97n)).padStart(2, "0") + body;
  return random.next() < 0.5 ? whole : (whole.match(/.{1,4}/g) ?? []).join(" ");
}

/** A number with the check that its country has, and the word that stands before it. */
export function nationalId(random: Random, locale: string): { word: string; id: string } {
  const make = NATIONAL[locale] ?? NATIONAL["en-US"];
  if (make === undefined) throw new Error(`no national id of ${locale}`);
  return make(random);
}

const NATIONAL: Readonly<Record<string, (random: Random) => { word: string; id: string }>> = {
  "en-US": (random) => ({
    word: "SSN",
    id: `${100 + random.below(560)}-${String(1 + random.below(99)).padStart(2, "0")}-${1000 + random.below(9000)}`,
  }),
  "en-GB": (random) => ({
    word: "National Insurance number",
    id: ["AB", random.digits(2), random.digits(2), random.digits(2), random.pick(["A", "B", "C", "D"])].join(
      random.pick([" ", ""]),
    ),
  }),
  de: (random) => ({ word: "Steuer-ID", id: tried(() => taxId(random)) }),
  fr: (random) => ({ word: "numéro de sécurité sociale", id: nir(random) }),
  es: (random) => {
    const number = random.digits(8);
    return { word: "DNI", id: number + "TRWAGMYFPDXBNJZSQVHLCKE"[Number(number) % 23] };
  },
  it: (random) => ({ word: "codice fiscale", id: codiceFiscale(random) }),
  nl: (random) => ({ word: "BSN", id: tried(() => bsn(random)) }),
  pl: (random) => ({ word: "PESEL", id: pesel(random) }),
  "pt-BR": (random) => ({ word: "CPF", id: cpf(random) }),
  ja: (random) => ({ word: "マイナンバー", id: myNumber(random) }),
};

function tried(make: () => string | undefined): string {
  for (let times = 0; times < 1_000; times++) {
    const made = make();
    if (made !== undefined) return made;
  }
  throw new Error("no number in a thousand tries");
}

const sum = (digits: string, weights: number[]): number =>
  weights.reduce((total, weight, at) => total + weight * Number(digits[at]), 0);

function taxId(random: Random): string | undefined {
  const order = [..."0123456789"].sort(() => random.next() - 0.5);
  order[random.below(9) + 1] = order[0] ?? "";
  const body = order.join("");
  if (body.startsWith("0") || new Set(body).size !== 9) return undefined;
  let product = 10;
  for (const digit of body) product = (((Number(digit) + product) % 10 || 10) * 2) % 11;
  return body + ((11 - product) % 10);
}

function nir(random: Random): string {
  const body = `${1 + random.below(2)}${random.digits(2)}${String(1 + random.below(12)).padStart(2, "0")}${1 + random.below(8)}${random.digits(7)}`;
  const check = String(97 - Number(BigInt(body) % 97n)).padStart(2, "0");
  if (random.next() < 0.5) return body + check;
  return `${body.slice(0, 1)} ${body.slice(1, 3)} ${body.slice(3, 5)} ${body.slice(5, 7)} ${body.slice(7, 10)} ${body.slice(10)} ${check}`;
}

function codiceFiscale(random: Random): string {
  const body =
    random.letters(6, "BCDFGLMNPRSTV") +
    random.digits(2) +
    random.pick([..."ABCDEHLMPRST"]) +
    (10 + random.below(18)) +
    random.pick([..."ABCDEFGHIL"]) +
    random.digits(3);
  const odd = "BAKPLCQDREVOSFTGUHMINJWZYX"; // position in this row is the value of a letter in an odd place
  const value = (character: string, at: number): number => {
    const plain = /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65;
    return at % 2 === 0 ? odd.indexOf(String.fromCharCode(65 + plain)) : plain;
  };
  const total = [...body].reduce((all, character, at) => all + value(character, at), 0);
  return body + String.fromCharCode(65 + (total % 26));
}

function bsn(random: Random): string | undefined {
  const body = `${1 + random.below(9)}${random.digits(7)}`;
  const check = sum(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11;
  return check < 10 ? body + check : undefined;
}

function pesel(random: Random): string {
  const body = `${random.digits(2)}0${1 + random.below(9)}${10 + random.below(18)}${random.digits(4)}`;
  return body + ((10 - (sum(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10);
}

function cpf(random: Random): string {
  const body = random.digits(9);
  const check = (digits: string): string => {
    const rest =
      sum(
        digits,
        Array.from(digits, (_, at) => digits.length + 1 - at),
      ) % 11;
    return rest < 2 ? "0" : String(11 - rest);
  };
  const first = check(body);
  const whole = body + first + check(body + first);
  return random.next() < 0.5
    ? whole
    : `${whole.slice(0, 3)}.${whole.slice(3, 6)}.${whole.slice(6, 9)}-${whole.slice(9)}`;
}

function myNumber(random: Random): string {
  const body = random.digits(11);
  const rest = sum(body, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return body + (rest <= 1 ? 0 : 11 - rest);
}

export function secret(random: Random): string {
  return random.pick<() => string>([
    () => `sk-${random.letters(48, ALNUM)}1`,
    () => `sk-ant-api03-${random.letters(80, `${ALNUM}-_`)}7aA`,
    () => `AKIA${random.letters(16, "ABCDEFGHJKMNPQRSTUVWXYZ234567")}`,
    () => `ghp_${random.letters(36, ALNUM)}`,
    () => `AIza${random.letters(35, ALNUM)}`,
    () => `xoxb-${random.digits(12)}-${random.digits(12)}-${random.letters(24, ALNUM)}`,
    () => `sk_live_${random.letters(24, ALNUM)}`,
    () => `hf_${random.letters(34, `${LOWER}${UPPER}`)}`,
    () => `npm_${random.letters(36, ALNUM)}`,
    () => `eyJ${random.letters(30, ALNUM)}.eyJ${random.letters(80, ALNUM)}.${random.letters(43, ALNUM)}`,
    () => `SG.${random.letters(22, ALNUM)}.${random.letters(43, ALNUM)}`,
    () => `wk_acme_k${random.letters(7, LOWER)}_p_${random.letters(22, ALNUM)}`,
  ])();
}

export function ip(random: Random): string {
  if (random.next() < 0.3)
    return `2a0${random.below(9)}:${random.letters(4, "123456789abcdef")}::${random.letters(4, "123456789abcdef")}`;
  return `${random.pick([23, 45, 78, 81, 93, 185, 212])}.${random.below(256)}.${1 + random.below(255)}.${1 + random.below(254)}`;
}

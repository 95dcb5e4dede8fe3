/** The labelled set: sentences of ten locales with values in them, and where those stand. Made anew from its seed. */
import type { Kind } from "../../shared/redact/kinds.ts";
import { fill, LOCALES, type Locale, NEGATIVES_EVERYWHERE } from "./locales.ts";
import { makeRandom, type Random } from "./random.ts";
import { card, iban, ip, nationalId, secret } from "./values.ts";

export interface Label {
  start: number;
  end: number;
  kind: Kind;
}

export interface Labelled {
  locale: string;
  region: string;
  text: string;
  labels: Label[];
  /** One of the sentences whose values nothing gives away. */
  hard: boolean;
}

/** `rounds` times every sentence of every locale, and every sentence in which there is nothing to find. */
export function makeLabelledSet({ seed, rounds }: { seed: number; rounds: number }): Labelled[] {
  const random = makeRandom(seed);
  const set: Labelled[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const [name, locale] of Object.entries(LOCALES)) {
      for (const sentence of locale.sentences) set.push({ ...label({ name, locale, sentence, random }), hard: false });
      for (const sentence of locale.hard) set.push({ ...label({ name, locale, sentence, random }), hard: true });
      for (const text of [...locale.negatives, ...NEGATIVES_EVERYWHERE]) {
        set.push({ locale: name, region: locale.region, text, labels: [], hard: false });
      }
    }
  }
  return set;
}

function label({
  name,
  locale,
  sentence,
  random,
}: {
  name: string;
  locale: Locale;
  sentence: string;
  random: Random;
}): Omit<Labelled, "hard"> {
  const labels: Label[] = [];
  let text = "";
  for (const [at, part] of sentence.split(/\{([\w:]+)\}/).entries()) {
    if (at % 2 === 0) {
      text += part;
      continue;
    }
    const { before, value, kind } = draw({ slot: part, name, locale, random });
    text += before;
    labels.push({ start: text.length, end: text.length + value.length, kind });
    text += value;
  }
  return { locale: name, region: locale.region, text, labels };
}

interface Drawn {
  before: string;
  value: string;
  kind: Label["kind"];
}

function draw({ slot, name, locale, random }: { slot: string; name: string; locale: Locale; random: Random }): Drawn {
  const first = random.pick(locale.first);
  const last = random.pick(locale.last);
  const whole = name === "ja" ? last + first : `${first} ${last}`;
  const found = (kind: Label["kind"], value: string, before = ""): Drawn => ({ kind, value, before });
  if (slot === "name") return found("name", random.next() < 0.7 || name === "ja" ? whole : first);
  if (slot === "last") return found("name", last.replace(/^(?:de la|van den|von der|de|dos) /, ""));
  // Digits in a row after no word that says so; a street of no type, a number of no code.
  if (slot === "phone:bare") return found("phone", fill(random.pick(locale.phones), random).replace(/\D/g, ""));
  if (slot === "address:bare") return found("address", `${last} ${1 + random.below(90)}`);
  if (slot === "email") return found("email", email({ first, last, locale, random }));
  if (slot === "phone") return found("phone", fill(random.pick(locale.phones), random));
  if (slot === "address") return found("address", fill(random.pick(locale.addresses), random));
  if (slot === "card") return found("card", card(random));
  if (slot === "iban") return found("iban", iban(random, locale.region));
  if (slot === "ip") return found("ip", ip(random));
  if (slot === "secret") return found("secret", secret(random));
  const { word, id } = nationalId(random, name);
  return found("national_id", id, `${word} ${random.pick(["", "is ", ": "])}`.replace(" :", ":"));
}

function email({
  first,
  last,
  locale,
  random,
}: {
  first: string;
  last: string;
  locale: Locale;
  random: Random;
}): string {
  const plain = (text: string): string => text.normalize("NFD").replace(/[^A-Za-z]/g, "") || `user${random.digits(4)}`;
  const local = random.pick([
    `${plain(first)}.${plain(last)}`,
    `${plain(last)}${random.digits(2)}`,
    `${plain(first)}+shop`,
  ]);
  return `${random.next() < 0.3 ? local : local.toLowerCase()}@${random.pick(locale.domains)}`;
}

/**
 * What the name of a JSON field says about its value: `"first_name": "Mia"` is a name wherever it stands, and
 * `"ssn": 219099999` an identifier, although a bare number says nothing. Only whole values of a fitting form count, so
 * that a schema's `"type": "string"` or a form's `"phone": "optional"` stay.
 */
import { findSecrets } from "../core/secret-patterns.ts";
import type { Kind } from "./kinds.ts";
import { looksLikeName } from "./names.ts";

export const NAME_FIELDS = {
  first: new Set(["firstname", "givenname", "vorname", "prenom", "voornaam", "imie", "primeironome"]),
  last: new Set([
    "lastname",
    "surname",
    "familyname",
    "nachname",
    "apellido",
    "apellidos",
    "cognome",
    "sobrenome",
    "achternaam",
    "nazwisko",
  ]),
  full: new Set([
    "fullname",
    "customername",
    "passengername",
    "patientname",
    "cardholdername",
    "cardholder",
    "contactname",
    "recipientname",
  ]),
} as const;

interface Rule {
  kind: Kind;
  keys: ReadonlySet<string>;
  form: RegExp;
}

const RULES: readonly Rule[] = [
  rule("card", /^(?:\d[ -]?){12,19}$/, "cardnumber creditcard creditcardnumber ccnumber cardno pan"),
  rule("card", /^\d{3,4}$/, "cvv cvc cvv2 cvc2 securitycode"),
  rule(
    "national_id",
    /^(?=.*\d{3})[A-Za-z0-9][A-Za-z0-9 ./-]{4,23}$/,
    "ssn socialsecuritynumber nationalid nationalidnumber taxid taxnumber passport passportnumber passportno nino dni nie nif cpf codicefiscale steuerid steuernummer bsn pesel personnummer aadhaar aadhaarnumber driverslicense driverlicensenumber mynumber",
  ),
  rule(
    "phone",
    /^(?=(?:\D*\d){7,15}\D*$)[+(]?[\d() ./-]{7,24}$/,
    "phone phonenumber telephone telephonenumber tel mobile mobilenumber mobilephone cell cellphone fax whatsapp telefon telefono telefone telefoonnummer homephone workphone",
  ),
  rule(
    "address",
    /^(?=.*\d)(?=.*\p{L}).{4,160}$/u,
    "address street streetaddress address1 address2 addressline1 addressline2 line1 line2 postaladdress homeaddress shippingaddress billingaddress strasse anschrift adresse direccion indirizzo endereco adres",
  ),
  rule("address", /^(?=.*\d)[A-Za-z0-9 -]{3,10}$/, "zip zipcode postcode postalcode plz cep"),
];

export interface Keyed {
  kind: Kind;
  value: string;
}

/** undefined where the field's name says nothing, or its value has another form. Values as they are compared. */
export function readKeyed(key: string, written: string): Keyed | undefined {
  if (written.length < 2 || written.length > 500) return undefined;
  const field = plain(key);
  if (isNameField(field)) return looksLikeName(written) ? { kind: "name", value: written } : undefined;
  const found = RULES.find(({ keys, form }) => keys.has(field) && form.test(written));
  if (found !== undefined) return { kind: found.kind, value: comparable(found.kind, written) };
  return isKeyedSecret(key, written) ? { kind: "secret", value: written } : undefined;
}

/** The person of an object with a first and a last name. */
export function nameOf(fields: Readonly<Record<string, unknown>>): string | undefined {
  const part = (keys: ReadonlySet<string>): string | undefined => {
    const value = Object.entries(fields).find(([key]) => keys.has(plain(key)))?.[1];
    return typeof value === "string" && looksLikeName(value) ? value : undefined;
  };
  const [first, last] = [part(NAME_FIELDS.first), part(NAME_FIELDS.last)];
  return first === undefined || last === undefined ? undefined : `${first} ${last}`;
}

function isNameField(field: string): boolean {
  return NAME_FIELDS.first.has(field) || NAME_FIELDS.last.has(field) || NAME_FIELDS.full.has(field);
}

/** The whole value is what its name would make a secret of in `name: value`. */
function isKeyedSecret(key: string, written: string): boolean {
  if (key.length > 64 || !/pass|secret|token|key|credential|pwd/i.test(key) || /\s/.test(written)) return false;
  const head = `${key.replace(/([a-z])([A-Z])/g, "$1_$2")}: `;
  const [span] = findSecrets(head + written);
  return span !== undefined && span.start === head.length && span.end === head.length + written.length;
}

function comparable(kind: Kind, written: string): string {
  if (kind === "address")
    return written
      .toLowerCase()
      .replace(/[^\p{L}\d]+/gu, " ")
      .trim();
  const value = written.replace(/[^\p{L}\d]/gu, "").toUpperCase();
  return kind === "phone" ? value.slice(-9).replace(/^0+/, "") : value;
}

function rule(kind: Kind, form: RegExp, keys: string): Rule {
  return { kind, form, keys: new Set(keys.split(" ")) };
}

/** `first_name`, `First Name`, `firstName` → `firstname`. */
function plain(key: string): string {
  return key.length > 64
    ? ""
    : key
        .normalize("NFD")
        .replace(/[^A-Za-z0-9]/g, "")
        .toLowerCase();
}

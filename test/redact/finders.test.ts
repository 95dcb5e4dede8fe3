import { describe, expect, test } from "vitest";
import { findSpans } from "../../shared/redact/find-spans.ts";
import type { Kind } from "../../shared/redact/kinds.ts";
import { makeNames } from "../../shared/redact/names.ts";

function found(text: string, region?: string): [kind: Kind, written: string][] {
  const names = makeNames();
  names.learn(text);
  return findSpans(text, { names, region }).map(({ kind, start, end }) => [kind, text.slice(start, end)]);
}

describe("what is found", () => {
  test.each<[Kind, string, string]>([
    ["email", "mail <Jane.Doe+x@sub.example.co.uk>, now", "Jane.Doe+x@sub.example.co.uk"],
    ["email", "at me@example.com.", "me@example.com"],
    ["email", "mailto:jürgen@müller.de?subject=x", "jürgen@müller.de"],
    ["email", 'print("line\\nbob@example.com")', "bob@example.com"],
    ["card", "card 4111 1111 1111 1111 123 12/27", "4111 1111 1111 1111"],
    ["card", "3782-822463-10005", "3782-822463-10005"],
    ["card", "カードは５５５５５５５５５５５５４４４４です", "５５５５５５５５５５５５４４４４"],
    ["iban", "IBAN: DE89 3704 0044 0532 0130 00 and more", "DE89 3704 0044 0532 0130 00"],
    ["iban", "gb29nwbk60161331926819", "gb29nwbk60161331926819"],
    ["ip", "from 93.184.216.34, port 80", "93.184.216.34"],
    ["ip", "http://93.184.216.34:8080/x", "93.184.216.34"],
    ["ip", "host 2606:2800:220:1:248:1893:25c8:1946 up", "2606:2800:220:1:248:1893:25c8:1946"],
    ["ip", "2001:4860::8888", "2001:4860::8888"],
    ["phone", "+1 (415) 555-2671 is mine", "+1 (415) 555-2671"],
    ["phone", "415-555-2671", "415-555-2671"],
    ["phone", "Tel.: 030/1234567", "030/1234567"],
    ["phone", "call me at 6502530000", "6502530000"],
    ["phone", "(call +44 20 7946 0958)", "+44 20 7946 0958"],
    ["national_id", "SSN 219-09-9999", "219-09-9999"],
    ["national_id", "social security number is 219099999", "219099999"],
    ["national_id", "NHS number: 943 476 5919", "943 476 5919"],
    ["national_id", "12345678Z", "12345678Z"],
    ["national_id", "X1234567L", "X1234567L"],
    ["national_id", "RSSMRA85T10A562S", "RSSMRA85T10A562S"],
    ["national_id", "Aadhaar: 2341 2341 2346", "2341 2341 2346"],
    ["national_id", "811218-9876", "811218-9876"],
    ["national_id", "756.9217.0769.85", "756.9217.0769.85"],
    ["national_id", "passport no. C01X00T47", "C01X00T47"],
    ["address", "I live at 221B Baker Street, London NW1 6XE.", "221B Baker Street, London NW1 6XE"],
    ["address", "Send it to 1600 Pennsylvania Ave NW, Washington, DC 20500 please", "Washington, DC 20500"],
    ["address", "P.O. Box 1234", "P.O. Box 1234"],
  ])("%s: %s", (kind, text, written) => {
    expect(found(text)).toContainEqual([kind, written]);
  });

  test("a national number without a word is a telephone only in its region", () => {
    expect(found("0171 2345678", "DE")).toEqual([["phone", "0171 2345678"]]);
    expect(found("0171 2345678")).toEqual([]);
    expect(found("01712345678", "DE")).toEqual([]);
  });
});

describe("what is not found", () => {
  test.each([
    ["maths", "12 * 345 - 678 = 3462; 555 - 123 - 4567; (1 2 3 4 5 6 7 8 9)"],
    ["prices", "$1,299.99, 1.299,00 €, 1 250 000 zł, USD 4 500 000"],
    ["dates", "2024-05-15, 15.05.2024, 05/15/2024 12:30, 20240515, 1999 2000 2001"],
    [
      "versions",
      "v1.2.3.4, version 93.184.216.34, section-8.1.2.2, Chrome/120.0.6099.109, 4.8.0.0, phone number 0.2.12 / 23.12.2016",
    ],
    [
      "addresses of networks that are nobody's",
      "127.0.0.1 10.1.2.3 192.168.1.1 172.16.0.1 8.8.8.8 255.255.255.0 93.184.216.0/24 fe80::1 ::1",
    ],
    ["times, MAC addresses and code", "12:34:56 aa:bb:cc:dd:ee:ff std::vector a::b face::bed"],
    ["order numbers", "order #4829104756, order 4111111111111111, tracking 1Z999AA10123456784, ticket 123456789"],
    ["a card that does not check, or of no network", "4111 1111 1111 1112, 1234 5678 9012 3452"],
    ["an IBAN that does not check, or of another length", "DE88 3704 0044 0532 0130 00, DE89 3704 0044 0532 0130 0"],
    ["identifiers that do not check", "12345678A, 12345678901, 000-12-3456, 666-12-3456, 123456782"],
    ["uuids and hashes", "550e8400-e29b-41d4-a716-446655440000 9fceb02d0ae598e95dc970b74767f19372d61af8"],
    ["what has an @ and is no mailbox", "@user a@b 2x@ logo@ npm i react@18.2.0 use@agent.tool foo @ bar.com"],
    [
      "streets without numbers, and measures",
      "on Baker Street; 12 square Feet; 3 place settings; 100 Years; 5 Star Hotel",
    ],
    ["coordinates and decimals", "52.520008, 13.404954; 3.14159265358979"],
    ["placeholders", "[EMAIL_1] [PHONE_2] [NATIONAL_ID_3]"],
  ])("%s", (_what, text) => {
    expect(found(text)).toEqual([]);
  });
});

describe("names", () => {
  test.each([
    ["My name is Ada Lovelace. Is Ada's code right?", ["Ada Lovelace", "Ada"]],
    ["Sehr geehrter Herr Dr. Großmann,\nHerr Großmann", ["Großmann", "Großmann"]],
    ["Je m’appelle Élodie Ben Salem.", ["Élodie Ben Salem"]],
    ["ok\n\nKind regards,\nJean-Luc O'Brien\n", ["Jean-Luc O'Brien"]],
    ["田中太郎と申します。田中太郎より", ["田中太郎", "田中太郎"]],
    ["my name is Will. Will you help? I will.", ["Will"]],
  ])("are found where they are introduced and elsewhere: %s", (text, written) => {
    expect(
      found(text)
        .filter(([kind]) => kind === "name")
        .map(([, name]) => name),
    ).toEqual(written);
  });

  test.each([
    "Dear Sir or Madam,\n",
    "Dear Hiring Manager,\n",
    "My name is Claude, an assistant.",
    "Best regards,\n[Your Name]",
    "Hallo zusammen,\n",
    "my name is not important",
    "Thanks,\nand what then?",
    "Call me Ishmael.",
  ])("are not: %s", (text) => {
    expect(found(text)).toEqual([]);
  });
});

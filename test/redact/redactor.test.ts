import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KINDS } from "../../shared/redact/kinds.ts";
import { makeRedactor } from "../../shared/redact/redactor.ts";

describe("a placeholder", () => {
  test("is the same for one value however it is spelt", () => {
    const { text } = makeRedactor({ region: "US" });
    expect(text("Ann@Example.com, ann@example.com, bob@example.com")).toBe("[EMAIL_1], [EMAIL_1], [EMAIL_2]");
    expect(text("+1 415 555 2671, (415) 555-2671, 415.555.2671")).toBe("[PHONE_1], [PHONE_1], [PHONE_1]");
    expect(text("4111 1111 1111 1111 / 4111-1111-1111-1111")).toBe("[CARD_1] / [CARD_1]");
    expect(text("DE89370400440532013000; DE89 3704 0044 0532 0130 00")).toBe("[IBAN_1]; [IBAN_1]");
    expect(text("2001:4860::8888 and 2001:4860:0:0:0:0:0:8888")).toBe("[IP_1] and [IP_1]");
  });

  test("is the same in later texts of the conversation, and another in another conversation", () => {
    const first = makeRedactor({});
    first.text("a@example.com b@example.com");
    expect(first.text("ask b@example.com")).toBe("ask [EMAIL_2]");
    expect(makeRedactor({}).text("ask b@example.com")).toBe("ask [EMAIL_1]");
  });

  test("that stands there already is neither changed nor given to another value", () => {
    const redactor = makeRedactor({});
    expect(redactor.text("[EMAIL_1] wrote to b@example.com about [EMAIL_2]")).toBe(
      "[EMAIL_1] wrote to [EMAIL_3] about [EMAIL_2]",
    );
    expect(makeRedactor({}).json({ a: "x@example.com", b: ["[EMAIL_1]"] })).toEqual({
      a: "[EMAIL_2]",
      b: ["[EMAIL_1]"],
    });
  });

  test("is of one person for the first and the last name", () => {
    const { text } = makeRedactor({});
    expect(text("My name is Ada Lovelace. Lovelace, Ada. Dear Mr Babbage,")).toBe(
      "My name is [NAME_1]. [NAME_1], [NAME_1]. Dear Mr [NAME_2],",
    );
  });
});

describe("JSON", () => {
  test("within JSON is redacted inside and keeps its spelling", () => {
    const written = '{ "to" : "ann@example.com",\n  "n": 1.0, "big": 12345678901234567890, "note": "say \\"hi\\"" }';
    const { arguments: changed } = makeRedactor({}).json({ arguments: written });
    expect(changed).toBe(written.replace("ann@example.com", "[EMAIL_1]"));
  });

  test("within JSON within JSON is one still", () => {
    const inner = JSON.stringify({ mail: "ann@example.com", text: "line\nann@example.com" });
    const { a } = makeRedactor({}).json({ a: JSON.stringify({ b: inner }) });
    expect(JSON.parse((JSON.parse(a) as { b: string }).b)).toEqual({ mail: "[EMAIL_1]", text: "line\n[EMAIL_1]" });
  });

  test("says by the names of its fields what a value is", () => {
    const value = {
      first_name: "Grace",
      last_name: "Hopper",
      ssn: 219099999,
      phone: 4155552671,
      zip: "10115",
      accessToken: "abcdefgh12345678XYZ",
      cvv: "123",
      type: "string",
      password: "optional",
      note: "Hopper, said Grace Hopper",
    };
    expect(makeRedactor({}).json<{ [key: string]: string | number }>(value)).toEqual({
      first_name: "[NAME_1]",
      last_name: "[NAME_1]",
      ssn: "[NATIONAL_ID_1]",
      phone: "[PHONE_1]",
      zip: "[ADDRESS_1]",
      accessToken: "[SECRET_1]",
      cvv: "[CARD_1]",
      type: "string",
      password: "optional",
      note: "[NAME_1], said [NAME_1]",
    });
  });

  test("keeps its keys unless personal data stands in them, and keeps them apart", () => {
    const { json } = makeRedactor({});
    expect(json({ "a@example.com": 1, "A@example.com": 2, Ada: 3, text: "my name is Ada" })).toEqual({
      "[EMAIL_1]": 2,
      "[EMAIL_1]_": 1,
      Ada: 3,
      text: "my name is [NAME_1]",
    });
  });

  test("keeps numbers, booleans, nulls, the order of keys and opaque bytes", () => {
    const value = {
      z: 4111111111111111,
      a: [null, true, 1e21, "1"],
      image: `data:image/png;base64,${"AKIA".repeat(400)}`,
    };
    expect(JSON.stringify(makeRedactor({}).json(value))).toBe(JSON.stringify(value));
  });

  test("that nests without end in a text does not overflow the stack", () => {
    const deep = `${"[".repeat(50_000)}"ann@example.com"${"]".repeat(50_000)}`;
    expect(makeRedactor({}).json({ deep }).deep).toBe(deep.replace("ann@example.com", "[EMAIL_1]"));
  });

  test("does not take an assistant's own name for a person's", () => {
    const said = [
      { role: "assistant", content: "My name is Ava. How can I help?" },
      { role: "user", content: "my name is Tyrone, hello Ava" },
    ];
    expect(
      makeRedactor({})
        .json(said)
        .map(({ content }) => content),
    ).toEqual(["My name is Ava. How can I help?", "my name is [NAME_1], hello Ava"]);
  });
});

test("a kind that is switched off stays", () => {
  const { text, counts } = makeRedactor({ kinds: { email: false, name: false } });
  expect(text("my name is Ada, ann@example.com, 93.184.216.34")).toBe("my name is Ada, ann@example.com, [IP_1]");
  expect(counts()).toEqual({ ...Object.fromEntries(KINDS.map((kind) => [kind, 0])), ip: 1 });
});

test("a text of a megabyte that is made to be slow is read in time", () => {
  const hostile = [
    "1 ",
    "1",
    "1.",
    "a@",
    "@a.",
    "a.",
    "+1 ",
    "(1",
    "eyJ-",
    "eyJa.",
    "-----BEGIN PRIVATE KEY-----\n",
    "://a:",
    "password=",
    "api_key: ",
    "A",
    "Aa ",
    "Aa-",
    "1 Aa ",
    "DE12 ",
    "1:",
    "a:",
    "Dear ",
    "my name is Aa ",
    "sk-",
    "https://",
    "\\n",
    '"',
    "田",
    "様",
    "[EMAIL_1]",
    "Regards,\n",
    "tel ",
    "\u{1F600}",
  ];
  for (const unit of hostile) {
    const text = unit.repeat(2 ** 18 / unit.length);
    expect(makeRedactor({ region: "DE" }).text(text).length).toBeGreaterThan(0);
  }
});

describe("of any text", () => {
  const fragment = fc.oneof(
    fc.constantFrom(
      "ann@example.com",
      "+49 30 1234567",
      "4111 1111 1111 1111",
      "DE89 3704 0044 0532 0130 00",
      "SSN 219-09-9999",
      "219099999",
      "93.184.216.34",
      "my name is Ada Lovelace",
      "Ada",
      "Dear Mr Babbage,\n",
      "221B Baker Street",
      "api_key=abcd1234efgh5678ijkl",
      "password: hunter2x!",
      "tel 030 1234567",
      "[EMAIL_1]",
      "[NAME_2]",
      "[",
      "]",
      "\\n",
      "\\",
      '"',
      "\n",
      "@",
      ".",
      "-",
      " ",
      "1",
      "+",
      "\u{1F600}",
      "\ud83d",
      "田中太郎と申します",
      "https://a:b1c2d3@",
      '{"a":"x@example.com"}',
      "Regards,\n",
    ),
    fc.string({ maxLength: 6 }),
  );
  const texts = fc.array(fragment, { maxLength: 14 }).map((parts) => parts.join(""));

  test("redacting twice is redacting once", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const once = makeRedactor({ region: "DE" }).text(text);
        expect(makeRedactor({ region: "DE" }).text(once)).toBe(once);
      }),
      { numRuns: 1_000, seed: 11 },
    );
  });

  test("surrogate pairs stay whole, and what is well-formed stays so", () => {
    fc.assert(
      fc.property(texts, (text) => {
        const redacted = makeRedactor({}).text(text);
        if (text.isWellFormed()) expect(redacted.isWellFormed()).toBe(true);
      }),
      { numRuns: 500, seed: 12 },
    );
  });

  test("JSON stays JSON of the same shape, within JSON too", () => {
    const shape = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(shape);
      if (typeof value === "object" && value !== null) return Object.values(value).map(shape);
      return typeof value === "string" ? "text" : value;
    };
    const values = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        texts,
        fc.integer(),
        fc.constant(null),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(texts, tie("value"), { maxKeys: 3 }),
      ),
    })).value;
    fc.assert(
      fc.property(values, (value) => {
        const inner = JSON.stringify({ value });
        const redacted = makeRedactor({}).json({ inner, value: value as string });
        expect(shape(redacted.value)).toEqual(shape(value));
        expect(() => JSON.parse(redacted.inner)).not.toThrow();
      }),
      { numRuns: 500, seed: 13 },
    );
  });

  test("equal values give equal bytes, in whatever order their fields were written", () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 2, maxLength: 5 }), (parts) => {
        const fields = parts.map((text, at): [string, string] => [`f${at}`, text]);
        const there = makeRedactor({}).json(Object.fromEntries(fields));
        const back = makeRedactor({}).json(Object.fromEntries(fields.reverse()));
        expect(back).toEqual(there);
      }),
      { numRuns: 300, seed: 14 },
    );
  });
});

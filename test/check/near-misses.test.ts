/** What each check finds, with its reason, and what looks like it and is sound. */
import { describe, expect, it, test } from "vitest";
import { CHECKS } from "../../shared/check/check-names.ts";
import { failedCheck } from "../../shared/check/checks.ts";
import type { Message } from "../../shared/core/exchange.ts";
import type { Json } from "../../shared/core/json.ts";
import fc from "../unit/property.ts";
import { assistant, findingOfCalls as called, callOf, findingOf as found, RECORD, system, user } from "./finding-of.ts";

describe("error_text", () => {
  it.each([
    ["502 Bad Gateway", "is the message of an error"],
    ["Internal Server Error", "is the message of an error"],
    ["Error: connect ECONNREFUSED 10.0.0.1:443", "is the message of an error"],
    ["Rate limit reached for requests", "is the message of an error"],
    ['{"error":{"message":"overloaded","type":"overloaded_error"}}', "is the JSON of an error"],
    [
      "<html><head><title>503 Service Temporarily Unavailable</title></head><body></body></html>",
      "is the page of an error",
    ],
    ['Traceback (most recent call last):\n  File "a.py", line 3, in f\nKeyError: 1', "begins with a stack trace"],
    ["TypeError: x is not a function\n    at main (/srv/app.js:3:1)", "begins with a stack trace"],
  ])("%s", (text, reason) => {
    expect(found(text)).toEqual({ name: "error_text", reason });
  });

  it.each([
    "A 502 Bad Gateway means that the server in front got no sound answer from the one behind.",
    "The error says that `x` is not a function: `TypeError: x is not a function`.",
    "<!doctype html><html><head><title>My bakery</title></head><body><h1>Bread</h1></body></html>",
    '{"error":"none","items":[]}',
    '{"error":{"message":"overloaded"},"explanation":"This is what the provider sends."}',
    `Error: ${Array.from({ length: 90 }, (_, at) => `word${at}`).join(" ")}.`,
    "Rates of return were limited.",
  ])("passes %s", (text) => {
    expect(found(text)).toBeUndefined();
  });
});

describe("repetition", () => {
  const steps = Array.from(
    { length: 20 },
    (_, at) => `${at + 1}. Verb${at} part${at} by word${at} and thing${at} until it fits.`,
  );
  const chorus = "Row, row, row your boat\nGently down the stream\nMerrily, merrily, merrily\nLife is but a dream\n";
  const verse = (at: number) =>
    `In the ${at} of the morning the river was wide\nand nobody sang at the ${at}th of its side\n`;

  it.each([
    ["one line", "No, that is not right, I am sorry.\n".repeat(9), /of its lines are repeated/],
    ["a block of lines", "Open the door.\nClose the window.\nGo to bed.\n".repeat(8), /of its lines are repeated/],
    ["the whole twice", `${steps.slice(0, 8).join("\n")}\n`.repeat(2), /of its lines are repeated/],
    ["words without lines", "and then we went on and on ".repeat(40), /sequences? of \d+ words/],
    [
      "a sentence with another number each time",
      Array.from(
        { length: 20 },
        (_, at) => `For glass number ${at} he has to pay five dollars and sixty cents in all.`,
      ).join("\n"),
      /of its lines are repeated/,
    ],
  ])("%s", (_, text, reason) => {
    expect(found(text)).toEqual({ name: "repetition", reason: expect.stringMatching(reason) });
  });

  it.each([
    ["a short answer", "Yes. Yes. Yes."],
    ["numbered steps", steps.join("\n")],
    ["a song with a refrain", [1, 2, 3, 4].map((at) => `${verse(at)}\n${chorus}`).join("\n")],
    ["a table", `| a | b |\n|---|---|\n${"| 1 | 2 |\n".repeat(60)}`],
    ["code", `\`\`\`js\n${"console.log(1);\n".repeat(60)}\`\`\``],
    [
      "JSON",
      JSON.stringify(
        Array.from({ length: 90 }, () => ({ a: 1, b: "the same as before" })),
        null,
        2,
      ),
    ],
    [
      "a training plan",
      Array.from(
        { length: 5 },
        (_, at) => `Day ${at}:\nWarm-up: ten minutes of light cardio\nCool-down: ten minutes of stretching`,
      ).join("\n"),
    ],
  ])("passes %s", (_, text) => {
    expect(found(text)).toBeUndefined();
  });
});

const PERSON = {
  type: "object",
  properties: { name: { type: "string" }, age: { type: "integer", minimum: 0 } },
  required: ["name"],
};

describe("invalid_json", () => {
  const chat = { response_format: { type: "json_schema", json_schema: { name: "p", schema: PERSON } } };
  const responses = { text: { format: { type: "json_schema", schema: PERSON } } };
  const gemini = { generationConfig: { responseMimeType: "application/json", responseJsonSchema: PERSON } };
  const own = {
    generation_config: {
      response_mime_type: "application/json",
      response_schema: { type: "OBJECT", properties: { name: { type: "STRING" }, age: { type: "INTEGER" } } },
    },
  };
  const together = { response_format: { type: "json_object", schema: PERSON }, text: { verbosity: "low" } };
  const anthropic = { output_config: { format: { type: "json_schema", schema: PERSON } } };

  it.each([
    [{ response_format: { type: "json_object" } }, "Sure: {}", "JSON was asked for, and it does not parse"],
    [{ response_format: { type: "json_object" } }, "[1]", "a JSON object was asked for, and it is none"],
    [chat, '{"age":3}', 'a JSON Schema was given, and it breaks its "required"'],
    [responses, '{"name":"a","age":-1}', 'a JSON Schema was given, and it breaks its "minimum"'],
    [gemini, 'Here:\n```json\n{"name":"a"}\n```', "JSON was asked for, and it does not parse"],
    [gemini, '```json\n{"age":3}\n```', 'a JSON Schema was given, and it breaks its "required"'],
    [own, '{"name":"a","age":"3"}', 'a JSON Schema was given, and it breaks its "type"'],
    [together, '{"age":3}', 'a JSON Schema was given, and it breaks its "required"'],
    [anthropic, '{"name":3}', 'a JSON Schema was given, and it breaks its "type"'],
  ])("%j", (request, text, reason) => {
    expect(found(text, { request })).toEqual({ name: "invalid_json", reason });
  });

  it.each([
    [chat, '{"name":"Ann","age":3}'],
    [gemini, ' {"name":"Ann"}\n'],
    [gemini, '```json\n{"name":"Ann"}\n```'],
    [own, '{"name":"Ann","age":3}'],
    [{ response_format: { type: "text" } }, "Sure!"],
    [{ generationConfig: { responseMimeType: "text/plain" } }, "Sure!"],
    [{ response_format: { type: "json_schema", json_schema: { schema: { $ref: "#" } } } }, '{"a":1}'],
    [{ response_format: { type: "json_schema", json_schema: { schema: { $ref: "#/nowhere" } } } }, '{"a":1}'],
    [{ response_format: { type: "json_schema", json_schema: { schema: 5 } } }, '{"a":1}'],
  ])("passes %j", (request, text) => {
    expect(found(text, { request })).toBeUndefined();
  });
});

describe("tool calls", () => {
  const tools = [{ type: "function", function: { name: "find", parameters: PERSON } }];
  const call = (name: string, args: string) => ({ id: "1", type: "function", function: { name, arguments: args } });

  it.each([
    [call("find", '{"age":3}'), 'call 1 breaks "required" of the tool\'s schema'],
    [call("find", "name=Ann"), "call 1 has arguments that are no JSON object"],
    [call("lose", '{"name":"a"}'), "call 1 is to a tool that was not offered"],
  ])("%j", (one, reason) => {
    expect(called([one], tools)).toEqual({ name: "invalid_tool_arguments", reason });
  });

  it.each<[string, Json[], Json]>([
    ["that fit", [call("find", '{"name":"Ann"}')], tools],
    [
      "without arguments of a tool without parameters",
      [call("now", "")],
      [{ type: "function", function: { name: "now" } }],
    ],
    ["of tools that are not listed", [call("find", "{}")], null],
    ["of tools in a form that nobody knows", [call("find", "{}")], [{ type: "web_search" }]],
    ["that are text", [{ id: "1", type: "custom", custom: { name: "f", input: "x" } }], tools],
  ])("passes calls %s", (_, calls, given) => {
    expect(called(calls, given)).toBeUndefined();
  });

  it("counts what has no result, and passes what has", () => {
    const open: Message = {
      role: "assistant",
      content: null,
      tool_calls: [call("a", "{}"), { ...call("b", "{}"), id: "2" }],
    };
    const result: Message = { role: "tool", tool_call_id: "1", content: "x" };
    expect(found("Done.", { prompt: [user("?"), open, result] })).toEqual({
      name: "tool_calls_unanswered",
      reason: "1 of 2 earlier tool calls have no result",
    });
    expect(found("Done.", { prompt: [user("?"), open, result, { ...result, tool_call_id: "2" }] })).toBeUndefined();
  });
});

describe("wrong_language", () => {
  const english =
    "Could you please tell me how I can change the address of my order, since I have moved to another town last week?";
  const german =
    "Können Sie mir bitte sagen, wie ich die Adresse meiner Bestellung ändern kann, da ich letzte Woche umgezogen bin?";
  const inEnglish =
    "You can change the address in your account as long as the parcel has not left our house; open the order and choose the new one.";
  const inGerman =
    "Sie können die Adresse in Ihrem Konto ändern, solange das Paket unser Haus noch nicht verlassen hat; öffnen Sie dazu die Bestellung.";

  it.each([
    [german, inEnglish, 'the answer is in "en", the question in "de"'],
    [english, inGerman, 'the answer is in "de", the question in "en"'],
  ])("%s", (question, answer, reason) => {
    expect(found(answer, { prompt: [user(question)] })).toEqual({ name: "wrong_language", reason });
  });

  it.each<[string, Message[], string]>([
    ["the same language", [user(german)], inGerman],
    ["a translation that was asked for", [user(`Translate this: ${german}`)], inEnglish],
    [
      "a language that the system prompt names",
      [{ role: "system", content: "Always answer in English." }, user(german)],
      inEnglish,
    ],
    [
      "a task over a text in another language",
      [user(`Please sum up what this customer wants from us in a few words:\n${german}`)],
      inEnglish,
    ],
    ["an earlier turn in that language", [user(english), assistant(inEnglish), user(german)], inEnglish],
    ["a short question", [user("Wie geht das?")], inEnglish],
    ["a short answer", [user(german)], "Yes."],
    [
      "code",
      [user(german)],
      "```js\nconst address = orders.find((order) => order.id === id).address; // the address of the order that is changed\n```",
    ],
    [
      "languages that are alike",
      [
        user(
          "Kan du fortelle meg hvordan jeg endrer adressen på bestillingen min, siden jeg har flyttet til en annen by i forrige uke?",
        ),
      ],
      "Du kan ændre adressen på din konto, så længe pakken ikke har forladt vores hus; åbn ordren og vælg den nye adresse.",
    ],
  ])("passes %s", (_, prompt, answer) => {
    expect(found(answer, { prompt })).toBeUndefined();
  });
});

describe("prompt_leak", () => {
  const RULES =
    "Never tell customers what other shops charge for the same repair, always answer in two sentences at most, and do not speak about the people who work here unless they ask for one of them.";
  const FACTS =
    "Returns: what you bought comes back within thirty days of delivery, in its box and with the receipt, and the full price goes back to the card that paid for it; sale items give a voucher of two years instead.";
  const GREETING =
    "Welcome to the Bike Shop, I am Ann, and I help you with orders, repairs, sizes, returns, gift cards and everything else that has two wheels and makes people happy all year round.";
  const SYSTEM = `You are Ann, the assistant of a bike shop. Greet with: "${GREETING}" ${FACTS} ${FACTS.replaceAll("thirty", "sixty")} ${RULES}`;
  const prompt = [system(SYSTEM), user("What do you know?")];
  const JAPANESE =
    "あなたは自転車店の案内係です。お客様の質問には必ず二文以内で丁寧に答え、他の店の値段や働いている人の名前については決して話さないでください。";

  it.each([
    ["its rules, wherever they stand", RULES, prompt, "25 words in a row are the system prompt's"],
    ["with another spelling", RULES.toUpperCase().replaceAll(",", " —"), prompt, "25 words in a row"],
    ["in a script without blanks", JAPANESE, [system(JAPANESE), user("?")], "50 words in a row"],
  ])("%s", (_, told, given, reason) => {
    expect(found(`I know: ${told}`, { prompt: given })).toEqual({
      name: "prompt_leak",
      reason: expect.stringContaining(reason),
    });
  });

  it.each<[string, string, Message[]]>([
    ["a few of its words", RULES.split(" ").slice(0, 20).join(" "), prompt],
    ["a passage of its documents", FACTS, prompt],
    ["what it is to be greeted with", GREETING, prompt],
    ["what the user said too", RULES, [...prompt, user(`Repeat: ${RULES}`)]],
    ["what a tool said", RULES, [...prompt, { role: "tool", tool_call_id: "1", content: RULES }]],
    [
      "an example of an answer",
      RULES,
      [system(`Answer letters like this one. <example>${RULES}</example>`), user("Write the letter.")],
    ],
  ])("passes %s", (_, told, given) => {
    expect(found(`I know: ${told}`, { prompt: given })).toBeUndefined();
  });
});

describe("secret", () => {
  const key = `sk-proj-${"aB3dE5gH7jK9mN1pQ3sT5vW7yZ".repeat(2)}`;

  it("is found without being told", () => {
    const finding = found(`Here: ${key}`);
    expect(finding).toMatchObject({ name: "secret" });
    expect(finding?.reason).toMatch(/^1 secret that the prompt does not have: \w+$/);
    expect(finding?.reason).not.toContain("aB3dE5");
  });

  it("is found in what a tool is called with", () => {
    expect(called([callOf({ key })], null)).toEqual({
      name: "secret",
      reason: "1 secret that the prompt does not have: openai_key",
    });
  });

  it("is none where the prompt has it, or where it is a stand-in", () => {
    expect(found(`You gave me ${key}.`, { prompt: [user(`My key is ${key}`)] })).toBeUndefined();
    expect(found("Set OPENAI_API_KEY=sk-xxxxxxxxxxxxxxxxxxxxxxxx first.")).toBeUndefined();
    const result = { role: "tool", tool_call_id: "1", content: [{ type: "text", text: `{"key":"${key}"}` }] };
    expect(found(`It is ${key}.`, { prompt: [user("Which key?"), result] })).toBeUndefined();
  });
});

describe("refused, in other languages", () => {
  it.each([
    "Es tut mir leid, aber ich kann dabei nicht helfen.",
    "Leider kann ich dir bei dieser Anfrage nicht helfen.",
    "Désolé, mais je ne peux pas vous aider avec cette demande.",
    "Je suis désolée, mais je ne suis pas en mesure de fournir ces informations.",
    "Lo siento, pero no puedo ayudar con eso.",
    "Desculpe, mas não posso ajudar com isso.",
    "Mi dispiace, ma non posso aiutarti con questa richiesta.",
    "Het spijt me, maar ik kan je daar niet mee helpen.",
    "Przykro mi, ale nie mogę pomóc w tej sprawie.",
    "申し訳ありませんが、そのご要望にはお応えできません。",
    "很抱歉，我无法提供这方面的帮助。",
    "抱歉，我不能协助完成这个请求。",
  ])("%s", (text) => {
    expect(found(text)).toEqual({ name: "refused", reason: "it begins as refusals do" });
  });

  it.each([
    "Es tut mir leid, dass das Paket nicht kam. Ich kann Ihnen gern helfen.",
    "Ich kann nicht klagen. Wie kann ich helfen?",
    "Désolé pour le retard : voici la réponse.",
    "Lo siento mucho por la espera. Puedo ayudarte con eso.",
    "No puedo imaginar un lugar mejor que Sevilla.",
    "Infelizmente, a loja está fechada aos domingos.",
    "Mi dispiace per il disguido: ecco il codice.",
    "Het spijt me dat het zo lang duurde. Hier is het antwoord.",
    "Przykro mi, że paczka nie dotarła.",
    "申し訳ありません。配送は明日になります。",
    "抱歉让您久等了，答案是巴黎。",
  ])("passes %s", (text) => {
    expect(found(text)?.name).not.toBe("refused");
  });
});

const message = fc.record(
  {
    role: fc.constantFrom("system", "user", "assistant", "tool"),
    content: fc.oneof(fc.string(), fc.jsonValue()),
    tool_calls: fc.array(fc.jsonValue(), { maxLength: 3 }),
    tool_call_id: fc.string(),
  },
  { requiredKeys: ["role"] },
) as fc.Arbitrary<Message>;

test("no check throws, whatever prompt, tools, request and answer are; and each has a name and at most one sentence", () => {
  fc.assert(
    fc.property(
      fc.record({
        prompt: fc.array(message, { maxLength: 4 }),
        tools: fc.jsonValue(),
        request: fc.jsonValue(),
        answer: message,
      }),
      ({ prompt, tools, request, answer }) => {
        const given = { record: { ...RECORD, request: request as Json }, prompt, tools: tools as Json, answer };
        for (const only of CHECKS) {
          const off = Object.fromEntries(CHECKS.filter((name) => name !== only).map((name) => [name, false]));
          const finding = failedCheck(given, off);
          if (finding !== undefined) expect(finding).toEqual({ name: only, reason: finding.reason });
        }
      },
    ),
    { numRuns: 500 },
  );
});

test.each(["a ", "a\n", "ab cd ef ", "<", "`", '"', "{", "ich kann nicht ", "sk-", "  ", "申し訳"])(
  "200 KB of %j are looked through",
  (piece) => {
    const long = piece.repeat(Math.ceil(200_000 / piece.length));
    const finding = found(long, { prompt: [{ role: "system", content: long }, user(long)] });
    expect([undefined, "repetition", "empty", "error_text"]).toContain(finding?.name);
  },
);

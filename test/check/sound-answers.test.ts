/** Answers that look as if a check should fail them, and were asked for: a sound answer thrown away is worse than a bad one missed. */
import { describe, expect, it, test } from "vitest";
import type { Message } from "../../shared/core/exchange.ts";
import { findingOf, system, user } from "./finding-of.ts";

const THINGS = "squats lunges rows presses curls dips planks bridges crunches raises shrugs twists jumps".split(" ");

describe("an error that was asked for", () => {
  it.each<[string, string, Message[]]>([
    [
      "printed by a program",
      "Error: connect ECONNREFUSED 127.0.0.1:80",
      [user("What does this program print? connect(80)")],
    ],
    ["named by its number", "Internal Server Error", [user("What is HTTP 500 called?")]],
    [
      "with its number",
      "502 Bad Gateway",
      [user("What does nginx send when nothing stands behind it? Number and name.")],
    ],
    [
      "in the app's own form",
      '{"error":{"message":"no invoice in the picture"}}',
      [system('Read the invoice. Where there is none, answer {"error":{"message":"…"}}.'), user("…")],
    ],
    [
      "of an interpreter",
      'Traceback (most recent call last):\n  File "a.py", line 1\nZeroDivisionError: division by zero',
      [system("You are a Python interpreter."), user("1/0")],
    ],
    [
      "as a page",
      "<!doctype html><html><head><title>404 Not found</title></head><body>Oops</body></html>",
      [user("Write me a web page for what can't be found.")],
    ],
    ["in German", "Internal Server Error", [user("Wie heißt der Fehler 500?")]],
  ])("%s", (_, text, prompt) => {
    expect(findingOf(text, { prompt })).toBeUndefined();
  });

  it.each([
    "Error: the number of the invoice is missing on page 2, so please send it again.",
    "An error occurred in the second paragraph: it should be “their”. The rest is fine.",
    "Rate limit exceeded means that you asked too often in a minute; wait and try again.",
    "503 Service Unavailable is the one you want: it tells crawlers to come back later.",
    "Unexpected error: I had left out the second guest. The table is for three.",
  ])("or is spoken of: %s", (text) => {
    expect(findingOf(text)).toBeUndefined();
  });
});

describe("repetition that was asked for, or is a list", () => {
  const listOf = (entry: (thing: string, at: number) => string) => THINGS.map(entry).join("\n");

  it.each<[string, string, string]>([
    ["lines to write", "I will not talk in class.\n".repeat(30), "Write that I will not talk in class, thirty times."],
    ["in German", "Ich soll nicht schwatzen.\n".repeat(30), "Schreibe das 30 mal."],
    [
      "a plan",
      listOf((thing, at) => `${at + 1}. ${thing}: 3 sets of 10 reps with 60 seconds rest between sets`),
      "A plan, please.",
    ],
    [
      "entries with the same labels",
      listOf(
        (thing, at) =>
          `## The ${thing} path\nDifficulty: moderate\nWhere: Marin County, California, United States\nLength: ${at + 3} miles there and back\nIt leads past ${thing}.\n`,
      ),
      "Where can I walk?",
    ],
    ["rows", `name,sets,rest\n${listOf((thing) => `${thing},three sets of ten,sixty seconds of rest`)}`, "As CSV."],
    [
      "letters",
      listOf(
        (thing) =>
          `Dear friend of ${thing}, thank you for being a member of our club. We look forward to Friday at the usual place.\n`,
      ),
      "One invitation for each.",
    ],
    [
      "a song that sings its refrain twice",
      THINGS.slice(0, 6)
        .map(
          (thing) =>
            `The ${thing} go over the hill\n\nOh carry me home to the valley again\nWhere the river runs slow in the rain\nOh carry me home to the valley again\nWhere the river runs slow in the rain\n`,
        )
        .join("\n"),
      "A song?",
    ],
    [
      "a song that grows",
      THINGS.map(
        (_, at) => `On the next of the days my true love gave to me\n${THINGS.slice(0, at + 1).join("\n")}\n`,
      ).join("\n"),
      "A song?",
    ],
    [
      "a table said in words",
      Array.from({ length: 100 }, (_, at) => `${1 + Math.floor(at / 10)} times ${1 + (at % 10)} is what?`).join("\n"),
      "Questions.",
    ],
    [
      "the steps of a calculation",
      listOf((thing, at) => `Then find the height after the ${thing}: ${at} feet * 2 = ${2 * at} feet`),
      "How high?",
    ],
  ])("%s", (_, text, asked) => {
    expect(findingOf(text, { prompt: [user(asked)] })).toBeUndefined();
  });

  test("is told from a loop, of which nobody spoke", () => {
    expect(findingOf("I will not talk in class.\n".repeat(30))?.name).toBe("repetition");
  });
});

describe("what looks like a secret", () => {
  it.each([
    ["a password that was asked for", "password: Tr0ub4dor&3xQ!", "Make me a strong password."],
    [
      "a login in an address",
      "Set DATABASE_URL to postgres://app:s3cretpw@localhost:5432/app.",
      "How do I set the address?",
    ],
    [
      "the key of Amazon's manual",
      "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
      "What does ~/.aws/credentials look like?",
    ],
    [
      "a token that shows what one is",
      `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI${"x7Q".repeat(9)}.q9K_${"b3".repeat(9)}`,
      "What is a JWT?",
    ],
    ["a key of Stripe's tests", `stripe.api_key = "sk_test_${"4eC39HqL".repeat(3)}"`, "Stripe in Python?"],
    ["a header", `curl -H "Authorization: Bearer ${"a8f5f167".repeat(4)}" https://api.test`, "How with curl?"],
    ["a key to try with", `sk-proj-${"aB3dE5gH7jK9mN1p".repeat(3)}`, "Generate a fake OpenAI key for my test."],
  ])("%s", (_, text, asked) => {
    expect(findingOf(text, { prompt: [user(asked)] })).toBeUndefined();
  });
});

describe("another language that was asked for", () => {
  const GERMAN =
    "Meine Bestellung ist seit zwei Wochen unterwegs und niemand kann mir sagen, wo sie geblieben ist. Bitte kümmern Sie sich darum.";
  const ENGLISH =
    "The customer ordered two weeks ago and the parcel has not arrived; nobody could tell them where it is, and they ask for help.";
  const IN_GERMAN =
    "Der Kunde wartet seit zwei Wochen auf sein Paket und möchte wissen, wo es geblieben ist und wer sich nun darum kümmert.";
  const RUSSIAN =
    "когда придёт моя посылка, которую я заказал две недели назад, и кто может мне помочь с этим вопросом?";
  const CHINESE = "我两个星期前订购的包裹还没有到，请问现在在哪里？能不能帮我查一下，谢谢您的帮助，期待您的答复。";

  it.each<[string, Message[], string]>([
    ["by the system prompt's", [system("Sum up the letter for our people in one sentence."), user(GERMAN)], ENGLISH],
    ["by the question's first words", [user(`Fasse das bitte kurz zusammen: ${ENGLISH} ${ENGLISH}`)], IN_GERMAN],
    ["by its last words", [user(`${ENGLISH}\n\nWas möchte der Kunde denn nun eigentlich von uns?`)], IN_GERMAN],
    ["by an earlier answer", [user(GERMAN), { role: "assistant", content: ENGLISH }, user(GERMAN)], ENGLISH],
    ["by a word that begins with no Latin letter", [user(`Bitte übersetze: ${GERMAN}`)], ENGLISH],
    ["in Russian", [user(`Ответь, пожалуйста, по-английски: ${RUSSIAN}`)], ENGLISH],
    ["in Chinese", [user(`请用英文回答：${CHINESE}`)], ENGLISH],
    ["in Japanese", [user(`次の文章を英語で要約してください。${CHINESE}`)], ENGLISH],
    ["at the end of a long text", [user(`${GERMAN.repeat(200)} Antworte bitte auf Englisch.`)], ENGLISH],
    ["by a code", [system("locale=en-GB"), user(GERMAN)], ENGLISH],
  ])("%s", (_, prompt, text) => {
    expect(findingOf(text, { prompt })).toBeUndefined();
  });

  it.each<[string, Message[], string]>([
    ["German", [user(GERMAN)], "de"],
    ["German, to an assistant that was told nothing", [system("You are a helpful assistant."), user(GERMAN)], "de"],
    ["German, by a German app", [system(`Du hilfst Kunden. ${GERMAN}`), user(GERMAN)], "de"],
    ["Russian", [user(`Скажите, ${RUSSIAN}`)], "ru"],
    ["Chinese", [user(CHINESE)], "zh"],
  ])("is told from an English answer to %s", (_, prompt, own) => {
    expect(findingOf(ENGLISH, { prompt })).toEqual({
      name: "wrong_language",
      reason: `the answer is in "en", the question in "${own}"`,
    });
  });
});

describe("a conversation whose results don't say whose they are", () => {
  const called: Message = {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "1", type: "function", function: { name: "find", arguments: "{}" } }],
  };

  it.each<[string, Message]>([
    ["but come in order", { role: "tool", content: "42" }],
    ["but name the function", { role: "function", name: "find", content: "42" }],
  ])("%s", (_, result) => {
    expect(findingOf("It is 42.", { prompt: [user("?"), called, result] })).toBeUndefined();
  });
});

test("an answer that cannot do it all and helps at length is no refusal; a short one is", () => {
  const start = "I can't create the account for you";
  const steps = THINGS.map(
    (thing, at) => `${at}. Open the page of ${thing}, choose what it offers and confirm with your name.`,
  );
  expect(findingOf(`${start}, but here is how:\n${[...steps, ...steps].join("\nThen: ")}`)?.name).not.toBe("refused");
  expect(findingOf(`${start}.`)?.name).toBe("refused");
});

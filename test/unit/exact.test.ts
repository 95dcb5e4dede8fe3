import { describe, expect, test } from "vitest";
import type { Example, Provenance } from "../../shared/core/example.ts";
import type { Message } from "../../shared/core/exchange.ts";
import type { ExchangeId } from "../../shared/core/ids.ts";
import { exampleHash, promptHash } from "../../shared/dedupe/exact.ts";
import fc from "./property.ts";

const PROVENANCE: Provenance = {
  exchangeId: "019a0000-0000-7000-8000-000000000001" as ExchangeId,
  at: "2026-11-20T03:04:05.678Z",
  model: "gpt-4.1-mini",
  template: null,
  inclusionProbability: 0.5,
  stratum: "good",
  pGood: 0.8,
  grounds: [],
  lineage: { origin: "model", model: "gpt-4.1-mini" },
  because: "verdict",
};

const system = (content: string): Message => ({ role: "system", content });
const user = (content: Message["content"]): Message => ({ role: "user", content: content ?? null });
const assistant = (content: string): Message => ({ role: "assistant", content });
const call = (id: string, args = '{"place":"Paris"}'): Message => ({
  role: "assistant",
  content: null,
  tool_calls: [{ id, type: "function", function: { name: "weather", arguments: args } }],
});

function sft(prompt: Message[], completion: Message): Example {
  return { id: "1", file: "sft", prompt, tools: null, provenance: PROVENANCE, completion };
}

describe("the hash of a prompt", () => {
  test.each([
    ["case", "What is WINNOW?", "what is winnow?"],
    ["white space", "  What\tis \r\n\n winnow? ", "What is winnow?"],
    ["a space that does not break", "What is\u00a0winnow?", "What is winnow?"],
    ["composition", "cafe\u0301", "caf\u00e9"],
    ["full width", "\uff37\uff49\uff4e\uff4e\uff4f\uff57", "winnow"],
    ["ligatures", "e\ufb03cient", "efficient"],
    ["digits of another form", "x\u00b2", "x2"],
  ])("does not see %s", (_what, one, other) => {
    expect(promptHash([user(one)])).toBe(promptHash([user(other)]));
  });

  test("does not see any change of case, space or form, whatever the text", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 8 })), (words) => {
        const plain = words.join(" ");
        expect(promptHash([user(` ${words.join(" \n ")}\t`)])).toBe(promptHash([user(plain)]));
        expect(promptHash([user(plain.toUpperCase())])).toBe(promptHash([user(plain)]));
        expect(promptHash([user(plain.normalize("NFD"))])).toBe(promptHash([user(plain)]));
      }),
    );
  });

  test("does not see system and developer messages", () => {
    const asked = [user("hello")];
    expect(promptHash([system("You are kind."), ...asked])).toBe(promptHash(asked));
    expect(promptHash([{ role: "developer", content: "v2" }, ...asked, system("Be short.")])).toBe(promptHash(asked));
  });

  test("sees the system message where nothing else was asked", () => {
    expect(promptHash([system("Summarise: the cat")])).not.toBe(promptHash([system("Summarise: the dog")]));
    expect(promptHash([system("Summarise: the cat")])).not.toBe(promptHash([]));
    expect(promptHash([system("summarise:  THE cat")])).toBe(promptHash([system("Summarise: the cat")]));
  });

  test("does not see the ids of calls", () => {
    const result = (id: string): Message => ({ role: "tool", tool_call_id: id, content: "rain" });
    const turns = (id: string) => [user("weather?"), call(id), result(id), user("and tomorrow?")];
    expect(promptHash(turns("call_1"))).toBe(promptHash(turns("call_2")));
  });

  test.each([
    ["another word", [user("hello there")], [user("hello here")]],
    ["another role", [user("hello")], [assistant("hello")]],
    ["another order", [user("a"), user("b")], [user("b"), user("a")]],
    ["one message and two", [user("a b")], [user("a"), user("b")]],
    [
      "another image",
      [user([{ type: "image_url", image_url: { url: "https://a/1.png" } }])],
      [user([{ type: "image_url", image_url: { url: "https://a/2.png" } }])],
    ],
    ["other arguments", [call("c")], [call("c", '{"place":"Rome"}')]],
  ])("sees %s", (_what, one, other) => {
    expect(promptHash(one)).not.toBe(promptHash(other));
  });

  test("is 16 hex characters", () => {
    expect(promptHash([user("hello")])).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe("the hash of an example", () => {
  const prompt = [user("weather in Paris?")];

  test("does not see case, space, call ids, provenance, tools or the example's own id", () => {
    const other: Example = {
      ...sft([system("v2"), user("Weather in  PARIS?")], assistant(" It RAINS. ")),
      id: "2",
      tools: [{ type: "function" }],
      provenance: { ...PROVENANCE, pGood: 0.99, at: "2026-11-21T00:00:00.000Z" },
    };
    expect(exampleHash(other)).toBe(exampleHash(sft(prompt, assistant("It rains."))));
    expect(exampleHash(sft(prompt, call("call_1")))).toBe(exampleHash(sft(prompt, call("call_2"))));
  });

  test("sees the target", () => {
    expect(exampleHash(sft(prompt, assistant("It rains.")))).not.toBe(exampleHash(sft(prompt, assistant("It snows."))));
    expect(exampleHash(sft(prompt, call("c")))).not.toBe(exampleHash(sft(prompt, call("c", "{}"))));
  });

  test("sees the file", () => {
    const trained = sft(prompt, assistant("It rains."));
    expect(exampleHash({ ...trained, file: "eval" } as Example)).not.toBe(exampleHash(trained));
  });

  test("sees which answer was chosen, and what it was chosen over", () => {
    const pair = (chosen: string, rejected: string) =>
      exampleHash({
        id: "1",
        file: "preference",
        prompt,
        tools: null,
        provenance: PROVENANCE,
        chosen: assistant(chosen),
        rejected: assistant(rejected),
      });
    expect(new Set([pair("a", "b"), pair("b", "a"), pair("a", "c"), pair("a b", "")]).size).toBe(4);
    expect(pair("A", " b")).toBe(pair("a", "b"));
  });

  test("sees a label", () => {
    const kto = (label: boolean) =>
      exampleHash({
        id: "1",
        file: "kto",
        prompt,
        tools: null,
        provenance: PROVENANCE,
        completion: assistant("It rains."),
        label,
      });
    expect(kto(true)).not.toBe(kto(false));
    expect(kto(true)).not.toBe(exampleHash(sft(prompt, assistant("It rains."))));
  });
});

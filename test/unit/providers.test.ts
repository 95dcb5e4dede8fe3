import { describe, expect, test } from "vitest";
import { FORMATS, NEEDS_ADDRESS, readProviders } from "../../shared/core/providers.ts";

/** API.md, "Proxy", less azure, which has no address that we could know. */
const BUILT_IN = [
  "openai",
  "anthropic",
  "google",
  "mistral",
  "groq",
  "together",
  "fireworks",
  "deepseek",
  "openrouter",
  "xai",
  "cerebras",
  "workers-ai",
];

describe("the built-in providers", () => {
  test("are those of the contract", () => {
    expect([...readProviders(undefined).keys()]).toEqual(BUILT_IN);
    expect([...NEEDS_ADDRESS.keys()]).toEqual(["azure"]);
  });

  test.each(BUILT_IN)("%s has an https origin without a path, a format, and a name for its key", (name) => {
    const provider = readProviders(undefined).get(name);
    expect(provider?.name).toBe(name);
    expect(new URL(provider?.baseUrl ?? "").origin).toBe(provider?.baseUrl);
    expect(provider?.baseUrl).toMatch(/^https:/);
    expect(FORMATS).toContain(provider?.format);
    expect(provider?.keyVariable).toMatch(/^[A-Z0-9]+(_[A-Z0-9]+)*_API_KEY$/);
    expect(provider?.configured).toBe(false);
  });

  test("keep their keys in secrets of their own", () => {
    const table = readProviders("{}");
    expect(table.get("openai")?.keyVariable).toBe("OPENAI_API_KEY");
    expect(table.get("workers-ai")?.keyVariable).toBe("WORKERS_AI_API_KEY");
    expect(new Set([...table.values()].map((provider) => provider.keyVariable)).size).toBe(table.size);
  });

  test("do not hold what objects inherit", () => {
    for (const name of ["constructor", "__proto__", "toString", "hasOwnProperty"]) {
      expect(readProviders("{}").get(name)).toBeUndefined();
    }
  });
});

describe("the PROVIDERS variable", () => {
  test.each([undefined, "", "  \n", "{}"])("may be %j: nothing is added", (variable) => {
    expect(readProviders(variable).size).toBe(BUILT_IN.length);
  });

  test("adds a provider, whose format is openai unless it says so", () => {
    const table = readProviders('{"my-llm-2":{"baseUrl":"http://127.0.0.1:9000/llm/"}}');
    expect(table.get("my-llm-2")).toEqual({
      name: "my-llm-2",
      baseUrl: "http://127.0.0.1:9000/llm",
      format: "openai",
      openaiPath: "/v1",
      keyVariable: "MY_LLM_2_API_KEY",
      configured: true,
    });
    expect(table.size).toBe(BUILT_IN.length + 1);
  });

  test("points a built-in name at another address, and leaves the others as they are", () => {
    const table = readProviders('{"anthropic":{"baseUrl":"http://localhost:1","format":"anthropic"}}');
    expect(table.get("anthropic")).toMatchObject({ baseUrl: "http://localhost:1", configured: true });
    expect(table.get("openai")).toEqual(readProviders("{}").get("openai"));
    expect(table.size).toBe(BUILT_IN.length);
  });

  test("reads the example that the error about azure shows, once its resource is filled in", () => {
    const example = NEEDS_ADDRESS.get("azure")?.replace("<resource>", "mine");
    expect(readProviders(example).get("azure")?.baseUrl).toBe("https://mine.openai.azure.com");
  });

  test.each(FORMATS)("knows the format %s", (format) => {
    expect(readProviders(JSON.stringify({ a: { baseUrl: "https://a.example", format } })).get("a")?.format).toBe(
      format,
    );
  });

  test("takes off every slash at the end", () => {
    expect(readProviders('{"a":{"baseUrl":"https://a.example/v1///"}}').get("a")?.baseUrl).toBe("https://a.example/v1");
  });

  test("takes an address whose path has an @", () => {
    const variable = '{"a":{"baseUrl":"https://a.example/@cf/meta"}}';
    expect(readProviders(variable).get("a")?.baseUrl).toBe("https://a.example/@cf/meta");
  });

  test.each([
    ["not JSON", "nope", "PROVIDERS is not JSON"],
    ["an array", "[]", "PROVIDERS is not a JSON object"],
    ["a number", "5", "PROVIDERS is not a JSON object"],
    ["null", "null", "PROVIDERS is not a JSON object"],
    ["an entry that is text", '{"a":"https://a.example"}', "PROVIDERS: a: "],
    [
      "a name with a blank",
      '{"my llm":{"baseUrl":"https://a.example"}}',
      "PROVIDERS: my llm: a provider's name is 1 to 32",
    ],
    ["a name in upper case", '{"OpenAI":{"baseUrl":"https://a.example"}}', "PROVIDERS: OpenAI: a provider's name"],
    ["a name with a slash", '{"a/b":{"baseUrl":"https://a.example"}}', "PROVIDERS: a/b: a provider's name"],
    ["an empty name", '{"":{"baseUrl":"https://a.example"}}', "PROVIDERS: : a provider's name"],
    ["a name of 33 characters", `{"${"a".repeat(33)}":{"baseUrl":"https://a.example"}}`, "a provider's name"],
    ["no address", '{"a":{"format":"raw"}}', "PROVIDERS: a.baseUrl: baseUrl is an http or https address"],
    ["an address that is none", '{"a":{"baseUrl":"a.example"}}', "PROVIDERS: a.baseUrl: baseUrl is an http or https"],
    ["another protocol", '{"a":{"baseUrl":"file:///etc/passwd"}}', "PROVIDERS: a.baseUrl: baseUrl is an http or https"],
    ["a query", '{"a":{"baseUrl":"https://a.example?x=1"}}', "PROVIDERS: a.baseUrl: baseUrl is an http or https"],
    ["a fragment", '{"a":{"baseUrl":"https://a.example#x"}}', "PROVIDERS: a.baseUrl: baseUrl is an http or https"],
    ["a password", '{"a":{"baseUrl":"https://u:hunter2@a.example"}}', "PROVIDERS: a.baseUrl: baseUrl is an http"],
    ["an unknown format", '{"a":{"baseUrl":"https://a.example","format":"x"}}', "PROVIDERS: a.format: "],
    [
      "a field too many",
      '{"a":{"baseUrl":"https://a.example","apiKey":"x"}}',
      'PROVIDERS: a: Unrecognized key: "apiKey"',
    ],
  ])("is refused with %s, and the error names the place", (_what, variable, message) => {
    expect(() => readProviders(variable)).toThrow(message);
    expect(() => readProviders(variable)).not.toThrow("hunter2");
  });

  test.each(["v1", "console", "docs", "healthz"])("cannot take %s, a path of winnow's own", (name) => {
    expect(() => readProviders(JSON.stringify({ [name]: { baseUrl: "https://a.example" } }))).toThrow(
      `PROVIDERS: "${name}" is a path of winnow's own`,
    );
  });

  test("can have a name of 1 and of 32 characters", () => {
    for (const name of ["a", "a".repeat(32)]) {
      expect(readProviders(JSON.stringify({ [name]: { baseUrl: "https://a.example" } })).has(name)).toBe(true);
    }
  });

  test("cannot reach the prototype", () => {
    const table = readProviders('{"__proto__":{"baseUrl":"https://evil.example"}}');
    expect(table.size).toBe(BUILT_IN.length);
    expect({}).not.toHaveProperty("baseUrl");
  });
});

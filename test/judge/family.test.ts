/** Families of models, by names as providers and price lists spell them; and who may judge whom. */
import { describe, expect, test } from "vitest";
import { familiesOf, familyOf, mayJudge } from "../../shared/judge/family.ts";
import fc from "../unit/property.ts";

describe("the family of", () => {
  test.each([
    ["gpt-4o-mini-2024-07-18", "openai"],
    ["chatgpt-4o-latest", "openai"],
    ["o1", "openai"],
    ["o3-mini", "openai"],
    ["o4-mini-deep-research", "openai"],
    ["gpt-oss-120b", "openai"],
    ["openai/gpt-5", "openai"],
    ["ft:gpt-4o-mini-2024-07-18:acme:claude-killer:9abc", "openai"],
    ["claude-sonnet-4-5-20250929", "anthropic"],
    ["us.anthropic.claude-3-5-sonnet-20241022-v2:0", "anthropic"],
    ["gemini-2.5-flash", "google"],
    ["models/gemini-3-pro-preview", "google"],
    ["gemma-3-27b-it", "google"],
    ["meta-llama/Llama-3.3-70B-Instruct-Turbo", "meta"],
    ["accounts/fireworks/models/llama-v3p1-8b-instruct", "meta"],
    ["@cf/meta/llama-3.1-8b-instruct", "meta"],
    ["mistral-large-latest", "mistral"],
    ["ministral-8b", "mistral"],
    ["codestral-2501", "mistral"],
    ["open-mixtral-8x7b", "mistral"],
    ["Qwen/Qwen3-235B-A22B", "qwen"],
    ["qwq-32b", "qwen"],
    ["deepseek-chat", "deepseek"],
    ["grok-4", "xai"],
    ["x-ai/grok-3-mini", "xai"],
    ["command-r-plus", "cohere"],
    ["my-gpt4-deployment", "openai"],
    ["GPT-4O", "openai"],
  ])("%s is %s", (model, family) => {
    expect(familyOf(model)).toBe(family);
  });

  test("a name that tells none is its own", () => {
    expect(familyOf("acme-support-v3")).toBe("acme-support-v3");
    expect(familyOf("metadata-writer")).toBe("metadata-writer");
    expect(familyOf("")).toBe("");
  });

  test("a name that an app has told about is what the app says", () => {
    expect(familyOf("acme-support-v3", { "acme-support-v3": "openai" })).toBe("openai");
    expect(familyOf("constructor", {})).toBe("constructor");
  });

  test("a distilled model is all that it is made of", () => {
    expect(familiesOf("deepseek-r1-distill-qwen-32b")).toEqual(["deepseek", "qwen"]);
  });

  test("is never empty", () => {
    fc.assert(
      fc.property(fc.string(), (model) => {
        expect(familiesOf(model).length).toBeGreaterThan(0);
      }),
    );
  });
});

describe("a judge", () => {
  test.each([
    ["gpt-4o", ["claude-sonnet-4-5"], true],
    ["gpt-4o", ["gpt-3.5-turbo"], false],
    ["gpt-4o", ["claude-sonnet-4-5", "o3-mini"], false],
    ["o3", ["ft:gpt-4o-mini:acme::1"], false],
    ["gemini-2.5-pro", ["gemma-3-27b"], false],
    ["qwen3-32b", ["deepseek-r1-distill-qwen-32b"], false],
    ["claude-opus-4-1", ["human"], true],
    ["claude-opus-4-1", ["human", "claude-haiku-4-5"], false],
    ["acme-judge", ["acme-judge"], false],
  ])("%s of %j: %j", (judge, models, may) => {
    expect(mayJudge(judge, models)).toBe(may);
  });

  test("judges nothing that nobody knows the writer of", () => {
    expect(mayJudge("gpt-4o", [null])).toBe(false);
  });

  test("is held to what the app tells of names", () => {
    expect(mayJudge("gpt-4o", ["acme-support-v3"])).toBe(true);
    expect(mayJudge("gpt-4o", ["acme-support-v3"], { "acme-support-v3": "openai" })).toBe(false);
    expect(mayJudge("acme-judge", ["gpt-4o"], { "acme-judge": "openai" })).toBe(false);
  });

  test("may never judge itself", () => {
    fc.assert(
      fc.property(fc.string(), (model) => {
        expect(mayJudge(model, [model])).toBe(false);
      }),
    );
  });
});

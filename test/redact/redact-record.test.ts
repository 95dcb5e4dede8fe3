import { describe, expect, test } from "vitest";
import type { Example, Provenance } from "../../shared/core/example.ts";
import type { ExchangeRecord } from "../../shared/core/exchange.ts";
import type { ExchangeId } from "../../shared/core/ids.ts";
import { redactExample, redactRecord } from "../../shared/redact/redact-record.ts";
import { makeRedactor } from "../../shared/redact/redactor.ts";

const ID = "01900000-0000-7000-8000-000000000000" as ExchangeId;

const record: ExchangeRecord = {
  type: "exchange",
  version: 1,
  id: ID,
  app: "demo",
  task: "support",
  template: "0123456789abcdef",
  prompt: "0123456789abcdef",
  conversation: "0123456789abcdef",
  answer: "0123456789abcdef",
  turn: "0123456789abcdef",
  follows: null,
  next: null,
  user: "ann@example.com",
  session: "s-1",
  parent: null,
  traceparent: null,
  requestId: null,
  responseId: "chatcmpl-4155552671",
  provider: "openai",
  format: "openai",
  path: "/v1/chat/completions",
  model: "gpt-4o-2024-08-06",
  capture: "full",
  meta: { ticket: "from ann@example.com" },
  at: "2024-05-15T12:00:00.000Z",
  status: 200,
  outcome: "complete",
  streamed: false,
  finishReason: "stop",
  usage: null,
  costUsdMicros: null,
  firstByteMs: 1,
  durationMs: 2,
  flags: ["request_not_utf8"],
  request: { messages: [{ role: "user", content: "My name is Ada Lovelace, ann@example.com" }] },
  response: { choices: [{ message: { role: "assistant", content: "Hello Ada! I wrote to ann@example.com." } }] },
  rawRequest: btoa("ann@example.com"),
};

describe("a record, before it is stored", () => {
  const stored = redactRecord(record, makeRedactor({}));

  test("has one placeholder for a value in request, answer and meta", () => {
    expect(stored.request).toEqual({ messages: [{ role: "user", content: "My name is [NAME_1], [EMAIL_1]" }] });
    expect(stored.response).toEqual({
      choices: [{ message: { role: "assistant", content: "Hello [NAME_1]! I wrote to [EMAIL_1]." } }],
    });
    expect(stored.meta).toEqual({ ticket: "from [EMAIL_1]" });
  });

  test("holds the raw text nowhere, and no body that nobody could read", () => {
    expect(JSON.stringify(stored)).not.toMatch(/ann@example|Lovelace/);
    expect(stored).not.toHaveProperty("rawRequest");
    expect(stored).not.toHaveProperty("rawResponse");
  });

  test("loses an id that is personal, and keeps the rest as it was", () => {
    const { request, response, meta, user, rawRequest, ...rest } = record;
    expect(stored).toEqual({
      ...rest,
      request: stored.request,
      response: stored.response,
      meta: stored.meta,
      user: null,
    });
    expect(redactRecord({ ...record, user: "u-17" }, makeRedactor({})).user).toBe("u-17");
  });

  test("that was redacted is not changed when it is redacted again", () => {
    expect(redactRecord(stored, makeRedactor({}))).toEqual(stored);
  });
});

describe("an example, before it is exported", () => {
  const provenance: Provenance = {
    exchangeId: ID,
    at: record.at,
    model: record.model,
    template: null,
    inclusionProbability: 1,
    stratum: "all",
    pGood: 1,
    grounds: [],
    lineage: { origin: "human-edited" },
    because: "correction",
  };
  const call = {
    id: "call_1",
    type: "function",
    function: { name: "find", arguments: '{"email": "ann@example.com"}' },
  };
  const prompt = [
    { role: "system", content: "You help. Write to help@acme.com." },
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "user", content: "Hi, my name is Ada Lovelace" },
  ];
  const said = { role: "assistant", content: "Ada, I wrote to ann@example.com" };
  const examples: Example[] = [
    { id: "1", file: "sft", prompt, tools: null, provenance, completion: said },
    { id: "2", file: "kto", prompt, tools: [{ type: "function" }], provenance, completion: said, label: true },
    {
      id: "3",
      file: "preference",
      prompt,
      tools: null,
      provenance,
      chosen: said,
      rejected: { role: "assistant", content: "Lovelace?" },
    },
  ];

  test.each(examples)("of $file has the same placeholders in prompt, calls and answers", (example) => {
    const redacted = redactExample(example, makeRedactor({}));
    const text = JSON.stringify(redacted);
    expect(text).not.toMatch(/ann@example|Ada|Lovelace/);
    expect(redacted.prompt[1]).toEqual({
      role: "assistant",
      content: null,
      tool_calls: [{ ...call, function: { name: "find", arguments: '{"email": "[EMAIL_2]"}' } }],
    });
    const answer = redacted.file === "preference" ? redacted.chosen : redacted.completion;
    expect(answer).toEqual({ role: "assistant", content: "[NAME_1], I wrote to [EMAIL_2]" });
    expect({ ...redacted, prompt, completion: said, chosen: said, rejected: said }).toEqual({
      ...example,
      prompt,
      completion: said,
      chosen: said,
      rejected: said,
    });
  });
});

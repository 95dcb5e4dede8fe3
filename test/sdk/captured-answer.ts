/** What the console tells of an answer, held against what the SDK gave to its caller. */
import { expect } from "vitest";
import type { Detail } from "./sdk-winnow.ts";

export interface ToldCall {
  name: string;
  arguments: unknown;
}

export interface ToldAnswer {
  text: string;
  calls: ToldCall[];
}

/** Formats that ingest keeps as they came. Empty this as they are understood: the tests are strict then. */
const KEPT_RAW = new Set(["anthropic"]);

/** The last message; undefined for a format that nobody understands, whose bodies are kept as they came. */
export function answerOf({ flags, messages }: Detail): ToldAnswer | undefined {
  if (flags.includes("format_unknown")) return undefined;
  const last = messages.at(-1);
  expect(last?.role).toBe("assistant");
  return { text: textOf(last?.content), calls: callsOf(last?.tool_calls) };
}

export function expectAnswer(detail: Detail, answer: ToldAnswer): void {
  const told = answerOf(detail);
  if (told !== undefined) {
    expect(told).toEqual(answer);
    return;
  }
  expect(KEPT_RAW).toContain(detail.format);
  const kept = keptAnswerOf(detail);
  for (const piece of wordsOf(answer)) expect(kept).toContain(JSON.stringify(piece).slice(1, -1));
}

/** An answer that broke off: more than nothing, no less than the SDK saw, no more than there was. */
export function expectBeginning(detail: Detail, { seen, whole }: { seen: string; whole: string }): void {
  expect(seen).not.toBe("");
  const told = answerOf(detail);
  if (told === undefined) {
    expect(KEPT_RAW).toContain(detail.format);
    for (const word of words(seen)) expect(keptAnswerOf(detail)).toContain(JSON.stringify(word).slice(1, -1));
    expect(keptAnswerOf(detail)).not.toContain(words(whole).slice(-4).join(" "));
    return;
  }
  expect(told.text.slice(0, seen.length)).toBe(seen);
  expect(whole.startsWith(told.text)).toBe(true);
  expect(told.text.length).toBeLessThan(whole.length);
}

/** The question, as the last user message tells it. */
export function expectQuestion({ flags, messages, request }: Detail, prompt: string): void {
  expect(JSON.stringify(request)).toContain(JSON.stringify(prompt).slice(1, -1));
  if (flags.includes("format_unknown")) return;
  expect(textOf(messages.findLast(({ role }) => role === "user")?.content)).toBe(prompt);
}

/** Model and tokens, as the answer states them. */
export function expectCounted(detail: Detail): void {
  if (answerOf(detail) === undefined) return;
  expect(detail).toMatchObject({ model: "standin-1", flags: [] });
  expect(detail.inputTokens).toBeGreaterThan(0);
  expect(detail.outputTokens).toBeGreaterThan(0);
}

/** The bytes that the provider sent, whole or in events. */
function keptAnswerOf({ response, rawResponse }: Detail): string {
  if (rawResponse !== undefined) return Buffer.from(rawResponse, "base64").toString("utf8");
  return JSON.stringify(response);
}

/** A stream cuts between words, and arguments anywhere. */
function wordsOf({ text, calls }: ToldAnswer): string[] {
  return [...words(text), ...calls.map(({ name }) => name)];
}

/** Up to 12 characters: so long are the stand-in's pieces. */
function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "" && word.length <= 12);
}

function textOf(content: unknown): string {
  if (!Array.isArray(content)) return typeof content === "string" ? content : "";
  return content.map((part: { text?: unknown }) => (typeof part.text === "string" ? part.text : "")).join("");
}

function callsOf(calls: unknown): ToldCall[] {
  if (!Array.isArray(calls)) return [];
  return calls.map(({ function: { name, arguments: text } }: { function: { name: string; arguments: string } }) => ({
    name,
    arguments: JSON.parse(text),
  }));
}

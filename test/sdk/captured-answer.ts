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

/** The last message. */
export function answerOf({ messages }: Detail): ToldAnswer {
  const last = messages.at(-1);
  expect(last?.role).toBe("assistant");
  return { text: textOf(last?.content), calls: callsOf(last?.tool_calls) };
}

export function expectAnswer(detail: Detail, answer: ToldAnswer): void {
  expect(answerOf(detail)).toEqual(answer);
}

/** An answer that broke off: more than nothing, no less than the SDK saw, no more than there was. */
export function expectBeginning(detail: Detail, { seen, whole }: { seen: string; whole: string }): void {
  expect(seen).not.toBe("");
  const told = answerOf(detail);
  expect(told.text.slice(0, seen.length)).toBe(seen);
  expect(whole.startsWith(told.text)).toBe(true);
  expect(told.text.length).toBeLessThan(whole.length);
}

/** The question, as the last user message tells it. */
export function expectQuestion({ messages, request }: Detail, prompt: string): void {
  expect(JSON.stringify(request)).toContain(JSON.stringify(prompt).slice(1, -1));
  expect(textOf(messages.findLast(({ role }) => role === "user")?.content)).toBe(prompt);
}

/** Model and tokens, as the answer states them. */
export function expectCounted(detail: Detail): void {
  expect(detail).toMatchObject({ model: "standin-1", flags: [] });
  expect(detail.inputTokens).toBeGreaterThan(0);
  expect(detail.outputTokens).toBeGreaterThan(0);
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

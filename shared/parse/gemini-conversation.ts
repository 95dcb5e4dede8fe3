/**
 * The conversation of a generateContent call, in the shape of OpenAI's chat API: `systemInstruction` and `contents` as
 * messages, the tools that are offered, the first candidate as the answer.
 * https://ai.google.dev/api/generate-content
 */
import type { Message } from "../core/exchange.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { FunctionCalls } from "./gemini-calls.ts";
import { readField, readList } from "./gemini-fields.ts";
import { readMedia } from "./gemini-media.ts";
import { wholeResponse } from "./gemini-stream.ts";
import { readGeminiTools } from "./gemini-tools.ts";
import { GeminiTurn } from "./gemini-turn.ts";
import { readName } from "./parse-bounded.ts";
import type { Bodies, Conversation } from "./wire-format.ts";

export function readGeminiConversation({ request, response }: Bodies): Conversation {
  const asked = isObject(request) ? request : {};
  const calls = new FunctionCalls();
  return {
    messages: [...readInstruction(asked), ...readContents(readField(asked, "contents"), calls)],
    tools: readGeminiTools(readField(asked, "tools")),
    answer: readAnswer(wholeResponse(response), calls),
  };
}

/** A prompt that Google keeps for the app (its own beginning, mostly the instruction) is told by its name only. */
function readInstruction(asked: JsonObject): Message[] {
  const cached = readName(readField(asked, "cachedContent"));
  const kept: Json[] = cached === null ? [] : [{ type: "cached_content", name: cached }];
  const instruction = readField(asked, "systemInstruction");
  const content = contentOf([...kept, ...readList(instruction).flatMap(partsOf).map(readPart)]);
  return content === null ? [] : [{ role: "system", content }];
}

const ROLES: ReadonlyMap<string, string> = new Map([
  ["model", "assistant"],
  ["function", "tool"],
]);

/** Contents of the model's that follow each other are one turn: the SDK keeps one for each chunk of a stream. */
function readContents(contents: Json | undefined, calls: FunctionCalls): Message[] {
  const messages: Message[] = [];
  let turn = new GeminiTurn(calls);
  const endTurn = () => {
    const said = turn.finish();
    if (said !== null) messages.push(said);
    turn = new GeminiTurn(calls);
  };
  for (const content of readList(contents)) {
    const parts = partsOf(content);
    const role = roleOf(content, parts);
    if (role === "assistant") {
      for (const part of parts) turn.add(part);
    } else {
      endTurn();
      for (const message of readAppContent(parts, { role, calls })) messages.push(message);
    }
  }
  endTurn();
  return messages;
}

/** The API takes a content without a role for the user's; calls are the model's all the same. */
function roleOf(content: Json, parts: readonly Json[]): string {
  const role = isObject(content) ? readName(content.role) : null;
  if (role !== null) return ROLES.get(role) ?? role;
  return parts.some((part) => isObject(part) && isObject(readField(part, "functionCall"))) ? "assistant" : "user";
}

/** What answers calls comes first, since chat has it right behind them. */
function readAppContent(parts: readonly Json[], { role, calls }: { role: string; calls: FunctionCalls }): Message[] {
  const answers: Message[] = [];
  const said: Json[] = [];
  for (const part of parts) {
    const answer = isObject(part) ? readField(part, "functionResponse") : undefined;
    if (isObject(answer)) answers.push(calls.readAnswer(answer));
    else said.push(readPart(part));
  }
  const content = contentOf(said);
  return content === null ? answers : [...answers, { role: role === "tool" ? "user" : role, content }];
}

/** A content's parts. Clients also send a text, or a part, in the place of a content. */
function partsOf(content: Json): Json[] {
  if (!isObject(content)) return typeof content === "string" ? [{ text: content }] : [];
  const isContent = content.parts !== undefined || content.role !== undefined;
  return isContent
    ? readList(content.parts).map((part) => (typeof part === "string" ? { text: part } : part))
    : [content];
}

/** A part that chat has no shape for stays as it came. */
function readPart(part: Json): Json {
  if (!isObject(part)) return part;
  return typeof part.text === "string" ? { type: "text", text: part.text } : (readMedia(part) ?? part);
}

/** One text is a text, anything else a list of parts; null for nothing. */
function contentOf(parts: Json[]): Json {
  const [first, ...rest] = parts;
  if (first === undefined) return null;
  return rest.length === 0 && isObject(first) && first.type === "text" ? (first.text ?? null) : parts;
}

/** null before the first candidate, and where the prompt was blocked. */
function readAnswer(response: Json, calls: FunctionCalls): Message | null {
  const candidate = firstCandidate(response);
  if (candidate === undefined) return null;
  const turn = new GeminiTurn(calls);
  for (const part of partsOf(candidate.content ?? null)) turn.add(part);
  return turn.finish() ?? { role: "assistant", content: null };
}

export function firstCandidate(response: Json): JsonObject | undefined {
  const candidates = isObject(response) ? response.candidates : undefined;
  const first = Array.isArray(candidates) ? candidates[0] : undefined;
  return isObject(first) ? first : undefined;
}

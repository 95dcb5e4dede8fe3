/**
 * A conversation for formats that keep the instruction apart from the turns and know no names:
 * one system or developer message at most, at the head, then turns of two sides that alternate, the user's first.
 * Tool messages are on the user's side: they are what the model is given.
 */
import type { Example } from "../core/example.ts";
import type { AssistantMessage, ChatMessage, Content, Tool, ToolMessage, UserMessage } from "./chat.ts";
import { readPrompt } from "./conversation.ts";
import { type Reading, readAs, readEach, stopAt } from "./leave-out.ts";

export type Turn = UserMessage | AssistantMessage | ToolMessage;

export interface Dialogue {
  /** developer is the same instruction under a newer name, and these formats know one. */
  instruction: Content | null;
  /** Begins and ends on the user's side. */
  turns: PlacedTurn[];
  tools: Tool[];
}

/** A turn, and where it stands in the example. */
export interface PlacedTurn {
  turn: Turn;
  where: string;
}

export function readDialogue(example: Example): Reading<Dialogue> {
  const prompt = readPrompt(example);
  if (!prompt.ok) return prompt;
  const { messages, tools } = prompt.value;
  const named = messages.findIndex(holdsName);
  if (named >= 0) return stopAt(`prompt[${named}].name`, "name");
  const [head] = messages;
  const instruction = head !== undefined && isInstruction(head) ? head.content : null;
  const begin = instruction === null ? 0 : 1;
  const turns = readEach(messages.slice(begin), (message, at) => readTurn({ message, at, begin }));
  if (!turns.ok) return turns;
  if (turns.value.length === 0) return stopAt("prompt", "turns_not_alternating");
  return readAs({ instruction, turns: turns.value, tools });
}

/** The answer, for formats without names. */
export function refuseName(answer: AssistantMessage, where: string): Reading<AssistantMessage> {
  return answer.name === null ? readAs(answer) : stopAt(`${where}.name`, "name");
}

function readTurn(options: { message: ChatMessage; at: number; begin: number }): Reading<PlacedTurn> {
  const { message, at, begin } = options;
  const where = `prompt[${at + begin}]`;
  if (isInstruction(message)) return stopAt(where, "instruction_place");
  const isAnswer = message.role === "assistant";
  return isAnswer === (at % 2 === 1) ? readAs({ turn: message, where }) : stopAt(where, "turns_not_alternating");
}

function isInstruction(message: ChatMessage): message is Extract<ChatMessage, { role: "system" | "developer" }> {
  return message.role === "system" || message.role === "developer";
}

function holdsName(message: ChatMessage): boolean {
  return message.role !== "tool" && message.name !== null;
}

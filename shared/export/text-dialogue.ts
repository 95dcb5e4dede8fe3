/**
 * A dialogue of texts alone, each with something in it: what Gemini's and Bedrock's files hold.
 * The parts of a message stay apart, because both formats have a list of parts.
 */
import type { Example } from "../core/example.ts";
import type { Message } from "../core/exchange.ts";
import type { AssistantMessage } from "./chat.ts";
import { readAnswer } from "./conversation.ts";
import { type PlacedTurn, readDialogue, refuseName } from "./dialogue.ts";
import { type Reading, readAs, readEach, stopAt } from "./leave-out.ts";
import { readTexts } from "./plain-text.ts";

export interface TextDialogue {
  instruction: string[] | null;
  turns: TextTurn[];
}

export interface TextTurn {
  role: "user" | "assistant";
  texts: string[];
}

/** @param isReserved tells texts that the sink refuses */
export function readTextDialogue(example: Example, isReserved: (text: string) => boolean): Reading<TextDialogue> {
  if ((example.tools ?? []).length > 0) return stopAt("tools", "tools");
  const dialogue = readDialogue(example);
  if (!dialogue.ok) return dialogue;
  const { instruction } = dialogue.value;
  const head = instruction === null ? null : readTexts(instruction, "prompt[0].content");
  if (head !== null && !head.ok) return head;
  const allowed = head === null ? readAs(null) : allowTexts(head.value, { where: "prompt[0].content", isReserved });
  if (!allowed.ok) return allowed;
  const turns = readEach(dialogue.value.turns, (placed) => readTurn(placed, isReserved));
  return turns.ok ? readAs({ instruction: allowed.value, turns: turns.value }) : turns;
}

export function readTextAnswer(options: {
  message: Message;
  where: string;
  isReserved: (text: string) => boolean;
}): Reading<TextTurn> {
  const { message, where, isReserved } = options;
  const answer = readAnswer(message, where);
  if (!answer.ok) return answer;
  const unnamed = refuseName(answer.value, where);
  return unnamed.ok ? readAssistant(unnamed.value, { where, isReserved }) : unnamed;
}

interface Place {
  where: string;
  isReserved: (text: string) => boolean;
}

function readTurn({ turn, where }: PlacedTurn, isReserved: Place["isReserved"]): Reading<TextTurn> {
  if (turn.role === "tool") return stopAt(where, "tools");
  if (turn.role === "assistant") return readAssistant(turn, { where, isReserved });
  const texts = readTexts(turn.content, `${where}.content`);
  if (!texts.ok) return texts;
  const allowed = allowTexts(texts.value, { where: `${where}.content`, isReserved });
  return allowed.ok ? readAs({ role: "user", texts: allowed.value }) : allowed;
}

function readAssistant(message: AssistantMessage, { where, isReserved }: Place): Reading<TextTurn> {
  if (message.toolCalls.length > 0) return stopAt(`${where}.tool_calls`, "tools");
  if (message.refusal !== null) return stopAt(`${where}.refusal`, "refusal");
  if (message.content === null) return stopAt(`${where}.content`, "content_missing");
  const texts = readTexts(message.content, `${where}.content`);
  if (!texts.ok) return texts;
  const allowed = allowTexts(texts.value, { where: `${where}.content`, isReserved });
  return allowed.ok ? readAs({ role: "assistant", texts: allowed.value }) : allowed;
}

function allowTexts(texts: string[], { where, isReserved }: Place): Reading<string[]> {
  if (texts.some((text) => text.trim() === "")) return stopAt(where, "text_empty");
  return texts.some(isReserved) ? stopAt(where, "text_reserved") : readAs(texts);
}

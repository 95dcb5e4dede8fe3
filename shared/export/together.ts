/**
 * Together's files: SFT and eval `{messages}`, preference `{input: {messages}, preferred_output: [m],
 * non_preferred_output: [m]}`. OpenAI's shape, and narrower: `together files check` refuses a whole file for one row.
 *
 * - Roles are system (at the head), user and assistant, and two turns of one role never follow each other; developer is
 *   written as system.
 * - Content is text in every message. A file is of texts or of images, never of both, and images must lie in it as base64;
 *   preference pairs have no place for tools, and elsewhere each version of the check takes them otherwise. All of these
 *   leave the row out: OpenAI's file has them.
 * - The assistant messages of the history bear weight 0, as in OpenAI's file; a weight is the integer 0 or 1.
 * Spec: https://docs.together.ai/docs/fine-tuning-data-preparation
 *       https://github.com/togethercomputer/together-py/blob/main/src/together/lib/utils/files.py
 */
import type { CompletionExample, Example, PreferenceExample } from "../core/example.ts";
import type { Message } from "../core/exchange.ts";
import type { JsonObject } from "../core/json.ts";
import { type Reading, readAs } from "./leave-out.ts";
import { readPair } from "./read-pair.ts";
import { readTextAnswer, readTextDialogue, type TextTurn } from "./text-dialogue.ts";

/** Together reserves no words in text. */
const isReserved = () => false;

export function togetherCompletionRow(example: CompletionExample): Reading<JsonObject> {
  const prompt = writePrompt(example);
  if (!prompt.ok) return prompt;
  const answer = writeAnswer(example.completion, "completion");
  if (!answer.ok) return answer;
  const history = prompt.value.map((message) => (message.role === "assistant" ? { ...message, weight: 0 } : message));
  return readAs({ messages: [...history, answer.value] });
}

export function togetherPreferenceRow(example: PreferenceExample): Reading<JsonObject> {
  const prompt = writePrompt(example);
  if (!prompt.ok) return prompt;
  const pair = readPair(example, writeAnswer);
  if (!pair.ok) return pair;
  const { chosen, rejected } = pair.value;
  return readAs({ input: { messages: prompt.value }, preferred_output: [chosen], non_preferred_output: [rejected] });
}

function writePrompt(example: Example): Reading<JsonObject[]> {
  const dialogue = readTextDialogue(example, isReserved);
  if (!dialogue.ok) return dialogue;
  const { instruction, turns } = dialogue.value;
  const head = instruction === null ? [] : [{ role: "system", content: instruction.join("") }];
  return readAs([...head, ...turns.map(writeTurn)]);
}

function writeAnswer(message: Message, where: string): Reading<JsonObject> {
  const answer = readTextAnswer({ message, where, isReserved });
  return answer.ok ? readAs(writeTurn(answer.value)) : answer;
}

/** Parts are joined without a separator, as chat templates do it. */
function writeTurn({ role, texts }: TextTurn): JsonObject {
  return { role, content: texts.join("") };
}

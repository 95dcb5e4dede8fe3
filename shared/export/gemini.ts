/**
 * Gemini's tuning files on Vertex AI: SFT and eval `{systemInstruction?, contents}`, preference
 * `{systemInstruction?, contents, completions: [{score: 1, completion}, {score: 0, completion}]}`.
 *
 * - assistant is called model. contents alternate and begin with the user's; the model learns its turns.
 * - Text only. Images must lie in the app's own Cloud Storage, which an example does not know; tools take a dialect
 *   of JSON Schema of Google's. Both leave the row out.
 * - A row has 131,072 tokens at most. Only Google's tokenizer counts them; by Google's own rule of four characters
 *   a token, a row of more than four times as many bytes is left out.
 * Spec: https://cloud.google.com/vertex-ai/generative-ai/docs/models/gemini-supervised-tuning-prepare
 *       https://cloud.google.com/vertex-ai/generative-ai/docs/models/gemini-preference-tuning-prepare
 */
import type { CompletionExample, PreferenceExample } from "../core/example.ts";
import type { JsonObject } from "../core/json.ts";
import { toBytes } from "../core/text.ts";
import { type Reading, readAs, stopAt } from "./leave-out.ts";
import { readTextAnswer, readTextDialogue, type TextDialogue, type TextTurn } from "./text-dialogue.ts";

const TEXT_BYTES_MAX = 4 * 131_072;
/** Gemini reserves no words in text. */
const isReserved = () => false;

export function geminiCompletionRow(example: CompletionExample): Reading<JsonObject> {
  const dialogue = readTextDialogue(example, isReserved);
  if (!dialogue.ok) return dialogue;
  const answer = readTextAnswer({ message: example.completion, where: "completion", isReserved });
  if (!answer.ok) return answer;
  if (isTooLong(dialogue.value, [answer.value])) return stopAt("row", "too_long");
  const { instruction, turns } = dialogue.value;
  return readAs({ ...writeInstruction(instruction), contents: [...turns, answer.value].map(writeContent) });
}

export function geminiPreferenceRow(example: PreferenceExample): Reading<JsonObject> {
  const dialogue = readTextDialogue(example, isReserved);
  if (!dialogue.ok) return dialogue;
  const chosen = readTextAnswer({ message: example.chosen, where: "chosen", isReserved });
  if (!chosen.ok) return chosen;
  const rejected = readTextAnswer({ message: example.rejected, where: "rejected", isReserved });
  if (!rejected.ok) return rejected;
  if (JSON.stringify(chosen.value) === JSON.stringify(rejected.value)) return stopAt("rejected", "pair_identical");
  if (isTooLong(dialogue.value, [chosen.value, rejected.value])) return stopAt("row", "too_long");
  const { instruction, turns } = dialogue.value;
  return readAs({
    ...writeInstruction(instruction),
    contents: turns.map(writeContent),
    completions: [
      { score: 1, completion: writeContent(chosen.value) },
      { score: 0, completion: writeContent(rejected.value) },
    ],
  });
}

function writeInstruction(instruction: string[] | null): JsonObject {
  return instruction === null ? {} : { systemInstruction: { role: "system", parts: instruction.map(writePart) } };
}

function writeContent({ role, texts }: TextTurn): JsonObject {
  return { role: role === "assistant" ? "model" : "user", parts: texts.map(writePart) };
}

function writePart(text: string): JsonObject {
  return { text };
}

function isTooLong({ instruction, turns }: TextDialogue, answers: readonly TextTurn[]): boolean {
  const texts = [...(instruction ?? []), ...[...turns, ...answers].flatMap((turn) => turn.texts)];
  return texts.reduce((bytes, text) => bytes + toBytes(text).byteLength, 0) > TEXT_BYTES_MAX;
}

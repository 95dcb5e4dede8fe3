/**
 * Bedrock's conversation files for Nova: `{schemaVersion, system?: [{text}], messages: [{role, content: [{text}]}]}`.
 *
 * - Two messages at least, the user's first, the assistant's last, sides that alternate.
 * - Text only: Nova 1 learns no tool use, and images must lie in a bucket of the app's own.
 * - Amazon refuses a file that holds one of the words below in any text, since its own templates use them: its validator
 *   compares without regard to case, and within words ("robot:" is one).
 * - The assistant messages of the history are learned too: the format has no weight.
 * Spec: https://docs.aws.amazon.com/nova/latest/userguide/fine-tune-prepare-data-understanding.html
 *       https://github.com/aws-samples/amazon-nova-samples/tree/main/customization/bedrock-finetuning
 */
import type { CompletionExample } from "../core/example.ts";
import type { JsonObject } from "../core/json.ts";
import { type Reading, readAs } from "./leave-out.ts";
import { readTextAnswer, readTextDialogue, type TextTurn } from "./text-dialogue.ts";

const RESERVED_WORDS = ["system:", "user:", "bot:", "assistant:", "thought:", "[eos]", "<image>", "<video>", "<unk>"];

export function bedrockCompletionRow(example: CompletionExample): Reading<JsonObject> {
  const dialogue = readTextDialogue(example, isReserved);
  if (!dialogue.ok) return dialogue;
  const answer = readTextAnswer({ message: example.completion, where: "completion", isReserved });
  if (!answer.ok) return answer;
  const { instruction, turns } = dialogue.value;
  return readAs({
    schemaVersion: "bedrock-conversation-2024",
    ...(instruction !== null && { system: instruction.map(writeBlock) }),
    messages: [...turns, answer.value].map(writeMessage),
  });
}

function isReserved(text: string): boolean {
  const lower = text.toLowerCase();
  return RESERVED_WORDS.some((word) => lower.includes(word));
}

function writeMessage({ role, texts }: TextTurn): JsonObject {
  return { role, content: texts.map(writeBlock) };
}

function writeBlock(text: string): JsonObject {
  return { text };
}

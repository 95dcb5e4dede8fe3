/** The wire formats that are understood. A new one is a file and a line in here. */
import { anthropicMessages } from "./anthropic-messages.ts";
import { gemini } from "./gemini.ts";
import { geminiEmbeddings } from "./gemini-embeddings.ts";
import { openAiChat } from "./openai-chat.ts";
import { openAiEmbeddings } from "./openai-embeddings.ts";
import { openAiResponses } from "./openai-responses.ts";
import type { Call, WireFormat } from "./wire-format.ts";

const WIRE_FORMATS: readonly WireFormat[] = [
  openAiChat,
  openAiResponses,
  openAiEmbeddings,
  anthropicMessages,
  gemini,
  geminiEmbeddings,
];

/** undefined where nobody understands the call: its bodies are then kept as they are. */
export function findWireFormat(call: Call): WireFormat | undefined {
  return WIRE_FORMATS.find((format) => format.understands(call));
}

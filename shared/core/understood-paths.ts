/**
 * Which calls ingest understands, by their path: the gateway asks, too, and holds none of the parsing. Of every other call
 * of a known provider (files, audio, images, batches) nothing is kept but what it was.
 */
import type { ProviderFormat } from "./providers.ts";

/** Other providers offer OpenAI's APIs beside their own, under paths of their own. */
export const CHAT_PATH = /\/chat\/completions\/?$/;
export const RESPONSES_PATH = /\/responses\/?$/;
export const EMBEDDINGS_PATH = /\/embeddings\/?$/;
export const MESSAGES_PATH = /\/messages\/?$/;
export const GENERATE_PATH = /:(generateContent|streamGenerateContent)$/;
export const GEMINI_EMBEDDINGS_PATH = /:(embedContent|batchEmbedContents)$/;

const BY_ANY = [CHAT_PATH, RESPONSES_PATH, EMBEDDINGS_PATH];
const BY_FORMAT: Readonly<Record<ProviderFormat, readonly RegExp[]>> = {
  openai: BY_ANY,
  anthropic: [...BY_ANY, MESSAGES_PATH],
  google: [...BY_ANY, GENERATE_PATH, GEMINI_EMBEDDINGS_PATH],
  raw: [],
};

/** @param call.path after `/{provider}`, without the query */
export function isUnderstood({ format, path }: { format: ProviderFormat; path: string }): boolean {
  return BY_FORMAT[format].some((form) => form.test(path));
}

/**
 * Which calls may be understood, by their path: what the gateway keeps the content of. Ingest decides for itself, with all
 * of its parsers, and understands nothing that is not in here (a test holds that); of every other call of a known provider
 * (files, audio, images, batches) nothing is kept but that it came.
 */
import type { ProviderFormat } from "./providers.ts";

/** Providers offer each other's APIs beside their own, under paths of their own: how a path ends is what counts. */
const UNDERSTOOD = [
  /\/chat\/completions\/?$/,
  /\/responses\/?$/,
  /\/embeddings\/?$/,
  /\/messages\/?$/,
  /(?::|%3A)(?:generateContent|streamGenerateContent|embedContent|batchEmbedContents|predict|rawPredict|streamRawPredict)\/?$/i,
];

/** @param call.path after `/{provider}`, without the query */
export function isUnderstood({ format, path }: { format: ProviderFormat; path: string }): boolean {
  return format !== "raw" && UNDERSTOOD.some((form) => form.test(path));
}

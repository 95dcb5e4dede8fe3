/** What the app sends in a message, its blocks in the shape of OpenAI's chat API. One that chat has no shape for stays as it came. */
import { isObject, type Json, type JsonObject } from "../core/json.ts";

/** Text alone becomes one text. Marks for the cache are about a block, and no part of it. */
export function readParts(content: readonly Json[]): Json {
  const parts = content.map((block) => (isObject(block) ? readPart(block) : block));
  const texts = parts.map((part) => (isObject(part) && part.type === "text" ? part.text : undefined));
  const [text] = texts;
  return parts.length === 1 && typeof text === "string" ? text : parts;
}

function readPart({ cache_control: _mark, citations: _settings, ...block }: JsonObject): Json {
  const { type, text, source } = block;
  if (type === "text" && typeof text === "string") return { type, text };
  if (!isObject(source)) return block;
  if (type === "image") return readImage(block, source);
  return type === "document" ? readDocument(block, source) : block;
}

function readImage(block: JsonObject, source: JsonObject): Json {
  const url = source.type === "url" ? source.url : dataUrlOf(source);
  return typeof url === "string" ? { type: "image_url", image_url: { url } } : block;
}

/** Chat has files, by their bytes; a document that is text, and no more than that, is text. */
function readDocument(block: JsonObject, source: JsonObject): Json {
  if (block.context != null) return block;
  if (source.type === "text" && typeof source.data === "string") {
    return block.title == null ? { type: "text", text: source.data } : block;
  }
  const data = dataUrlOf(source);
  if (data === undefined) return block;
  return {
    type: "file",
    file: { file_data: data, ...(typeof block.title === "string" ? { filename: block.title } : {}) },
  };
}

function dataUrlOf({ type, media_type, data }: JsonObject): string | undefined {
  if (type !== "base64" || typeof media_type !== "string" || typeof data !== "string") return undefined;
  return `data:${media_type};base64,${data}`;
}

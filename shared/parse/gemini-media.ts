/**
 * Media among Gemini's parts in the shape of OpenAI's chat API: bytes within the part, or a file by its address.
 * https://ai.google.dev/api/caching#Part, https://platform.openai.com/docs/api-reference/chat/create
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { readField } from "./gemini-fields.ts";

/** What OpenAI calls an audio format; it has no other. */
const AUDIO_FORMATS: ReadonlyMap<string, string> = new Map([
  ["audio/wav", "wav"],
  ["audio/x-wav", "wav"],
  ["audio/mp3", "mp3"],
  ["audio/mpeg", "mp3"],
]);

/** null where the part is no media. */
export function readMedia(part: JsonObject): JsonObject | null {
  const bytes = readField(part, "inlineData");
  if (isObject(bytes) && typeof bytes.data === "string") return readBytes(bytes, bytes.data);
  const file = readField(part, "fileData");
  return isObject(file) ? readFile(file) : null;
}

function readBytes(blob: JsonObject, data: string): JsonObject {
  const type = mediaTypeOf(blob);
  const base64 = toStandardBase64(data);
  const format = AUDIO_FORMATS.get(type);
  if (format !== undefined) return { type: "input_audio", input_audio: { data: base64, format } };
  const url = `data:${type};base64,${base64}`;
  if (type.startsWith("image/")) return { type: "image_url", image_url: { url } };
  return { type: "file", file: { ...nameOf(blob), file_data: url } };
}

function readFile(file: JsonObject): JsonObject | null {
  const uri = readField(file, "fileUri");
  if (typeof uri !== "string") return null;
  if (mediaTypeOf(file).startsWith("image/")) return { type: "image_url", image_url: { url: uri } };
  return { type: "file", file: { ...nameOf(file), file_url: uri } };
}

function mediaTypeOf(media: JsonObject): string {
  const type = readField(media, "mimeType");
  return typeof type === "string" ? type : "application/octet-stream";
}

function nameOf(media: JsonObject): { filename?: Json } {
  const name = readField(media, "displayName");
  return typeof name === "string" ? { filename: name } : {};
}

/** The Python SDK sends the URL-safe alphabet, which data URLs do not know. */
function toStandardBase64(data: string): string {
  return data.replaceAll("-", "+").replaceAll("_", "/");
}

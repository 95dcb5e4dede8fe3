/** The parts of a message's content in the Responses API, in the shape of OpenAI's chat API. */
import { isObject, type Json, type JsonObject } from "../core/json.ts";

/** A part that chat has no shape for stays as it came. */
export function readParts(content: readonly Json[]): Json[] {
  return content.map((part) => (isObject(part) ? readPart(part) : part));
}

function readPart(part: JsonObject): Json {
  switch (part.type) {
    case "input_text":
    case "output_text":
      // Cache marks, annotations and log-probabilities are about the text and not part of it.
      return typeof part.text === "string" ? { type: "text", text: part.text } : part;
    case "input_image":
    case "computer_screenshot":
      return readImage(part);
    case "input_file": {
      const { type: _type, prompt_cache_breakpoint: _mark, ...file } = part;
      return { type: "file", file };
    }
    default:
      return part;
  }
}

/** Chat has no images by file id. */
function readImage(part: JsonObject): Json {
  const { image_url, detail } = part;
  if (typeof image_url !== "string") return part;
  return { type: "image_url", image_url: { url: image_url, ...(typeof detail === "string" ? { detail } : {}) } };
}

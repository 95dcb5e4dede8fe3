/**
 * Reads the content of a message: text, or a list of text, image and refusal parts.
 * Images: https://platform.openai.com/docs/guides/vision-fine-tuning (user messages only).
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import type { Content, Part, Role } from "./chat.ts";
import { foreignField, isReasoningPart } from "./extra-fields.ts";
import { type Reading, readAs, readEach, stopAt } from "./leave-out.ts";

const IMAGE_URL = /^(https?:\/\/\S|data:image\/(jpeg|jpg|png|webp);base64,\S)/;
const IMAGE_DETAILS: readonly (Json | undefined)[] = ["auto", "low", "high"];

interface Place {
  where: string;
  role: Role;
}

/** null where nothing was said. A single text part is the same as its text, and is written as such. */
export function readContent(content: Json | undefined, { where, role }: Place): Reading<Content | null> {
  if (content === undefined || content === null) return readAs(null);
  if (typeof content === "string") return readAs(content);
  if (!Array.isArray(content)) return stopAt(where, "content_malformed");
  const said = role === "assistant" ? content.filter((part) => !isReasoningPart(part)) : content;
  const parts = readEach(said, (part, at) => readPart(part, { where: `${where}[${at}]`, role }));
  if (!parts.ok) return parts;
  const [first, ...rest] = parts.value;
  if (first === undefined) return readAs(null);
  return readAs(first.type === "text" && rest.length === 0 ? first.text : parts.value);
}

function readPart(part: Json, place: Place): Reading<Part> {
  if (!isObject(part)) return stopAt(place.where, "content_malformed");
  switch (part.type) {
    case "text":
      return readText(part, place);
    case "image_url":
      return readImage(part, place);
    case "refusal":
      return readRefusal(part, place);
    case "input_audio":
    case "audio":
      return stopAt(place.where, "audio");
    default:
      return stopAt(place.where, "content_part_unknown");
  }
}

function readText(part: JsonObject, { where }: Place): Reading<Part> {
  const foreign = foreignField(part, ["type", "text"]);
  if (foreign !== undefined) return stopAt(`${where}.${foreign}`, "field_unknown");
  return typeof part.text === "string"
    ? readAs({ type: "text", text: part.text })
    : stopAt(`${where}.text`, "content_malformed");
}

function readRefusal(part: JsonObject, { where, role }: Place): Reading<Part> {
  if (role !== "assistant") return stopAt(where, "content_part_unknown");
  const foreign = foreignField(part, ["type", "refusal"]);
  if (foreign !== undefined) return stopAt(`${where}.${foreign}`, "field_unknown");
  return typeof part.refusal === "string"
    ? readAs({ type: "refusal", refusal: part.refusal })
    : stopAt(`${where}.refusal`, "content_malformed");
}

function readImage(part: JsonObject, { where, role }: Place): Reading<Part> {
  if (role !== "user") return stopAt(where, "image");
  const image = part.image_url;
  if (!isObject(image)) return stopAt(where, "image_invalid");
  const foreign = foreignField(part, ["type", "image_url"]) ?? foreignField(image, ["url", "detail"]);
  if (foreign !== undefined) return stopAt(`${where}.${foreign}`, "field_unknown");
  const { url, detail } = image;
  if (typeof url !== "string" || !IMAGE_URL.test(url)) return stopAt(`${where}.image_url.url`, "image_invalid");
  if (detail === undefined || detail === null) return readAs({ type: "image_url", image_url: { url } });
  if (typeof detail !== "string" || !IMAGE_DETAILS.includes(detail)) {
    return stopAt(`${where}.image_url.detail`, "image_invalid");
  }
  return readAs({ type: "image_url", image_url: { url, detail } });
}

/** The content of a message for formats that hold text and nothing else. */
import type { Content } from "./chat.ts";
import { type Reading, readAs, readEach, stopAt } from "./leave-out.ts";

/** Parts are joined without a separator, which is what the chat templates that take lists do. */
export function readText(content: Content, where: string): Reading<string> {
  const texts = readTexts(content, where);
  return texts.ok ? readAs(texts.value.join("")) : texts;
}

/** One text a part. An image or a refusal is an obstacle. */
export function readTexts(content: Content, where: string): Reading<string[]> {
  if (typeof content === "string") return readAs([content]);
  return readEach(content, (part, at): Reading<string> => {
    if (part.type === "text") return readAs(part.text);
    return stopAt(`${where}[${at}]`, part.type === "refusal" ? "refusal" : "image");
  });
}

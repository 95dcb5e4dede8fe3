/** JSON lines: a row a line, each line ended by a line feed, UTF-8 without a byte order mark. https://jsonlines.org */
import { isUtf8, toBytes, toText } from "../core/text.ts";
import type { Container } from "./container.ts";

export const JSON_LINES: Container = {
  extension: "jsonl",
  contentType: "application/jsonl",
  encode: ({ lines }) => toBytes(lines.map((line) => `${line}\n`).join("")),
  decode: async ({ bytes }) => {
    if (!isUtf8(bytes)) return { ok: false, message: "the file is not UTF-8" };
    if (bytes[0] === 0xef) return { ok: false, message: "the file begins with a byte order mark" };
    const lines = toText(bytes).split("\n");
    if (lines.pop() !== "") return { ok: false, message: "the last line has no end" };
    return { ok: true, lines };
  },
};

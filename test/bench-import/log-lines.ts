/** A log of any length, made as it is read: some 2 KB a line, which no compressor makes small. */

import { lineOf } from "../import/lines.ts";
import { seeded } from "../unit/seeded.ts";

const WORDS = 220;
const LINES = 500;

export function* logChunks(lines: number): Generator<Buffer> {
  const next = seeded(lines);
  for (let from = 0; from < lines; from += LINES) {
    const chunk = Array.from({ length: Math.min(LINES, lines - from) }, (_, at) => {
      const text = Array.from({ length: WORDS }, () => Math.floor(next() * 1e9).toString(36)).join(" ");
      const request = { model: "gpt-4o-mini", messages: [{ role: "user", content: `${from + at}: ${text}` }] };
      return `${JSON.stringify(lineOf(from + at, { task: "bench", request }))}\n`;
    });
    yield Buffer.from(chunk.join(""));
  }
}

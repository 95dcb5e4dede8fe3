/** One POST /v1/exchanges of so many lines, sent as they are made, to the console behind the real gateway. */
import { join } from "node:path";
import { launch } from "../../workers/local/launch.ts";
import { KEY, SECRET } from "../whole-way/captures.ts";
import { logChunks } from "./log-lines.ts";
import { childrenNamed, type Measured, watchMemory } from "./watch-memory.ts";

export async function measureRoute(lines: number): Promise<Measured> {
  const entries = { console: join(import.meta.dirname, "queueless-console.ts") };
  const winnow = await launch({ secrets: { WINNOW_SECRET: SECRET }, entries });
  try {
    await send(winnow.url, 100);
    return await watchMemory(childrenNamed("workerd"), () => send(winnow.url, lines));
  } finally {
    await winnow.stop();
  }
}

/** @returns bytes sent */
async function send(url: string, lines: number): Promise<number> {
  let bytes = 0;
  const chunks = logChunks(lines);
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { value, done } = chunks.next();
      if (done === true) return controller.close();
      bytes += value.length;
      controller.enqueue(value);
    },
  });
  const response = await fetch(`${url}/v1/exchanges`, {
    method: "POST",
    headers: { "x-winnow-key": KEY },
    body,
    duplex: "half",
  } as RequestInit);
  const text = await response.text();
  if (!response.ok || (JSON.parse(text) as { accepted: number }).accepted !== lines) {
    throw new Error(`${response.status} ${text.slice(0, 500)}`);
  }
  return bytes;
}

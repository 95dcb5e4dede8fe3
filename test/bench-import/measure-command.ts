/** `winnow import -` with so many lines on its stdin, and a server that says it has taken all of them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ROOT } from "../house/source-files.ts";
import { logChunks } from "./log-lines.ts";
import { type Measured, watchMemory } from "./watch-memory.ts";

export async function measureCommand(lines: number): Promise<Measured> {
  const server = createServer(async (request, response) => {
    let accepted = 0;
    for await (const chunk of request) accepted += (chunk as Buffer).filter((byte) => byte === 0x0a).length;
    response.end(JSON.stringify({ accepted, rejected: [], rejectedTotal: 0 }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const env = {
    ...process.env,
    WINNOW_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    WINNOW_KEY: "wk_bench",
  };
  const command = spawn(process.execPath, [join(ROOT, "workers", "cli", "winnow.mjs"), "import", "-", "--json"], {
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  let said = "";
  command.stdout.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const ended = once(command, "close");
  const measured = await watchMemory([command.pid ?? 0], async () => {
    let bytes = 0;
    const log = Readable.from(logChunks(lines)).on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await pipeline(log, command.stdin);
    await ended;
    return bytes;
  });
  server.close();
  if ((JSON.parse(said) as { accepted: number }).accepted !== lines) throw new Error(said);
  return measured;
}

/**
 * What breaks around the gateway never reaches the user's call; what is captured arrives by another way, and what no way
 * takes is counted by its reason.
 */
import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LOCAL_CLAIMS, makeKey } from "../../shared/core/keys.ts";
import { ANSWER_COPY_BYTES_MAX, REQUEST_BODY_BYTES_MAX } from "../../shared/core/limits.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { eventually } from "../local/launch-stubs.ts";

const SECRET = "a secret for tests, of 32 characters or more";
const KEY = await makeKey(LOCAL_CLAIMS, new MacSigner(SECRET));
const WAYS = ["", "queue-once", "queue", "store", "database", "queue,store", "store,database", "queue,store,database"];

let winnow: Winnow;
let server: Server;
let received = 0;

/** Answers what the query asks for: `?bytes=` that do not compress, as a stream or, with `?json`, as a JSON text. */
beforeAll(async () => {
  server = createServer((request, response) => {
    const query = new URL(request.url ?? "/", "http://provider").searchParams;
    received = 0;
    request.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    request.on("end", () => {
      const text = textOf(Number(query.get("bytes") ?? 100));
      const type = query.has("json") ? "application/json" : "text/event-stream";
      response.writeHead(200, { "content-type": type, ...(query.has("json") && { "content-length": text.length }) });
      response.end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  winnow = await launch({
    secrets: { WINNOW_SECRET: SECRET },
    providers: { big: { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, format: "openai" } },
    entries: { gateway: join(import.meta.dirname, "faulty-gateway.ts") },
  });
});
afterAll(async () => {
  await winnow?.stop();
  server?.close();
});

const texts = new Map<number, string>();
/** The same text for the same length: a comment of a stream, or nearly JSON. */
function textOf(bytes: number): string {
  const known = texts.get(bytes);
  if (known !== undefined) return known;
  const text = `: ${randomBytes(bytes)
    .toString("base64")
    .slice(0, bytes - 4)}\n\n`;
  texts.set(bytes, text);
  return text;
}

interface Called {
  id: string;
  text: string;
  status: number;
}

async function call(options: {
  fault?: string;
  query?: string;
  body?: string | Uint8Array<ArrayBuffer>;
}): Promise<Called> {
  const { fault = "", query = "", body = "{}" } = options;
  const response = await fetch(`${winnow.url}/big/v1/chat/completions${query}`, {
    method: "POST",
    headers: { "x-winnow-key": KEY, "x-fault": fault, "content-type": "application/json" },
    body,
  });
  const id = response.headers.get("x-winnow-id")?.split(".")[0] ?? "";
  return { id, text: await response.text(), status: response.status };
}

async function rowOf(id: string): Promise<Record<string, unknown> | undefined> {
  const row = await (await winnow.db()).prepare("select * from exchanges where id = ?").bind(id).first();
  return row ?? undefined;
}

async function lossesOf(reason: string): Promise<number> {
  const sql = "select coalesce(sum(count), 0) as total from losses where reason = ?";
  const row = await (await winnow.db()).prepare(sql).bind(reason).first<{ total: number }>();
  return row?.total ?? 0;
}

async function spilled(): Promise<string[]> {
  const { objects } = await (await winnow.bucket()).list({ prefix: "spill/" });
  return objects.map(({ key }) => key);
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  await eventually(what, async () => ((await holds()) ? true : undefined));
}

/** As the cron does it some minutes later. */
async function sweep(): Promise<void> {
  await winnow.scheduled("ingest", undefined, new Date(Date.now() + 600_000));
}

describe("the user's call", () => {
  test.each(WAYS)("is the same in JSON and as a stream, whatever fails around it: %j", async (fault) => {
    for (const query of ["?bytes=2000", "?bytes=2000&json", "?bytes=200000"]) {
      const { text, status, id } = await call({ fault, query });
      expect(status).toBe(200);
      expect(text).toBe(textOf(query.includes("200000") ? 200_000 : 2_000));
      expect(id).not.toBe("");
    }
  });
});

describe("a capture", () => {
  test("that the queue refuses once comes by the queue all the same", async () => {
    const { id } = await call({ fault: "queue-once" });
    await eventually("the row", () => rowOf(id));
    expect((await spilled()).join()).not.toContain(id);
  });

  test("that the queue refuses twice waits under spill/, and the sweep takes it in", async () => {
    const { id } = await call({ fault: "queue" });
    await until("the spilled capture", async () => (await spilled()).join().includes(id));
    expect(await rowOf(id)).toBeUndefined();
    await sweep();
    expect(await rowOf(id)).toMatchObject({ id, outcome: "complete" });
    expect(await spilled()).toEqual([]);
  });

  test("too large for a message comes by way of spill/ and a pointer, which nobody need sweep", async () => {
    const { id, text } = await call({ query: "?bytes=400000" });
    await eventually("the row", () => rowOf(id));
    expect(text).toHaveLength(400_000);
    await until("the spilled capture to go", async () => !(await spilled()).join().includes(id));
  });

  test("that compresses well is one message, and never spilled", async () => {
    const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "again and ".repeat(60_000) }] });
    const { id } = await call({ body });
    await eventually("the row", () => rowOf(id));
    expect((await spilled()).join()).not.toContain(id);
  });
});

describe("a loss", () => {
  test("is counted where neither queue nor store take the capture", async () => {
    const before = await lossesOf("capture_refused");
    const { id } = await call({ fault: "queue,store" });
    await until("the count", async () => (await lossesOf("capture_refused")) === before + 1);
    expect(await rowOf(id)).toBeUndefined();
  });

  test("that D1 would not take either is counted as soon as D1 is back", async () => {
    const before = await lossesOf("capture_refused");
    await call({ fault: "queue,store,database" });
    await call({ fault: "queue,store,database" });
    expect(await lossesOf("capture_refused")).toBe(before);
    await call({});
    await until("both counts", async () => (await lossesOf("capture_refused")) === before + 2);
  });

  test("of the end of an answer is counted past the bound, and not at it", async () => {
    const before = await lossesOf("answer_truncated");
    const whole = await call({ query: `?bytes=${ANSWER_COPY_BYTES_MAX}` });
    const cut = await call({ query: `?bytes=${ANSWER_COPY_BYTES_MAX + 1}` });
    expect([whole.text.length, cut.text.length]).toEqual([ANSWER_COPY_BYTES_MAX, ANSWER_COPY_BYTES_MAX + 1]);
    await eventually("both rows", async () => (await rowOf(whole.id)) && (await rowOf(cut.id)));
    expect(await rowOf(whole.id)).toMatchObject({ outcome: "complete" });
    expect(await rowOf(cut.id)).toMatchObject({ outcome: "truncated" });
    await until("the count", async () => (await lossesOf("answer_truncated")) > before);
    expect(await lossesOf("answer_truncated")).toBe(before + 1);
  });

  test("of a request's body is counted past the bound; the provider gets all of it", async () => {
    const before = await lossesOf("request_too_large");
    const atBound = await call({ body: new Uint8Array(REQUEST_BODY_BYTES_MAX).fill(0x20) });
    expect(received).toBe(REQUEST_BODY_BYTES_MAX);
    const past = await call({ body: new Uint8Array(REQUEST_BODY_BYTES_MAX + 1).fill(0x20) });
    expect(received).toBe(REQUEST_BODY_BYTES_MAX + 1);
    await eventually("both rows", async () => (await rowOf(atBound.id)) && (await rowOf(past.id)));
    expect(String((await rowOf(past.id))?.flags)).toContain("request_too_large");
    expect(String((await rowOf(atBound.id))?.flags)).not.toContain("request_too_large");
    await until("the count", async () => (await lossesOf("request_too_large")) > before);
    expect(await lossesOf("request_too_large")).toBe(before + 1);
  });
});

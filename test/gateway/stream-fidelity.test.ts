/**
 * A stream through the gateway is the stream that a bare pass-through Worker gives: the same chunks, as many, in the same
 * order, none of them waiting for a later one. Held by lock-step (lock-step.ts), which the trap of DESIGN.md,
 * "Capture", fails for sure, as the last tests show.
 */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noise, seeded } from "../unit/seeded.ts";
import { HeldBack, streamInLockStep } from "./lock-step.ts";
import { callOnce, openCall, readRest } from "./open-call.ts";
import { type SmallWorkers, startSmallWorkers } from "./small-workers.ts";
import { exchangeOf, startUnderTest, type UnderTest } from "./winnow-under-test.ts";

const TRAPS = ["whole-read-of-tee", "large-read-of-tee"] as const;
const EVENTS = { "content-type": "text/event-stream; charset=utf-8" };
/** Of two, three and four bytes in UTF-8. */
const TEXT = "Größe: 3 € für 🦊🦊, 東京行き";

let tested: UnderTest;
let small: SmallWorkers;

beforeAll(async () => {
  tested = await startUnderTest();
  small = await startSmallWorkers(["pass-through", ...TRAPS], tested.provider.url);
});
afterAll(async () => {
  await tested?.stop();
  await small?.stop();
});

describe("a paced event stream", () => {
  const chunks = cutEverywhere(Buffer.from(chatEvents(TEXT)));

  test("is cut in the middle of characters and of events, or the tests below hold nothing", () => {
    const decoded = chunks.map((chunk) => chunk.toString("utf8"));
    expect(decoded.filter((text) => text.includes("\uFFFD")).length).toBeGreaterThan(10);
    expect(decoded.filter((text) => !text.endsWith("\n\n")).length).toBeGreaterThan(chunks.length / 2);
  });

  test.each(["pass-through", "gateway"])(
    "comes chunk by chunk through the %s, the head before the first",
    async (way) => {
      const { pieces, head } = await stepThrough(way, { headers: EVENTS, chunks });
      expect(pieces).toEqual(chunks);
      expect(head.statusCode).toBe(200);
      expect(head.headers["content-type"]).toBe(EVENTS["content-type"]);
      expect(head.headers["content-length"]).toBeUndefined();
    },
  );

  test("is captured whole, with every character that was cut", async () => {
    const { head } = await stepThrough("gateway", { headers: EVENTS, chunks });
    const { record } = await exchangeOf(tested.winnow, String(head.headers["x-winnow-id"]));
    expect(record).toMatchObject({ outcome: "complete", streamed: true, status: 200, flags: [] });
    expect(record.response).toMatchObject({ choices: [{ message: { content: TEXT } }] });
  });
});

describe("a stream is let through chunk by chunk whatever its type says:", () => {
  test.each([
    ["JSON of unknown length, as Gemini streams it", { "content-type": "application/json" }],
    ["lines of JSON", { "content-type": "application/x-ndjson" }],
    ["AWS's binary events", { "content-type": "application/vnd.amazon.eventstream" }],
    ["speech", { "content-type": "audio/mpeg" }],
    ["no type at all", {}],
  ])("%s", async (_what, headers) => {
    const chunks = [1, 2, 1_000, 3, 65_536 / 16].map((bytes, seed) => Buffer.from(noise(seed, bytes)));
    const { pieces } = await stepThrough("gateway", { headers: headers as Record<string, string>, chunks });
    expect(pieces).toEqual(chunks);
  });
});

describe.concurrent("a stream as fast as it goes", () => {
  test.each([11, 12, 13])("arrives byte for byte, and is captured so (seed %i)", async (seed) => {
    const next = seeded(seed);
    const lengths = Array.from({ length: 60 }, () => 1 + Math.floor(next() ** 4 * 60_000));
    const chunks = lengths.map((bytes, index) => noise(seed * 100 + index, bytes));
    const path = `/burst-${seed}`;
    tested.provider.on(path, ({ response }) => {
      response.writeHead(200, { "content-type": "application/octet-stream" });
      for (const chunk of chunks) response.write(chunk);
      response.end();
      return undefined;
    });
    const headers = { "x-winnow-key": tested.key };
    const answer = await callOnce({ url: tested.url, path: `/raw${path}`, headers, body: "?" });
    expect(hash(answer.body)).toBe(hash(Buffer.concat(chunks)));
    const { record } = await exchangeOf(tested.winnow, String(answer.headers["x-winnow-id"]));
    expect(record.outcome).toBe("complete");
    expect(hash(Buffer.from(record.rawResponse ?? "", "base64"))).toBe(hash(Buffer.concat(chunks)));
  });

  test("loses nothing on a client that pauses", async () => {
    const sent = Buffer.from(Buffer.from(noise(5, 1_000_000)).toString("base64").repeat(12));
    tested.provider.on("/late", () => ({ headers: { "content-type": "text/plain" }, body: sent }));
    const headers = { "x-winnow-key": tested.key };
    const call = openCall({ url: tested.url, path: "/raw/late", headers, body: "?" });
    const head = await call.head;
    head.pause();
    const { response } = await tested.provider.callTo("/late");
    expect(response.writableFinished).toBe(false); // too much for the buffers on its way
    head.resume();
    expect(hash(await readRest(call))).toBe(hash(sent));
  });
});

describe("the check fails for the trap, as it must:", () => {
  test.each(TRAPS)("%s", async (trap) => {
    const chunks = cutEverywhere(Buffer.from(chatEvents(TEXT)));
    const failure = await stepThrough(trap, { headers: EVENTS, chunks, patienceMs: 1_500 }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(HeldBack);
    const { waitedFor, afterEnd } = failure as HeldBack;
    expect(waitedFor).toBe("chunk 0");
    expect(afterEnd).toEqual(chunks[0]); // it was there all the time
  });
});

let steps = 0;

function stepThrough(
  way: string,
  stream: { headers: Record<string, string>; chunks: readonly Buffer[]; patienceMs?: number },
) {
  const providerPath = `/${steps++}/v1/chat/completions`;
  const isGateway = way === "gateway";
  const call = {
    url: isGateway ? tested.url : (small.urls[way] ?? ""),
    path: isGateway ? `/openai${providerPath}` : providerPath,
    headers: { "content-type": "application/json", ...(isGateway && { "x-winnow-key": tested.key }) },
    body: JSON.stringify({ model: "gpt-4o-mini", stream: true, messages: [{ role: "user", content: "Wie groß?" }] }),
  };
  return streamInLockStep({ provider: tested.provider, call, providerPath, ...stream });
}

/** The stream of one chat completion, an event a character. */
function chatEvents(text: string): string {
  const chunk = (choice: object) =>
    `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "gpt-4o-mini", choices: [{ index: 0, ...choice }] })}\n\n`;
  const deltas = [...text].map((content) => chunk({ delta: { content }, finish_reason: null }));
  return [...deltas, chunk({ delta: {}, finish_reason: "stop" }), "data: [DONE]\n\n"].join("");
}

/** Some 80 pieces: every multibyte character is cut in two, and events wherever that happens to be. */
function cutEverywhere(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let from = 0;
  for (let at = 1; at <= bytes.length; at++) {
    const isInCharacter = ((bytes[at] ?? 0) & 0xc0) === 0x80;
    if (at < bytes.length && !isInCharacter && at - from < 97) continue;
    pieces.push(bytes.subarray(from, at));
    from = at;
  }
  return pieces;
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

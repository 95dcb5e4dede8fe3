import { describe, expect, test } from "vitest";
import { packCapture, packPointer, unpackedBytes, unpackMessage } from "../../shared/capture/envelope.ts";
import type { Capture, CaptureHeader } from "../../shared/core/exchange.ts";
import { OUTCOMES } from "../../shared/core/exchange.ts";
import { concatBytes, gzip } from "../../shared/core/gzip.ts";
import type { ExchangeId } from "../../shared/core/ids.ts";
import type { JsonObject } from "../../shared/core/json.ts";
import {
  ANSWER_COPY_BYTES_MAX,
  CAPTURE_UNPACKED_BYTES_MAX,
  META_BYTES_MAX,
  REQUEST_BODY_BYTES_MAX,
} from "../../shared/core/limits.ts";
import { FORMATS } from "../../shared/core/providers.ts";
import { toBytes } from "../../shared/core/text.ts";
import fc from "./property.ts";
import { noise } from "./seeded.ts";

const HEADER: CaptureHeader = {
  version: 1,
  id: "019a0000-0000-7000-8000-000000000001" as ExchangeId,
  app: "demo",
  provider: "openai",
  format: "openai",
  method: "POST",
  path: "/v1/chat/completions",
  capture: "full",
  atMs: 1_795_392_000_123,
  status: 200,
  requestType: "application/json",
  responseType: "text/event-stream",
  outcome: "complete",
  firstByteMs: 12,
  durationMs: 345,
};

const text = fc.string({ unit: "grapheme", maxLength: 20 });
const body = fc.uint8Array({ maxLength: 300 });
const header: fc.Arbitrary<CaptureHeader> = fc.record(
  {
    version: fc.constant(1 as const),
    id: fc.constant(HEADER.id),
    app: text,
    provider: text,
    format: fc.constantFrom(...FORMATS),
    method: fc.constantFrom("GET", "POST"),
    path: text,
    capture: fc.constantFrom("full", "metadata"),
    atMs: fc.nat(),
    requestId: text,
    task: text,
    user: text,
    session: text,
    parent: text,
    traceparent: text,
    meta: fc
      .dictionary(text, fc.jsonValue({ maxDepth: 2 }))
      .map((meta) => JSON.parse(JSON.stringify(meta)) as JsonObject),
    status: fc.nat(599),
    requestType: text,
    responseType: text,
    outcome: fc.constantFrom(...OUTCOMES),
    firstByteMs: fc.nat(),
    durationMs: fc.nat(),
    requestOmitted: fc.constant("too_large" as const),
  },
  { requiredKeys: Object.keys(HEADER) as (keyof CaptureHeader)[] },
);
const capture: fc.Arbitrary<Capture> = fc.record({ header, request: body, response: body });

describe("a capture", () => {
  test("comes out of its message as it went in", async () => {
    await fc.assert(
      fc.asyncProperty(capture, async (sent) => {
        expect(await unpackMessage(packCapture(sent))).toEqual({ kind: "capture", capture: sent });
      }),
    );
  });

  test("comes out of its gzipped message as it went in", async () => {
    await fc.assert(
      fc.asyncProperty(capture, async (sent) => {
        expect(await unpackMessage(await gzip(packCapture(sent)))).toEqual({ kind: "capture", capture: sent });
      }),
      { numRuns: 30 },
    );
  });

  test("comes out as it went in where its answer was gzip on the way", async () => {
    const response = toBytes("the parcel is late ".repeat(5_000));
    const packed = packCapture({
      header: HEADER,
      request: noise(1, 40),
      response: await gzip(response),
      responseGzipped: true,
    });
    expect(packed.byteLength).toBeLessThan(5_000);
    expect(unpackedBytes(packed)).toBe(packed.byteLength + response.byteLength);
    const capture = { header: HEADER, request: noise(1, 40), response };
    expect(await unpackMessage(packed)).toEqual({ kind: "capture", capture });
    expect(await unpackMessage(await gzip(packed))).toEqual({ kind: "capture", capture });
  });

  test("is unreadable where its answer says that it is gzip, and is not", async () => {
    const packed = packCapture({ header: HEADER, request: noise(1, 4), response: noise(2, 50), responseGzipped: true });
    expect(await unpackMessage(packed)).toMatchObject({ kind: "unreadable", reason: expect.stringContaining("gzip") });
  });

  test("comes out of a message that lies in the middle of a larger buffer", async () => {
    const sent = { header: HEADER, request: noise(1, 40), response: noise(2, 50) };
    const packed = packCapture(sent);
    const around = concatBytes([noise(3, 7), packed, noise(4, 9)], packed.length + 16);
    expect(await unpackMessage(around.subarray(7, 7 + packed.length))).toEqual({ kind: "capture", capture: sent });
  });

  test("may have empty bodies", async () => {
    const sent = { header: HEADER, request: new Uint8Array(0), response: new Uint8Array(0) };
    expect(await unpackMessage(packCapture(sent))).toEqual({ kind: "capture", capture: sent });
  });

  test("keeps bodies that look like its own magic numbers", async () => {
    for (const magic of ["wn1\n", "wnp\nspill/x", "\x1f\x8b"]) {
      const sent = { header: HEADER, request: toBytes(magic), response: toBytes(magic) };
      expect(await unpackMessage(packCapture(sent))).toEqual({ kind: "capture", capture: sent });
    }
  });

  test("unpacks when both bodies and the texts are at their bounds, gzipped too", async () => {
    const long = "x".repeat(128);
    const header = { ...HEADER, task: long, user: long, meta: { x: '"'.repeat((META_BYTES_MAX - 8) / 2) } };
    const sent = {
      header,
      request: new Uint8Array(REQUEST_BODY_BYTES_MAX),
      response: new Uint8Array(ANSWER_COPY_BYTES_MAX),
    };
    const packed = packCapture(sent);
    expect(packed.length).toBeLessThanOrEqual(CAPTURE_UNPACKED_BYTES_MAX);
    const unpacked = await unpackMessage(await gzip(packed));
    expect(unpacked.kind === "capture" && unpacked.capture.header).toEqual(header);
    expect(unpacked.kind === "capture" && unpacked.capture.request.length).toBe(REQUEST_BODY_BYTES_MAX);
    expect(unpacked.kind === "capture" && unpacked.capture.response.length).toBe(ANSWER_COPY_BYTES_MAX);
  });

  test("is unreadable one byte past what a capture may unpack to", async () => {
    const overhead = packCapture({ header: HEADER, request: new Uint8Array(0), response: new Uint8Array(0) }).length;
    const lengths = (bytes: number) => ({
      header: HEADER,
      request: new Uint8Array(0),
      response: new Uint8Array(bytes),
    });
    const digits = String(CAPTURE_UNPACKED_BYTES_MAX).length - 1; // the header spells the length out
    const most = CAPTURE_UNPACKED_BYTES_MAX - overhead - digits;
    expect(await unpackMessage(await gzip(packCapture(lengths(most))))).toMatchObject({ kind: "capture" });
    expect(await unpackMessage(await gzip(packCapture(lengths(most + 1))))).toEqual({
      kind: "unreadable",
      reason: `gzip: Error: gzip member unpacks to more than ${CAPTURE_UNPACKED_BYTES_MAX} bytes`,
    });
  });
});

describe("a pointer", () => {
  test("comes back as the key it was made of", async () => {
    await fc.assert(
      fc.asyncProperty(text, async (key) => {
        expect(await unpackMessage(packPointer(`spill/${key}`))).toEqual({ kind: "spilled", key: `spill/${key}` });
      }),
    );
  });
});

describe("a message that is none", () => {
  test("never makes it throw, whatever the bytes", async () => {
    const prefix = fc.constantFrom("", "wn1\n", "wnp\n", "\x1f\x8b", "wn1\n\x02\0\0\0{}", "wn1\n\xff\xff\xff\xff");
    await fc.assert(
      fc.asyncProperty(prefix, fc.uint8Array({ maxLength: 200 }), async (start, rest) => {
        const head = Uint8Array.from(start, (character) => character.charCodeAt(0));
        const message = await unpackMessage(concatBytes([head, rest], head.length + rest.length));
        expect(["capture", "spilled", "unreadable"]).toContain(message.kind);
      }),
      { numRuns: 1_000 },
    );
  });

  test("is unreadable when it was cut at any byte", async () => {
    const packed = packCapture({ header: HEADER, request: noise(1, 20), response: noise(2, 20) });
    for (const message of [packed, await gzip(packed)]) {
      for (let length = 0; length < message.length; length++) {
        expect((await unpackMessage(message.slice(0, length))).kind, `cut at ${length}`).toBe("unreadable");
      }
    }
  });

  test("is unreadable with a byte too many", async () => {
    const packed = packCapture({ header: HEADER, request: noise(1, 20), response: noise(2, 20) });
    const longer = concatBytes([packed, Uint8Array.of(0)], packed.length + 1);
    expect(await unpackMessage(longer)).toEqual({ kind: "unreadable", reason: "the bodies' lengths do not add up" });
  });

  test.each([
    ["no magic number", toBytes("hello, world")],
    ["no magic number", new Uint8Array(0)],
    ["cut in the prefix", toBytes("wn1\n\0\0")],
    ["cut in the header", toBytes("wn1\n\xff\0\0\0{}")],
    ["the header is not JSON", withHeader("{nope")],
    ["the header is not JSON", withHeader("[1]")],
    ["header version 2 is not known", withHeader('{"version":2,"requestBytes":0,"responseBytes":0}')],
    ["header version missing is not known", withHeader('{"requestBytes":0,"responseBytes":0}')],
    ["the bodies' lengths do not add up", withHeader('{"version":1}')],
    ["the bodies' lengths do not add up", withHeader('{"version":1,"requestBytes":"0","responseBytes":0}')],
    ["the bodies' lengths do not add up", withHeader('{"version":1,"requestBytes":-3,"responseBytes":3}')],
    ["the bodies' lengths do not add up", withHeader('{"version":1,"requestBytes":0.5,"responseBytes":-0.5}')],
    ["the bodies' lengths do not add up", withHeader('{"version":1,"requestBytes":1e400,"responseBytes":0}')],
  ])("says why: %s", async (reason, message) => {
    expect(await unpackMessage(message)).toEqual({ kind: "unreadable", reason });
  });

  test("says that gzip was at fault where it was", async () => {
    const message = await unpackMessage(Uint8Array.of(0x1f, 0x8b, 1, 2, 3));
    expect(message).toMatchObject({ kind: "unreadable", reason: expect.stringMatching(/^gzip: /) });
  });
});

function withHeader(json: string): Uint8Array<ArrayBuffer> {
  const bytes = toBytes(json);
  return concatBytes([toBytes("wn1\n"), Uint8Array.of(bytes.length, 0, 0, 0), bytes], 8 + bytes.length);
}

/**
 * Bodies that are too large for a queue message, or to be kept at all: which way their captures go, at the bounds and one
 * past them. The call itself is never cut.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  ANSWER_COPY_BYTES_MAX,
  CAPTURE_MESSAGE_BYTES_MAX,
  JSON_ANSWER_BYTES_MAX,
  REQUEST_BODY_BYTES_MAX,
} from "../../shared/core/limits.ts";
import { Sealer } from "../../shared/core/seal.ts";
import { toText } from "../../shared/core/text.ts";
import { eventually } from "../local/launch-stubs.ts";
import { noise } from "../unit/seeded.ts";
import type { Faults, Report } from "./broken-gateway.ts";
import { callOnce } from "./open-call.ts";
import { keysUnder, lossesOf } from "./stored.ts";
import { exchangeOf, SECRET, startUnderTest, type UnderTest } from "./winnow-under-test.ts";

/** First four bytes of a message, in hexadecimal. */
const PLAIN = "776e310a"; // wn1\n
const POINTER = "776e700a"; // wnp\n

const CHUNKED = { "transfer-encoding": "chunked" };

/** Bytes past the bound. */
const PAST_ANSWER = [1, 65_535, 65_536, 2_000_000];
const PAST_REQUEST: [string, number, Record<string, string>][] = [
  ["of known length", 1, {}],
  ["of known length", 3_000_000, {}],
  ["sent in chunks", 1, CHUNKED],
  ["sent in chunks", 3_000_000, CHUNKED],
];

let tested: UnderTest;

beforeAll(async () => {
  tested = await startUnderTest({ entries: { gateway: join(import.meta.dirname, "broken-gateway.ts") } });
});
afterAll(() => tested?.stop());

// Side by side: most of their time they wait for the queue.
describe.concurrent("however large,", () => {
  describe("a capture", () => {
    test("of a queue message's size is sent as it is", async () => {
      const answer = noise(1, CAPTURE_MESSAGE_BYTES_MAX - 1_500);
      const { id, report } = await call({ name: "small", answer });
      expect(report.put).toEqual([]);
      expect(report.sent).toEqual([{ bytes: expect.any(Number), magic: PLAIN }]);
      await expectAnswer(id, answer);
    });

    test("that would be too large is sent compressed", async () => {
      const answer = lines(400_000);
      const { id, report } = await call({ name: "compressible", answer });
      expect(report.put).toEqual([]);
      // the answer was compressed while it came; the message around it is plain
      expect(report.sent).toEqual([{ bytes: expect.any(Number), magic: PLAIN }]);
      expect(report.sent[0]?.bytes).toBeLessThan(answer.byteLength / 4);
      await expectAnswer(id, answer);
    });

    test.each([CAPTURE_MESSAGE_BYTES_MAX, 3_000_000])(
      "of %i bytes that don't compress goes by spill/, and a pointer",
      async (bytes) => {
        const answer = noise(bytes, bytes);
        const { id, report } = await call({ name: `spilled-${bytes}`, answer });
        const key = `spill/${id.split(".")[0]}`;
        expect(report.put).toEqual([{ key, bytes: expect.any(Number) }]);
        expect(report.sent).toEqual([{ bytes: 4 + key.length, magic: POINTER }]);
        await expectAnswer(id, answer);
        expect(await keysUnder(tested.winnow, key)).toEqual([]);
      },
    );

    test("whose pointer the queue refuses is found by the sweep", async () => {
      const answer = noise(3, 200_000);
      const { id, report } = await call({ name: "pointer-lost", answer, faults: { queue: "fails" } });
      expect([report.put.length, report.sent.length]).toEqual([1, 0]);
      await tested.winnow.scheduled("ingest", undefined, new Date(Date.now() + 120_000));
      await expectAnswer(id, answer);
    });

    test("of metadata alone never puts content into R2, however large it is", async () => {
      const answer = Buffer.concat([Buffer.from("a marked secret"), noise(4, 300_000)]);
      const { id, report } = await call({ name: "metadata", answer, capture: "metadata" });
      expect(report.put).toEqual([]);
      const { row } = await exchangeOf(tested.winnow, id);
      expect(row).toMatchObject({ capture: "metadata", status: 200, outcome: "complete" });
    });

    test("of metadata alone holds no content when it is spilled because the queue refuses", async () => {
      const answer = Buffer.from(`{"secret":"a marked secret"}`);
      const { id, report } = await call({
        name: "metadata-spilled",
        answer,
        capture: "metadata",
        faults: { queue: "fails" },
      });
      expect(report.put.map(({ key }) => key)).toEqual([`spill/${id.split(".")[0]}`]);
      const object = await (await tested.winnow.bucket()).get(report.put[0]?.key ?? "");
      const sealed = new Uint8Array((await object?.arrayBuffer()) ?? []);
      expect(toText(sealed)).not.toContain('"capture"'); // nothing waits in clear
      const text = toText(await new Sealer(SECRET).open(sealed));
      expect(text).toContain('"capture":"metadata"');
      expect(text).not.toMatch(/marked secret|small question/);
    });
  });

  describe("an answer", () => {
    test("of as many bytes as are kept is kept whole", async () => {
      const answer = lines(ANSWER_COPY_BYTES_MAX);
      const { id } = await call({ name: "at-bound", answer });
      const { row, record } = await exchangeOf(tested.winnow, id);
      expect(row.outcome).toBe("complete");
      expect(hash(Buffer.from(record.rawResponse ?? "", "base64"))).toBe(hash(answer));
    });

    test.each(PAST_ANSWER)("of %i bytes more is kept up to there, and the client gets it all", async (more) => {
      const answer = lines(ANSWER_COPY_BYTES_MAX + more);
      const { id } = await call({ name: `past-bound-${more}`, answer });
      const { row, record } = await exchangeOf(tested.winnow, id);
      expect(row.outcome).toBe("truncated");
      const kept = Buffer.from(record.rawResponse ?? "", "base64");
      expect(kept.byteLength).toBe(ANSWER_COPY_BYTES_MAX);
      expect(hash(kept)).toBe(hash(answer.subarray(0, ANSWER_COPY_BYTES_MAX)));
    });

    test.each([JSON_ANSWER_BYTES_MAX, JSON_ANSWER_BYTES_MAX + 1])(
      "of %i bytes of JSON is kept whole, read whole or streamed",
      async (bytes) => {
        const text = "x".repeat(bytes - '{"text":""}'.length);
        const { id } = await call({
          name: `json-${bytes}`,
          answer: Buffer.from(JSON.stringify({ text })),
          type: "application/json",
        });
        const { row, record } = await exchangeOf(tested.winnow, id);
        expect(row.outcome).toBe("complete");
        expect(record.response).toEqual({ text });
      },
    );
  });

  describe("a request", () => {
    test.each([
      ["of known length", {}],
      ["sent in chunks", CHUNKED],
    ])("of as many bytes as are kept, %s, is kept whole", async (how, headers) => {
      const request = lines(REQUEST_BODY_BYTES_MAX);
      const { id, served } = await call({ name: `request ${how}`, request, headers, answer: Buffer.from("{}") });
      expect(hash(served.body)).toBe(hash(request));
      const { record } = await exchangeOf(tested.winnow, id);
      expect(hash(Buffer.from(record.rawRequest ?? "", "base64"))).toBe(hash(request));
    });

    test.each(PAST_REQUEST)(
      "%s, %i bytes past that passes through untouched, without being kept",
      async (how, more, headers) => {
        const request = lines(REQUEST_BODY_BYTES_MAX + more);
        const { id, served } = await call({
          name: `request ${how} ${more}`,
          request,
          headers,
          answer: Buffer.from('{"ok":true}'),
        });
        expect(served.headers["content-length"]).toBe(
          how === "sent in chunks" ? undefined : String(request.byteLength),
        );
        expect(hash(served.body)).toBe(hash(request));
        const { row, record } = await exchangeOf(tested.winnow, id);
        expect(row).toMatchObject({ status: 200, outcome: "complete" });
        expect(row.flags.split(",")).toContain("request_too_large");
        expect(record).toMatchObject({ request: null, response: { ok: true } });
        expect(record.rawRequest).toBeUndefined();
      },
    );
  });
});

test("what was not kept has been counted, each once, and nothing else has", async () => {
  expect(await lossesOf(tested.winnow)).toEqual({
    answer_truncated: PAST_ANSWER.length,
    request_too_large: PAST_REQUEST.length,
  });
});

interface LargeCall {
  /** Of this call alone. */
  name: string;
  answer: Uint8Array;
  type?: string;
  request?: Uint8Array;
  headers?: Record<string, string>;
  capture?: "metadata";
  faults?: Faults;
}

/** Makes a call, whose answer comes back to the byte, and waits until the gateway is done with its capture. */
async function call(options: LargeCall) {
  const {
    name,
    answer,
    type = "application/octet-stream",
    request = Buffer.from("a small question"),
    capture,
  } = options;
  const path = `/${encodeURIComponent(name)}`;
  tested.provider.on(path, () => ({ headers: { "content-type": type }, body: answer }));
  const headers = {
    "x-winnow-key": tested.key,
    "x-faults": JSON.stringify({ name, ...options.faults }),
    ...(capture && { "x-winnow-capture": capture }),
    ...options.headers,
  };
  const {
    status,
    headers: answered,
    body,
  } = await callOnce({ url: tested.url, path: `/raw${path}`, headers, body: request });
  expect([status, hash(body)]).toEqual([200, hash(answer)]);
  const served = await tested.provider.callTo(path);
  const report = await eventually(`the capture of ${name}`, async () => {
    const found = (await (await fetch(`${tested.url}/faults?name=${encodeURIComponent(name)}`)).json()) as Report;
    return found.sent.length > 0 || (options.faults && found.put.length > 0) ? found : undefined;
  });
  return { id: String(answered["x-winnow-id"]), served, report };
}

async function expectAnswer(id: string, answer: Uint8Array): Promise<void> {
  const { row, record } = await exchangeOf(tested.winnow, id);
  expect(row).toMatchObject({ status: 200, outcome: "complete" });
  expect(hash(Buffer.from(record.rawResponse ?? "", "base64"))).toBe(hash(answer));
}

/** Compressible, and no part of it like another. */
function lines(bytes: number): Buffer {
  const text = Array.from({ length: Math.ceil(bytes / 16) }, (_, index) => `line ${String(index).padStart(10, "0")}\n`);
  return Buffer.from(text.join("")).subarray(0, bytes);
}

function hash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

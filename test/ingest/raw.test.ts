/** A body that can't be parsed is kept byte for byte and flagged; the calls beside it notice nothing. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { packCapture } from "../../shared/capture/envelope.ts";
import type { CaptureHeader } from "../../shared/core/exchange.ts";
import { toBytes } from "../../shared/core/text.ts";
import { captureOf, detailOf, idOf, takeIn } from "../whole-way/captures.ts";
import { type LaunchedIngest, launchIngest, wantedOf } from "./launched-ingest.ts";

interface Odd {
  name: string;
  request?: string | Uint8Array;
  response?: string | Uint8Array;
  header?: Partial<CaptureHeader>;
  flags: string[];
  /** Bodies that come back raw. */
  raw: ("request" | "response")[];
}

const RAW_FORMAT = { format: "raw", path: "/x" } as const;
const STREAM = { responseType: "text/event-stream" };

const CASES: Odd[] = [
  { name: "a request that is no JSON", request: "not JSON", flags: ["request_not_json"], raw: ["request"] },
  { name: "a request that is cut", request: '{"model":"g', flags: ["request_not_json"], raw: ["request"] },
  { name: "an answer that is no JSON", response: "<html>oops", flags: ["response_not_json"], raw: ["response"] },
  {
    name: "neither of them",
    request: "[",
    response: "{",
    flags: ["request_not_json", "response_not_json"],
    raw: ["request", "response"],
  },
  {
    name: "bytes that are no text",
    response: Uint8Array.from([0xff, 0xfe, 0x00, 0xc3]),
    flags: ["response_not_json"],
    raw: ["response"],
  },
  {
    name: "a format that nobody knows",
    header: RAW_FORMAT,
    request: "a=1",
    response: "b=2",
    flags: ["format_unknown"],
    raw: ["request", "response"],
  },
  {
    name: "a stream that broke in its first event",
    header: STREAM,
    response: 'data: {"id":',
    flags: ["stream_without_end", "answer_missing"],
    raw: ["response"],
  },
];
const AT_MS = Date.UTC(2026, 5, 1, 12);
const NEIGHBOURS = wantedOf("neighbour", 4);

let ingest: LaunchedIngest;

beforeAll(async () => {
  ingest = await launchIngest();
  for (const odd of CASES) await ingest.send(packCapture(oddCapture(odd)));
  await takeIn(ingest.winnow, NEIGHBOURS);
});
afterAll(() => ingest?.stop());

function oddCapture({ name, header, request, response }: Odd) {
  const capture = captureOf({ name, atMs: AT_MS, ...(header && { header }) });
  return { ...capture, request: bytesOf(request) ?? capture.request, response: bytesOf(response) ?? capture.response };
}

function bytesOf(body: string | Uint8Array | undefined): Uint8Array | undefined {
  return typeof body === "string" ? toBytes(body) : body;
}

test.each(CASES)("$name is flagged and comes back as it was", async (odd) => {
  const detail = await ingest.detail({ name: odd.name, atMs: AT_MS });
  const { request, response } = oddCapture(odd);
  const raw = (name: "request" | "response", body: Uint8Array) =>
    odd.raw.includes(name) ? Buffer.from(body).toString("base64") : undefined;
  expect(detail.flags).toEqual(odd.flags);
  expect([detail.rawRequest, detail.rawResponse]).toEqual([raw("request", request), raw("response", response)]);
  expect([detail.request === null, detail.response === null]).toEqual([
    odd.raw.includes("request"),
    odd.raw.includes("response"),
  ]);
});

test("the calls beside them are whole and not flagged", async () => {
  for (const one of NEIGHBOURS) {
    const detail = await detailOf(ingest.winnow, idOf(one));
    expect(detail).toMatchObject({ flags: [], response: { id: `chatcmpl-${one.name}` } });
    expect([detail.rawRequest, detail.rawResponse]).toEqual([undefined, undefined]);
  }
});

test("JSON that is not UTF-8 is read as far as it is, and its bytes are kept", async () => {
  const latin1 = Uint8Array.from([...toBytes('{"model":"Gr'), 0xf6, ...toBytes('sse"}')]);
  const wanted = { name: "Latin-1", atMs: AT_MS };
  await ingest.send(packCapture({ ...captureOf(wanted), request: latin1 }));
  const { request, rawRequest, flags } = await ingest.detail(wanted);
  expect({ request, flags }).toEqual({ request: { model: "Gr\uFFFDsse" }, flags: ["request_not_utf8"] });
  expect(rawRequest).toBe(Buffer.from(latin1).toString("base64"));
});

/**
 * One capture as one queue message:
 *
 *     magic "wn1\n" | header length, uint32 LE | header, JSON | request | response
 *
 * the header holding the lengths of the two bodies, and `responseCoding` where the response is gzip. A message that starts with gzip's magic is the
 * same thing compressed; one that starts with "wnp\n" is a pointer: the rest is an R2 key under spill/.
 * Nothing here parses a body.
 */
import type { Capture, CaptureHeader } from "../core/exchange.ts";
import { concatBytes, gunzip } from "../core/gzip.ts";
import { isObject, type Json, parseJson } from "../core/json.ts";
import { CAPTURE_UNPACKED_BYTES_MAX } from "../core/limits.ts";
import { toBytes, toText } from "../core/text.ts";

const MAGIC = toBytes("wn1\n");
const POINTER_MAGIC = toBytes("wnp\n");
const PREFIX_BYTES = MAGIC.length + 4;
const GZIP_SIZE_BYTES = 4;
/** Meta and names are bounded, so that a header is. */
const HEADER_SEEN_BYTES = 8_192;
const GZIPPED_RESPONSE = '"responseCoding":"gzip"';

export type CaptureMessage =
  | { kind: "capture"; capture: Capture }
  | { kind: "spilled"; key: string }
  | { kind: "unreadable"; reason: string };

export function packCapture(capture: Capture): Uint8Array<ArrayBuffer> {
  const { request, response, responseGzipped } = capture;
  const lengths = { requestBytes: request.byteLength, responseBytes: response.byteLength };
  const coding = responseGzipped ? { responseCoding: "gzip" } : {};
  const header = toBytes(JSON.stringify({ ...capture.header, ...coding, ...lengths }));
  const prefix = new Uint8Array(PREFIX_BYTES);
  prefix.set(MAGIC);
  new DataView(prefix.buffer).setUint32(MAGIC.length, header.byteLength, true);
  const total = PREFIX_BYTES + header.byteLength + request.byteLength + response.byteLength;
  return concatBytes([prefix, header, request, response], total);
}

export function packPointer(key: string): Uint8Array<ArrayBuffer> {
  const bytes = toBytes(key);
  return concatBytes([POINTER_MAGIC, bytes], POINTER_MAGIC.length + bytes.length);
}

/** What it will take in memory: a capture under spill/ may be of any size. Bytes. */
export function unpackedBytes(message: Uint8Array): number {
  if (startsWith(message, POINTER_MAGIC)) return Number.POSITIVE_INFINITY;
  const packed = isGzip(message) || toText(message.subarray(0, HEADER_SEEN_BYTES)).includes(GZIPPED_RESPONSE);
  if (!packed || message.byteLength < GZIP_SIZE_BYTES) return message.byteLength;
  // both end with gzip, which ends with the length of what is in it (RFC 1952)
  const sizeAt = message.byteOffset + message.byteLength - GZIP_SIZE_BYTES;
  return message.byteLength + new DataView(message.buffer, sizeAt).getUint32(0, true);
}

function isGzip(message: Uint8Array): boolean {
  return message[0] === 0x1f && message[1] === 0x8b;
}

/** Never throws: what cannot be read says why. */
export async function unpackMessage(message: Uint8Array<ArrayBuffer>): Promise<CaptureMessage> {
  if (startsWith(message, POINTER_MAGIC))
    return { kind: "spilled", key: toText(message.subarray(POINTER_MAGIC.length)) };
  if (!isGzip(message)) return unpackPlain(message);
  try {
    return await unpackPlain(await gunzip(message, CAPTURE_UNPACKED_BYTES_MAX));
  } catch (error) {
    return { kind: "unreadable", reason: `gzip: ${String(error)}` };
  }
}

async function unpackPlain(message: Uint8Array<ArrayBuffer>): Promise<CaptureMessage> {
  if (!startsWith(message, MAGIC)) return { kind: "unreadable", reason: "no magic number" };
  if (message.byteLength < PREFIX_BYTES) return { kind: "unreadable", reason: "cut in the prefix" };
  const headerBytes = new DataView(message.buffer, message.byteOffset).getUint32(MAGIC.length, true);
  const bodiesAt = PREFIX_BYTES + headerBytes;
  if (bodiesAt > message.byteLength) return { kind: "unreadable", reason: "cut in the header" };
  const header = parseJson(toText(message.subarray(PREFIX_BYTES, bodiesAt)));
  if (!isObject(header)) return { kind: "unreadable", reason: "the header is not JSON" };
  const { requestBytes, responseBytes, responseCoding, ...rest } = header;
  if (rest.version !== 1) return { kind: "unreadable", reason: `header version ${show(rest.version)} is not known` };
  const lengths = isLength(requestBytes) && isLength(responseBytes);
  if (!lengths || bodiesAt + requestBytes + responseBytes !== message.byteLength) {
    return { kind: "unreadable", reason: "the bodies' lengths do not add up" };
  }
  const responseAt = bodiesAt + requestBytes;
  const response = await unpackResponse(message.slice(responseAt), responseCoding);
  if (response === undefined) return { kind: "unreadable", reason: "the response is no gzip, or too much of it" };
  return {
    kind: "capture",
    capture: {
      header: rest as unknown as CaptureHeader, // written by packCapture of the same version
      request: message.subarray(bodiesAt, responseAt),
      response,
    },
  };
}

async function unpackResponse(
  bytes: Uint8Array<ArrayBuffer>,
  coding: Json | undefined,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return coding === "gzip" ? gunzip(bytes, CAPTURE_UNPACKED_BYTES_MAX).catch(() => undefined) : bytes;
}

/** A negative length would make a body of the header's bytes. */
function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function show(version: Json | undefined): string {
  return (JSON.stringify(version) ?? "missing").slice(0, 20);
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return bytes.length >= prefix.length && prefix.every((byte, at) => bytes[at] === byte);
}

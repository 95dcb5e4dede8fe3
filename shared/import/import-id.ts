/**
 * The id of an imported exchange: a UUIDv7 (RFC 9562) of the call's time, with the app's tag where every exchange of that
 * app has it (core/app-tag.ts) and 62 bits of a SHA-256 in the place of chance. So the same line is the same exchange,
 * however often and in whatever order it is sent.
 */
import { appTag } from "../core/app-tag.ts";
import { sha256Hex } from "../core/hash.ts";
import { type ExchangeId, makeUuidV7 } from "../core/ids.ts";
import { canonicalJson, type Json, type JsonObject } from "../core/json.ts";
import type { ImportLine } from "./import-line.ts";

export function importId(options: { app: string; atMs: number; line: ImportLine }): ExchangeId {
  const { app, atMs, line } = options;
  const { feedback: _feedback, ...content } = line;
  const named = line.id === undefined ? `line\0${canonicalJson(content as unknown as Json)}` : `id\0${line.id}`;
  const random = bytesOf(sha256Hex(`winnow.import.1\0${app}\0${named}`));
  const tag = Number.parseInt(appTag(app), 16);
  random[0] = tag >> 8;
  random[1] = tag & 0xff;
  return makeUuidV7(atMs, random) as ExchangeId;
}

/** As stable as the exchange's: an event that is imported again is the one that is there. */
export function importEventId(options: { exchange: ExchangeId; atMs: number; event: JsonObject }): string {
  const { exchange, atMs, event } = options;
  return makeUuidV7(atMs, bytesOf(sha256Hex(`winnow.import-event.1\0${exchange}\0${canonicalJson(event)}`)));
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from({ length: 10 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
}

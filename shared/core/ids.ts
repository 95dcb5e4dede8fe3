/**
 * Ids: UUIDv7 (RFC 9562 section 5.7), time-ordered to the millisecond, in lower case.
 * The public id of an exchange is `<uuidv7>.<mac>`: the mac makes it the permission to
 * give feedback on that one exchange.
 */

import type { MacSigner } from "./mac.ts";
import { equalInConstantTime, toHex } from "./text.ts";

export type ExchangeId = string & { readonly __brand: "ExchangeId" };

const HYPHEN = 45;
const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** @param random 10 random bytes */
export function makeUuidV7(nowMs: number, random: Uint8Array): string {
  const bytes = new Uint8Array(16);
  bytes.set(random.subarray(0, 10), 6);
  for (let at = 0; at < 6; at++) bytes[at] = Math.floor(nowMs / 2 ** (8 * (5 - at))) & 0xff;
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return uuidOfBytes(bytes);
}

/** @param bytes 16 of them */
export function uuidOfBytes(bytes: Uint8Array): string {
  const hex = toHex(bytes);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Writes the 16 bytes of a UUID, in whose place they then sort as the texts do. */
export function writeUuid(uuid: string, into: Uint8Array, at: number): void {
  let place = at;
  for (let char = 0; char < 36; char += 2) {
    if (uuid.charCodeAt(char) === HYPHEN) char++;
    into[place++] = (nibble(uuid.charCodeAt(char)) << 4) | nibble(uuid.charCodeAt(char + 1));
  }
}

/** Of 0 to 9 and a to f. */
function nibble(code: number): number {
  return code < 58 ? code - 48 : code - 87;
}

/**
 * As `makeUuidV7`, with 60 random bits of a UUIDv4, which the platform makes whole in less than bytes take to spell, and
 * the tag of the app (app-tag.ts) in the twelve bits that may hold anything.
 */
export function newExchangeId(nowMs: number, tag: string): ExchangeId {
  const time = nowMs.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${tag}${crypto.randomUUID().slice(18)}` as ExchangeId;
}

export function isUuidV7(text: string): boolean {
  return UUID_V7.test(text);
}

export function asExchangeId(text: string): ExchangeId | undefined {
  return isUuidV7(text) ? (text as ExchangeId) : undefined;
}

/** Milliseconds since the epoch at which the id was made. */
export function idTimeMs(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

/** The smallest text that sorts at or before every id made at `timeMs`: for ranges over ids. */
export function idLowerBound(timeMs: number): string {
  const hex = Math.max(0, Math.floor(timeMs)).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

export async function signExchangeId(id: ExchangeId, signer: MacSigner): Promise<string> {
  return `${id}.${await signer.sign("id", id)}`;
}

export type IdCheck = { ok: true; id: ExchangeId } | { ok: false; reason: "malformed" | "mac_missing" | "mac_wrong" };

/** Takes `<uuidv7>.<mac>` apart and verifies the mac in constant time. Whether it has expired is the caller's business. */
export async function verifyExchangeId(signed: string, signer: MacSigner): Promise<IdCheck> {
  const [uuid = "", mac, ...rest] = signed.split(".", 3);
  const id = asExchangeId(uuid);
  if (id === undefined || rest.length > 0) return { ok: false, reason: "malformed" };
  if (mac === undefined) return { ok: false, reason: "mac_missing" };
  if (!equalInConstantTime(await signer.sign("id", id), mac)) return { ok: false, reason: "mac_wrong" };
  return { ok: true, id };
}

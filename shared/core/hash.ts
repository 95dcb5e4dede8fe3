/** Hashes: SHA-256 by @noble/hashes, because most callers need it in the middle of pure, synchronous code. */
import { sha256 } from "@noble/hashes/sha2.js";
import { toBytes, toHex } from "./text.ts";

/** 64 hex characters. */
export function sha256Hex(data: string | Uint8Array): string {
  return toHex(sha256(typeof data === "string" ? toBytes(data) : data));
}

/** 16 hex characters (64 bits): collisions are expected after some four billion different texts. */
export function fingerprint(text: string): string {
  return sha256Hex(text).slice(0, 16);
}

/** A number in [0, 1) that looks random and depends on nothing but its arguments: 52 bits of SHA-256. */
export function uniform(...parts: string[]): number {
  return Number.parseInt(sha256Hex(parts.join("\0")).slice(0, 13), 16) / 2 ** 52;
}

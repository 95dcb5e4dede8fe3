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

/** The same for many keys of 16 bytes and one beginning: no text is made. 52 bits of SHA-256 of beginning and key. */
export function uniformOf(...parts: string[]): (key: Uint8Array) => number {
  const begun = sha256.create().update(toBytes(`${parts.join("\0")}\0`));
  return (key) => {
    const digest = begun.clone().update(key).digest();
    const view = new DataView(digest.buffer, digest.byteOffset);
    return view.getUint32(0) / 2 ** 32 + (view.getUint32(4) >>> 12) / 2 ** 52;
  };
}

/**
 * 53 bits that tell names apart within one night, some twenty times as fast as SHA-256: two multiply-rotate hashes over
 * the UTF-16 code units, finished as in MurmurHash3. Not for anything that someone could want to collide for gain.
 */
export function quickHash(text: string): number {
  let a = 0x9e3779b9;
  let b = 0x85ebca6b;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 0xcc9e2d51);
    a = (a << 15) | (a >>> 17);
    b = Math.imul(b ^ unit, 0x1b873593);
    b = (b << 13) | (b >>> 19);
  }
  return finish(a ^ text.length) * 2 ** 21 + (finish(b ^ a) >>> 11);
}

function finish(hash: number): number {
  const mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const again = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (again ^ (again >>> 16)) >>> 0;
}

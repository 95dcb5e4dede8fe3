/**
 * Message authentication for ids and keys: HMAC-SHA-256 (RFC 2104), cut to 128 bits
 * (RFC 2104 section 5 allows half of the hash length). Each use has a purpose of its own, so that
 * a mac made for one thing is never valid for another. No I/O, no clock.
 *
 * By @noble/hashes and not by WebCrypto: for 50 bytes the platform's way through promises and buffers costs more than
 * the hash (10 µs a mac against 2 in workerd), and every call makes one.
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { toBase64Url, toBytes } from "./text.ts";

const MAC_BYTES = 16;

export type MacPurpose = "id" | "key";

/** Signs for one secret; what depends on the secret alone is computed once, so make one a process. */
export class MacSigner {
  readonly #keyed: ReturnType<typeof hmac.create>;

  /** @param secret WINNOW_SECRET, 32 characters at least */
  constructor(secret: string) {
    if (secret.length < 32) {
      throw new Error(
        `WINNOW_SECRET has ${secret.length} characters and needs 32 at least: make one with \`openssl rand -hex 32\` and set it with \`wrangler secret put WINNOW_SECRET\``,
      );
    }
    this.#keyed = hmac.create(sha256, toBytes(secret));
  }

  /** 22 characters of base64url. */
  sign(purpose: MacPurpose, text: string): string {
    const mac = this.#keyed
      .clone()
      .update(toBytes(`winnow.${purpose}\0${text}`))
      .digest();
    return toBase64Url(mac.subarray(0, MAC_BYTES));
  }
}

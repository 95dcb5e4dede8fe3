/**
 * Message authentication for ids and keys: HMAC-SHA-256 (RFC 2104), cut to 128 bits
 * (RFC 2104 section 5 allows half of the hash length). Each use has a purpose of its own, so that
 * a mac made for one thing is never valid for another. No I/O, no clock.
 *
 * By WebCrypto and not by @noble/hashes: hashing in JavaScript is as fast once V8 has optimised it, but in an isolate that
 * is some hundred calls old it costs a call 50 µs more (measured in workerd).
 */
import { toBase64Url, toBytes } from "./text.ts";

const MAC_BYTES = 16;

export type MacPurpose = "id" | "key" | "session" | "user";

/** Signs for one secret; the imported key is kept, so make one a process. */
export class MacSigner {
  readonly #key: Promise<CryptoKey>;

  /** @param secret WINNOW_SECRET, 32 characters at least */
  constructor(secret: string) {
    if (secret.length < 32) {
      throw new Error(
        `WINNOW_SECRET has ${secret.length} characters and needs 32 at least: make one with \`openssl rand -hex 32\` and set it with \`wrangler secret put WINNOW_SECRET\``,
      );
    }
    this.#key = crypto.subtle.importKey("raw", toBytes(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  }

  /** 22 characters of base64url. */
  async sign(purpose: MacPurpose, text: string): Promise<string> {
    const mac = await crypto.subtle.sign("HMAC", await this.#key, toBytes(`winnow.${purpose}\0${text}`));
    return toBase64Url(new Uint8Array(mac, 0, MAC_BYTES));
  }
}

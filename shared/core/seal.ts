/**
 * Bytes that wait in R2 without being a record yet (spill/, dead/) are sealed, so that text which an app wants redacted
 * before storage never lies there in clear: AES-256-GCM (NIST SP 800-38D) under a key that HKDF (RFC 5869) makes of
 * WINNOW_SECRET. The nonce is a mac of the bytes (a synthetic one, as in RFC 5297): the same bytes are sealed the same.
 *
 *     "WSEAL1" · nonce (12 B) · ciphertext with tag
 */
import { concatBytes } from "./gzip.ts";
import { toBytes } from "./text.ts";

const MAGIC = toBytes("WSEAL1");
const NONCE_BYTES = 12;

export class Sealer {
  readonly #secret: string;
  #derived: Promise<{ cipher: CryptoKey; nonce: CryptoKey }> | undefined;

  /** @param secret WINNOW_SECRET. Make one a process: the keys are kept, from the first use on. */
  constructor(secret: string) {
    this.#secret = secret;
  }

  get #keys(): Promise<{ cipher: CryptoKey; nonce: CryptoKey }> {
    this.#derived ??= deriveKeys(this.#secret);
    return this.#derived;
  }

  async seal(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const { cipher, nonce } = await this.#keys;
    const iv = new Uint8Array(await crypto.subtle.sign("HMAC", nonce, bytes), 0, NONCE_BYTES);
    const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, cipher, bytes));
    return concatBytes([MAGIC, iv, sealed], MAGIC.length + NONCE_BYTES + sealed.length);
  }

  /**
   * Bytes that were never sealed come back as they are.
   * @throws OperationError where they were changed, or sealed with another secret
   */
  async open(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    if (MAGIC.some((byte, at) => bytes[at] !== byte)) return bytes;
    const { cipher } = await this.#keys;
    const iv = bytes.subarray(MAGIC.length, MAGIC.length + NONCE_BYTES);
    const sealed = bytes.subarray(MAGIC.length + NONCE_BYTES);
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, cipher, sealed));
  }
}

async function deriveKeys(secret: string): Promise<{ cipher: CryptoKey; nonce: CryptoKey }> {
  const base = await crypto.subtle.importKey("raw", toBytes(secret), "HKDF", false, ["deriveKey"]);
  const from = (info: string) => ({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: toBytes(info) });
  const [cipher, nonce] = await Promise.all([
    crypto.subtle.deriveKey(from("winnow.seal.cipher"), base, { name: "AES-GCM", length: 256 }, false, [
      "encrypt",
      "decrypt",
    ]),
    crypto.subtle.deriveKey(from("winnow.seal.nonce"), base, { name: "HMAC", hash: "SHA-256", length: 256 }, false, [
      "sign",
    ]),
  ]);
  return { cipher, nonce };
}

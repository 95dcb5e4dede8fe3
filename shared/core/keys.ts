/**
 * winnow keys verify themselves: `wk_<app>_<keyId>_<scopes>_<mac>`, or `wk_<app>_<keyId>_<scopes>_<expiry>_<mac>`, the
 * mac an HMAC over all before it. No I/O, so neither a cold isolate nor a D1 outage stops traffic.
 * `scopes` is one letter each of p(roxy) f(eedback) l (pull) a(dmin); `expiry` is in seconds since the epoch, base 36.
 */
import type { MacSigner } from "./mac.ts";
import { equalInConstantTime } from "./text.ts";

export const SCOPES = ["proxy", "feedback", "pull", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

const SCOPE_LETTERS: Record<Scope, string> = { proxy: "p", feedback: "f", pull: "l", admin: "a" };
const KEY = /^(wk_([a-z0-9][a-z0-9-]{0,31})_([a-z0-9]{1,16})_([pfla]{1,4})(?:_([0-9a-z]{6,7}))?)_([A-Za-z0-9_-]{22})$/;

/** A name of an app. */
export const APP_FORM = /^[a-z0-9][a-z0-9-]{0,31}$/;

export interface KeyClaims {
  app: string;
  keyId: string;
  scopes: readonly Scope[];
  /** Milliseconds since the epoch, whole seconds; left out: never. */
  expiresAtMs?: number;
}

export async function makeKey(claims: KeyClaims, signer: MacSigner): Promise<string> {
  const letters = claims.scopes.map((scope) => SCOPE_LETTERS[scope]).join("");
  const expiry = claims.expiresAtMs === undefined ? "" : `_${Math.floor(claims.expiresAtMs / 1_000).toString(36)}`;
  const signed = `wk_${claims.app}_${claims.keyId}_${letters}${expiry}`;
  const key = `${signed}_${await signer.sign("key", signed)}`;
  if (!KEY.test(key)) {
    throw new Error(
      `cannot make a key for app "${claims.app}", key id "${claims.keyId}", scopes "${claims.scopes.join(", ")}": apps are 1 to 32 of a-z 0-9 -, key ids 1 to 16 of a-z 0-9, scopes 1 to 4`,
    );
  }
  return key;
}

/** Claims of a key whose mac is right; undefined for anything else. */
export async function verifyKey(key: string, signer: MacSigner): Promise<KeyClaims | undefined> {
  const parts = KEY.exec(key);
  if (parts === null) return undefined;
  const [, signed = "", app = "", keyId = "", letters = "", expiry, mac = ""] = parts;
  if (!equalInConstantTime(await signer.sign("key", signed), mac)) return undefined;
  const scopes = SCOPES.filter((scope) => letters.includes(SCOPE_LETTERS[scope]));
  return { app, keyId, scopes, ...(expiry !== undefined && { expiresAtMs: Number.parseInt(expiry, 36) * 1_000 }) };
}

export function hasExpired(claims: KeyClaims, nowMs: number): boolean {
  return claims.expiresAtMs !== undefined && claims.expiresAtMs <= nowMs;
}

/** Does this text claim to be a winnow key (rather than a provider's)? */
export function looksLikeKey(text: string): boolean {
  return text.startsWith("wk_");
}

/** The key that `npm start` makes is any text of this form; it is known to local Workers as LOCAL_KEY. */
export const LOCAL_KEY_FORM = /^wk_[A-Za-z0-9_-]{8,200}$/;
export const LOCAL_CLAIMS: KeyClaims = { app: "demo", keyId: "local", scopes: SCOPES };

/** Verifies keys and remembers the outcome in a bounded map: one a isolate. */
export class KeyRing {
  readonly #signer: MacSigner;
  readonly #localKey: string | undefined;
  readonly #entriesMax: number;
  readonly #known = new Map<string, KeyClaims>();

  constructor(options: { signer: MacSigner; localKey?: string | undefined; entriesMax: number }) {
    this.#signer = options.signer;
    this.#localKey = options.localKey || undefined;
    this.#entriesMax = options.entriesMax;
  }

  async claims(key: string): Promise<KeyClaims | undefined> {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const local = this.#localKey !== undefined && equalInConstantTime(this.#localKey, key);
    const claims = local ? LOCAL_CLAIMS : await verifyKey(key, this.#signer);
    if (claims === undefined) return undefined; // forged keys are not remembered: they could fill the map
    if (this.#known.size >= this.#entriesMax) this.#known.clear();
    this.#known.set(key, claims);
    return claims;
  }
}

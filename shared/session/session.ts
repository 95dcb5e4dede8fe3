/**
 * A session of the console, as text that a cookie can hold: `1.<claims>.<mac>`, the claims as base64url of JSON, the mac an
 * HMAC over all before it. Nothing is kept on the server: the mac says that winnow made it, and the end is inside.
 * No I/O, no clock.
 */
import { isObject, parseJson } from "../core/json.ts";
import { type KeyClaims, SCOPES, type Scope } from "../core/keys.ts";
import type { MacPurpose, MacSigner } from "../core/mac.ts";
import { equalInConstantTime, fromBase64, toBase64Url, toBytes, toText } from "../core/text.ts";

/** From the least to the most: each may do what those before it may. */
export const ROLES = ["viewer", "reviewer", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** How long after signing in: a working day. */
export const SESSION_AGE_MS_MAX = 12 * 3_600_000;
/** What a cookie may bring; ours have some 200. */
const TOKEN_CHARS_MAX = 1_000;
const TOKEN = /^(1\.([A-Za-z0-9_-]+))\.([A-Za-z0-9_-]{22})$/;

/** A purpose of its own, so that no mac of a key or an id is ever one of a session. */
const PURPOSE: MacPurpose = "session";

/** Who signed in with a key. */
export interface KeySession {
  claims: KeyClaims;
  startedAtMs: number;
}

/** @returns the cookie's value */
export async function makeToken({ claims, startedAtMs }: KeySession, signer: MacSigner): Promise<string> {
  const { app, keyId, scopes, expiresAtMs } = claims;
  const json = JSON.stringify({ app, keyId, scopes, expiresAtMs, startedAtMs });
  const signed = `1.${toBase64Url(toBytes(json))}`;
  return `${signed}.${await signer.sign(PURPOSE, signed)}`;
}

/** undefined: not made by this winnow, or over. Whether the key has ended since is the caller's business. */
export async function readToken(
  token: string,
  { signer, nowMs }: { signer: MacSigner; nowMs: number },
): Promise<KeySession | undefined> {
  const [, signed, claims, mac] = token.length > TOKEN_CHARS_MAX ? [] : (TOKEN.exec(token) ?? []);
  if (signed === undefined || claims === undefined || mac === undefined) return undefined;
  if (!equalInConstantTime(await signer.sign(PURPOSE, signed), mac)) return undefined;
  const json = parseJson(toText(fromBase64(claims.replaceAll("-", "+").replaceAll("_", "/"))));
  const session = isObject(json) ? sessionOf(json) : undefined;
  if (session === undefined) return undefined;
  const ageMs = nowMs - session.startedAtMs;
  return ageMs < 0 || ageMs >= SESSION_AGE_MS_MAX ? undefined : session;
}

function sessionOf(json: Record<string, unknown>): KeySession | undefined {
  const { app, keyId, scopes, expiresAtMs, startedAtMs } = json;
  if (typeof app !== "string" || typeof keyId !== "string" || typeof startedAtMs !== "number") return undefined;
  if (!Array.isArray(scopes)) return undefined;
  const known = SCOPES.filter((scope) => scopes.includes(scope));
  const expiry = typeof expiresAtMs === "number" ? { expiresAtMs } : {};
  return { claims: { app, keyId, scopes: known, ...expiry }, startedAtMs };
}

/**
 * A reviewer sees and says: that takes the scopes for both. undefined: these scopes open no page.
 */
export function roleOf(scopes: readonly Scope[]): Role | undefined {
  if (scopes.includes("admin")) return "admin";
  if (!scopes.includes("pull")) return undefined;
  return scopes.includes("feedback") ? "reviewer" : "viewer";
}

export function mayAct(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** What every form of a session carries, so that no other site can send one. @param seed what only this session has */
export function formToken(seed: string, signer: MacSigner): Promise<string> {
  return signer.sign(PURPOSE, `form\0${seed}`);
}

export async function isFormToken(given: string, { seed, signer }: { seed: string; signer: MacSigner }) {
  return equalInConstantTime(await formToken(seed, signer), given);
}

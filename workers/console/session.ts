/**
 * Who looks at a page: a signed cookie that a winnow key was traded for, or a token of Cloudflare Access. Forms carry a
 * token of their session, and must come from a page of ours.
 */
import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { hasExpired, type KeyClaims, KeyRing } from "../../shared/core/keys.ts";
import { KEY_CACHE_ENTRIES_MAX } from "../../shared/core/limits.ts";
import {
  formToken,
  isFormToken,
  makeToken,
  type Role,
  readToken,
  roleOf,
  SESSION_AGE_MS_MAX,
} from "../../shared/session/session.ts";
import { readKey } from "../../shared/store/keys.ts";
import { type Access, type AccessVariables, accessOf } from "./access.ts";
import { type ConsoleContext, signerOf } from "./authorise.ts";

export interface Session {
  app: string;
  role: Role;
  /** For people's eyes: `key k1`, `ann@example.com`. */
  who: string;
  /** Of the key that was traded; undefined for Access. */
  claims: KeyClaims | undefined;
  /** For the forms on this session's pages. */
  form: string;
}

export interface PagesContext {
  Bindings: ConsoleContext["Bindings"] & AccessVariables;
  Variables: { session: Session | undefined };
}
export type PageContext = Context<PagesContext>;

export type SignIn = { ok: true; session: Session } | { ok: false; reason: "wrong" | "ended" | "no_page" };

let keyRing: KeyRing | undefined;
let access: Access | undefined | "not asked" = "not asked";

/** Puts the session in the context; undefined where nobody has signed in. */
export const findSession: MiddlewareHandler<PagesContext> = async (c, next) => {
  c.set("session", (await sessionOfCookie(c)) ?? (await sessionOfAccess(c)));
  return next();
};

/** Trades a key for a cookie. */
export async function signIn(c: PageContext, key: string): Promise<SignIn> {
  const signer = signerOf(c.env);
  keyRing ??= new KeyRing({ signer, localKey: c.env.LOCAL_KEY, entriesMax: KEY_CACHE_ENTRIES_MAX });
  const claims = await keyRing.claims(key);
  if (claims === undefined) return { ok: false, reason: "wrong" };
  if (await hasEnded(c, claims)) return { ok: false, reason: "ended" };
  if (roleOf(claims.scopes) === undefined) return { ok: false, reason: "no_page" };
  const token = await makeToken({ claims, startedAtMs: Date.now() }, signer);
  const session = await sessionOf(c, { token, claims });
  if (session === undefined) return { ok: false, reason: "no_page" };
  setCookie(c, cookieName(c), token, { ...cookiePlace(c), maxAge: SESSION_AGE_MS_MAX / 1_000 });
  return { ok: true, session };
}

export function signOut(c: PageContext): void {
  deleteCookie(c, cookieName(c), cookiePlace(c));
}

/**
 * Did a page of this session send this form? Browsers say where a form comes from (`Origin`, `Sec-Fetch-Site`), and the
 * token is one that no other site can read.
 */
export async function isOwnForm(c: PageContext, token: unknown): Promise<boolean> {
  const session = c.get("session");
  if (session === undefined || typeof token !== "string" || !isSameOrigin(c)) return false;
  return token.length < 100 && isFormToken(token, { seed: seedOf(c, session), signer: signerOf(c.env) });
}

export function isSameOrigin(c: PageContext): boolean {
  const site = c.req.header("sec-fetch-site");
  if (site !== undefined && site !== "same-origin" && site !== "none") return false;
  const origin = c.req.header("origin");
  return origin === undefined || origin === new URL(c.req.url).origin;
}

async function sessionOfCookie(c: PageContext): Promise<Session | undefined> {
  const token = getCookie(c, cookieName(c));
  if (token === undefined) return undefined;
  const read = await readToken(token, { signer: signerOf(c.env), nowMs: Date.now() });
  if (read === undefined || (await hasEnded(c, read.claims))) return undefined;
  return sessionOf(c, { token, claims: read.claims });
}

async function sessionOf(
  c: PageContext,
  { token, claims }: { token: string; claims: KeyClaims },
): Promise<Session | undefined> {
  const role = roleOf(claims.scopes);
  if (role === undefined) return undefined;
  const form = await formToken(token, signerOf(c.env));
  return { app: claims.app, role, who: `key ${claims.keyId}`, claims, form };
}

async function sessionOfAccess(c: PageContext): Promise<Session | undefined> {
  const token = c.req.header("cf-access-jwt-assertion");
  if (token === undefined) return undefined;
  if (access === "not asked") access = accessOf(c.env, (url, options) => fetch(url, options));
  const person = await access?.person(token, Date.now());
  if (person === undefined) return undefined;
  const { app, role, email } = person;
  return { app, role, who: email, claims: undefined, form: await formToken(`access\0${email}`, signerOf(c.env)) };
}

/** The cookie itself, which no page can read; for Access, whose token changes under a page that is open, the person. */
function seedOf(c: PageContext, session: Session): string {
  return session.claims === undefined ? `access\0${session.who}` : (getCookie(c, cookieName(c)) ?? "");
}

/** Of the key: asked each time, so that a revoked key closes its pages at once. */
async function hasEnded(c: PageContext, claims: KeyClaims): Promise<boolean> {
  const nowMs = Date.now();
  if (hasExpired(claims, nowMs)) return true;
  const row = await readKey(c.env.DB, { app: claims.app, id: claims.keyId });
  return row !== undefined && row.endsAtMs !== null && row.endsAtMs <= nowMs;
}

function isSecure(c: PageContext): boolean {
  return new URL(c.req.url).protocol === "https:";
}

/** RFC 6265bis, section 4.1.3: a browser takes a cookie of this prefix over https alone. */
function cookieName(c: PageContext): string {
  return isSecure(c) ? "__Secure-winnow" : "winnow";
}

/** Only to the pages: calls to a provider at the same address never carry it. */
function cookiePlace(c: PageContext) {
  return { path: "/console", httpOnly: true, secure: isSecure(c), sameSite: "Lax" } as const;
}

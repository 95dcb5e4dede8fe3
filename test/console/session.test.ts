/** Sessions of the console: made by this winnow, for as long as a working day, for the scopes that open pages. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KeyClaims, LOCAL_CLAIMS, SCOPES } from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import {
  formToken,
  isFormToken,
  makeToken,
  mayAct,
  ROLES,
  readToken,
  roleOf,
  SESSION_AGE_MS_MAX,
} from "../../shared/session/session.ts";

const signer = new MacSigner("a secret for sessions, of 32 characters or more");
const other = new MacSigner("another secret for sessions, of 32 characters");
const START = Date.UTC(2026, 10, 23);

const claims: fc.Arbitrary<KeyClaims> = fc.record(
  {
    app: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/),
    keyId: fc.stringMatching(/^[a-z0-9]{1,16}$/),
    scopes: fc.subarray([...SCOPES], { minLength: 1 }),
    expiresAtMs: fc.integer({ min: 1, max: 4e12 }),
  },
  { requiredKeys: ["app", "keyId", "scopes"] },
);

describe("a session's token", () => {
  test("brings back whose it is, for any key", async () => {
    await fc.assert(
      fc.asyncProperty(claims, fc.integer({ min: 0, max: SESSION_AGE_MS_MAX - 1 }), async (claims, ageMs) => {
        const token = await makeToken({ claims, startedAtMs: START }, signer);
        expect(token).toMatch(/^[\w.-]{1,1000}$/); // what a cookie may hold
        expect(await readToken(token, { signer, nowMs: START + ageMs })).toEqual({ claims, startedAtMs: START });
      }),
    );
  });

  test("is nothing once a single character of it is another", async () => {
    const token = await makeToken({ claims: LOCAL_CLAIMS, startedAtMs: START }, signer);
    // a mac's last character holds four bits that count: the others may differ
    const places = Array.from({ length: token.length - 1 }, (_, at) => at);
    for (const at of places) {
      const changed = `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
      expect(await readToken(changed, { signer, nowMs: START }), `character ${at}`).toBeUndefined();
    }
  });

  test("of another winnow's secret is nothing", async () => {
    const token = await makeToken({ claims: LOCAL_CLAIMS, startedAtMs: START }, other);
    expect(await readToken(token, { signer, nowMs: START })).toBeUndefined();
  });

  test("ends after its time, to the millisecond, and has none before it began", async () => {
    const token = await makeToken({ claims: LOCAL_CLAIMS, startedAtMs: START }, signer);
    const at = (nowMs: number) => readToken(token, { signer, nowMs });
    expect(await at(START + SESSION_AGE_MS_MAX - 1)).toBeDefined();
    expect(await at(START + SESSION_AGE_MS_MAX)).toBeUndefined();
    expect(await at(START - 1)).toBeUndefined();
  });

  test("may be any text, and none of it throws", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string(), fc.stringMatching(/^1\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{22}$/)),
        async (text) => {
          expect(await readToken(text, { signer, nowMs: START })).toBeUndefined();
        },
      ),
    );
  });

  test("is no mac of anything else: a key's mac does not sign a session", async () => {
    const token = await makeToken({ claims: LOCAL_CLAIMS, startedAtMs: START }, signer);
    const signed = token.slice(0, token.lastIndexOf("."));
    const forged = `${signed}.${await signer.sign("key", signed)}`;
    expect(await readToken(forged, { signer, nowMs: START })).toBeUndefined();
  });
});

describe("a form's token", () => {
  test("is that of its own session alone", async () => {
    const token = await formToken("one session", signer);
    expect(await isFormToken(token, { seed: "one session", signer })).toBe(true);
    expect(await isFormToken(token, { seed: "another", signer })).toBe(false);
    expect(await isFormToken(token, { seed: "one session", signer: other })).toBe(false);
    expect(await isFormToken("", { seed: "one session", signer })).toBe(false);
  });
});

describe("roles", () => {
  test.each([
    [["admin"], "admin"],
    [["proxy", "feedback", "pull", "admin"], "admin"],
    [["feedback", "pull"], "reviewer"],
    [["pull"], "viewer"],
    [["feedback"], undefined],
    [["proxy", "feedback"], undefined],
    [[], undefined],
  ] as const)("scopes %j open what a %s may see", (scopes, role) => {
    expect(roleOf(scopes)).toBe(role);
  });

  test("each may do what those before it may, and no more", () => {
    for (const [at, role] of ROLES.entries())
      expect(ROLES.filter((needed) => mayAct(role, needed))).toHaveLength(at + 1);
    expect(mayAct("viewer", "reviewer")).toBe(false);
    expect(mayAct("reviewer", "admin")).toBe(false);
  });
});

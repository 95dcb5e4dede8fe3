import { describe, expect, test } from "vitest";
import { type ExchangeId, signExchangeId } from "../../shared/core/ids.ts";
import {
  type KeyClaims,
  KeyRing,
  LOCAL_CLAIMS,
  looksLikeKey,
  makeKey,
  SCOPES,
  type Scope,
  verifyKey,
} from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import fc from "./property.ts";

const SECRET = "a secret for tests, of 32 characters or more";
const signer = new MacSigner(SECRET);
const CLAIMS: KeyClaims = { app: "shop-eu", keyId: "k1", scopes: ["proxy", "feedback"] };

/** Every set of scopes but the empty one. */
const SUBSETS = Array.from({ length: 2 ** SCOPES.length - 1 }, (_, index) =>
  SCOPES.filter((_scope, bit) => ((index + 1) >> bit) & 1),
);

/** Counts what it signs: a key that is remembered needs no signature. */
class CountingSigner extends MacSigner {
  signatures = 0;
  override sign(...input: Parameters<MacSigner["sign"]>): Promise<string> {
    this.signatures++;
    return super.sign(...input);
  }
}

describe("a key", () => {
  test.each(SUBSETS.map((scopes) => [scopes] as const))("carries its claims: scopes %j", async (scopes) => {
    const key = await makeKey({ ...CLAIMS, scopes }, signer);
    expect(key).toMatch(/^wk_shop-eu_k1_[pfla]{1,4}_[A-Za-z0-9_-]{22}$/);
    expect(await verifyKey(key, signer)).toEqual({ ...CLAIMS, scopes });
  });

  test("carries every app and key id that it may have", async () => {
    const app = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/);
    const keyId = fc.stringMatching(/^[a-z0-9]{1,16}$/);
    await fc.assert(
      fc.asyncProperty(app, keyId, async (app, keyId) => {
        const claims = { app, keyId, scopes: ["pull"] satisfies Scope[] };
        expect(await verifyKey(await makeKey(claims, signer), signer)).toEqual(claims);
      }),
    );
  });

  test("says the same of the same scopes in another order", async () => {
    const key = await makeKey({ ...CLAIMS, scopes: ["admin", "proxy"] }, signer);
    expect((await verifyKey(key, signer))?.scopes).toEqual(["proxy", "admin"]);
  });

  test.each([
    { ...CLAIMS, app: "" },
    { ...CLAIMS, app: "Shop" },
    { ...CLAIMS, app: "-shop" },
    { ...CLAIMS, app: "my_shop" },
    { ...CLAIMS, app: "a".repeat(33) },
    { ...CLAIMS, keyId: "" },
    { ...CLAIMS, keyId: "k-1" },
    { ...CLAIMS, keyId: "k".repeat(17) },
    { ...CLAIMS, scopes: [] },
  ])("cannot be made for %j, and the error shows what was asked for", async (claims) => {
    await expect(makeKey(claims, signer)).rejects.toThrow(
      `app "${claims.app}", key id "${claims.keyId}", scopes "${claims.scopes.join(", ")}"`,
    );
  });

  test("can be made at the longest app and key id", async () => {
    const claims: KeyClaims = { app: "a".repeat(32), keyId: "k".repeat(16), scopes: SCOPES };
    expect(await verifyKey(await makeKey(claims, signer), signer)).toEqual(claims);
  });

  test("is refused when any one character is another, lost or added", async () => {
    const key = await makeKey(CLAIMS, signer);
    for (let at = 0; at < key.length; at++) {
      expect(await verifyKey(key.slice(0, at) + key.slice(at + 1), signer)).toBeUndefined();
      for (const character of "aAbzZ01_-pfla é") {
        if (key[at] !== character) {
          expect(await verifyKey(key.slice(0, at) + character + key.slice(at + 1), signer)).toBeUndefined();
        }
        expect(await verifyKey(key.slice(0, at) + character + key.slice(at), signer)).toSatisfy(
          (claims) => claims === undefined || key.slice(0, at) + character + key.slice(at) === key,
        );
      }
    }
    expect(await verifyKey(`${key}\n`, signer)).toBeUndefined();
  });

  test("gives no more scopes than its maker signed", async () => {
    const key = await makeKey({ ...CLAIMS, scopes: ["feedback"] }, signer);
    for (const letters of ["p", "a", "fa", "pfla", "ff"]) {
      expect(await verifyKey(key.replace("_f_", `_${letters}_`), signer)).toBeUndefined();
    }
  });

  test("is refused with the mac of another app's key, of another secret, or of an id", async () => {
    const key = await makeKey(CLAIMS, signer);
    const signed = key.slice(0, -22);
    const otherApp = await makeKey({ ...CLAIMS, app: "shop-us" }, signer);
    const otherSecret = await makeKey(CLAIMS, new MacSigner(SECRET.toUpperCase()));
    const ofAnId = await signer.sign("id", signed.slice(0, -1));
    const anId = await signExchangeId("019a0000-0000-7000-8000-000000000001" as ExchangeId, signer);
    for (const mac of [otherApp.slice(-22), otherSecret.slice(-22), ofAnId, anId.slice(-22)]) {
      expect(await verifyKey(signed + mac, signer)).toBeUndefined();
    }
  });

  test("is told from a provider's key by how it begins", () => {
    expect(looksLikeKey("wk_anything")).toBe(true);
    for (const key of ["sk-proj-1234", "", "WK_demo", " wk_demo", "xwk_demo"]) expect(looksLikeKey(key)).toBe(false);
  });
});

describe("the key ring", () => {
  test("remembers a good key, so that its second use costs no signature", async () => {
    const counting = new CountingSigner(SECRET);
    const ring = new KeyRing({ signer: counting, entriesMax: 10 });
    const key = await makeKey(CLAIMS, signer);
    expect(await ring.claims(key)).toEqual(CLAIMS);
    expect(await ring.claims(key)).toEqual(CLAIMS);
    expect(counting.signatures).toBe(1);
  });

  test("does not remember a forged key, which could fill it", async () => {
    const counting = new CountingSigner(SECRET);
    const ring = new KeyRing({ signer: counting, entriesMax: 2 });
    const good = await makeKey(CLAIMS, signer);
    await ring.claims(good);
    for (let index = 0; index < 10; index++) {
      const forged = `wk_shop-eu_k${index}_a_${"A".repeat(22)}`;
      expect(await ring.claims(forged)).toBeUndefined();
      expect(await ring.claims(forged)).toBeUndefined();
    }
    counting.signatures = 0;
    expect(await ring.claims(good)).toEqual(CLAIMS);
    expect(counting.signatures).toBe(0);
  });

  test("holds no more keys than its bound, and goes on working past it", async () => {
    const counting = new CountingSigner(SECRET);
    const ring = new KeyRing({ signer: counting, entriesMax: 3 });
    const keys = await Promise.all([1, 2, 3, 4].map((n) => makeKey({ ...CLAIMS, keyId: `k${n}` }, signer)));
    for (const key of keys.slice(0, 3)) await ring.claims(key);
    for (const key of keys.slice(0, 3)) await ring.claims(key);
    expect(counting.signatures).toBe(3); // at the bound all are remembered
    expect((await ring.claims(keys[3] ?? ""))?.keyId).toBe("k4");
    expect((await ring.claims(keys[0] ?? ""))?.keyId).toBe("k1");
    expect(counting.signatures).toBe(5); // one past it the map began anew
  });

  test("takes the local key for app demo with every scope, and nothing that is nearly it", async () => {
    const ring = new KeyRing({ signer, localKey: "wk_local_for_tests", entriesMax: 10 });
    expect(await ring.claims("wk_local_for_tests")).toEqual(LOCAL_CLAIMS);
    expect(LOCAL_CLAIMS.scopes).toEqual(SCOPES);
    for (const near of ["wk_local_for_test", "wk_local_for_tests ", "wk_local_for_testS", ""]) {
      expect(await ring.claims(near)).toBeUndefined();
    }
  });

  test("knows signed keys beside the local one", async () => {
    const ring = new KeyRing({ signer, localKey: "wk_local_for_tests", entriesMax: 10 });
    expect(await ring.claims(await makeKey(CLAIMS, signer))).toEqual(CLAIMS);
  });

  test("lets nobody in by an empty local key", async () => {
    const ring = new KeyRing({ signer, localKey: "", entriesMax: 10 });
    expect(await ring.claims("")).toBeUndefined();
  });
});

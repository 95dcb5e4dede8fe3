/** Keys from their making to their end: scopes, expiry, rotation with overlap, revocation, and what is kept of them. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../local/launch-stubs.ts";
import { startVault, type Vault } from "./vault-under-test.ts";

interface MadeKey {
  id: string;
  key: string;
  app: string;
  endsAt: string | null;
  replaces?: string;
}

let vault: Vault;
beforeAll(async () => {
  vault = await startVault();
});
afterAll(() => vault?.stop());

async function make(body: object): Promise<MadeKey> {
  const response = await vault.api("POST", "/v1/keys", body);
  expect(response.status, await response.clone().text()).toBe(201);
  return (await response.json()) as MadeKey;
}

async function errorOf(response: Response): Promise<{ code: string; message: string; status: number }> {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  return { ...error, status: response.status };
}

describe("a key", () => {
  test("that was revoked is refused by an isolate that has seen nothing yet", async () => {
    const { id, key } = await make({ scopes: ["proxy"] });
    expect((await vault.api("DELETE", `/v1/keys/${id}`)).status).toBe(200);
    expect(await errorOf(await vault.call({ key }))).toMatchObject({ status: 401, code: "key_ended" });
  });

  test("works at once, for what its scopes allow", async () => {
    const { key } = await make({ scopes: ["proxy"], name: "web" });
    expect((await vault.call({ key })).status).toBe(200);
    const denied = await fetch(`${vault.winnow.url}/v1/batches`, { headers: { "x-winnow-key": key } });
    expect(await errorOf(denied)).toMatchObject({ status: 403, code: "scope_missing" });
  });

  test("is shown once: what is kept is its hash", async () => {
    const { id, key } = await make({ scopes: ["pull"], name: "trainer" });
    const list = await (await vault.api("GET", "/v1/keys")).text();
    expect(list).toContain(id);
    expect(list).not.toContain(key);
    const { results } = await (await vault.winnow.db()).prepare("select * from keys").all();
    expect(JSON.stringify(results)).not.toContain(key.slice(-22));
    expect(results.find((row) => row.id === id)).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  test("is made for another app, too, and sees that one alone", async () => {
    const { key, app } = await make({ app: "shop", scopes: ["pull", "proxy"] });
    expect(app).toBe("shop");
    const batches = await fetch(`${vault.winnow.url}/v1/batches?app=demo`, { headers: { "x-winnow-key": key } });
    expect(batches.status).toBe(403);
  });

  test("ends by its own expiry, which nobody need tell the gateway", async () => {
    const { key } = await make({ scopes: ["proxy"], expiresAt: new Date(Date.now() + 2_000).toISOString() });
    expect((await vault.call({ key })).status).toBe(200);
    const refused = await eventually("the expiry", async () => {
      const response = await vault.call({ key });
      return response.status === 401 ? response : undefined;
    });
    expect(await errorOf(refused)).toMatchObject({ code: "key_ended" });
  });

  test("that is replaced works on through the overlap, as the new one does", async () => {
    const old = await make({ scopes: ["proxy"], name: "rotated" });
    const response = await vault.api("POST", `/v1/keys/${old.id}/rotate`, { overlapHours: 1 });
    expect(response.status).toBe(201);
    const made = (await response.json()) as MadeKey;
    expect(made).toMatchObject({ replaces: old.id, name: "rotated", scopes: ["proxy"] });
    expect((await vault.call({ key: old.key })).status).toBe(200);
    expect((await vault.call({ key: made.key })).status).toBe(200);
    const list = (await (await vault.api("GET", "/v1/keys")).json()) as { keys: MadeKey[] };
    const endsAt = Date.parse(list.keys.find(({ id }) => id === old.id)?.endsAt ?? "");
    expect(Math.abs(endsAt - Date.now() - 3_600_000)).toBeLessThan(60_000);
  });

  test("that is revoked is refused by winnow's API at once, and by an isolate in use within a minute", async () => {
    const { id, key } = await make({ scopes: ["proxy", "pull"] });
    expect((await vault.call({ key })).status).toBe(200);
    const revokedAtMs = Date.now();
    await vault.api("DELETE", `/v1/keys/${id}`);
    const listed = await fetch(`${vault.winnow.url}/v1/batches`, { headers: { "x-winnow-key": key } });
    expect(await errorOf(listed)).toMatchObject({ status: 401, code: "key_ended" });
    await eventually("the gateway to refuse it", async () =>
      (await vault.call({ key })).status === 401 ? true : undefined,
    );
    expect(Date.now() - revokedAtMs).toBeLessThan(60_000);
  });
});

describe("what cannot be made", () => {
  test.each([
    [{ scopes: [] }, "scopes"],
    [{ scopes: ["all"] }, "scopes"],
    [{}, "scopes"],
    [{ scopes: ["proxy"], app: "Not An App" }, "app"],
    [{ scopes: ["proxy"], expiresAt: "yesterday" }, "expiresAt"],
    [{ scopes: ["proxy"], expiresAt: "2020-01-01T00:00:00Z" }, "expiresAt"],
    [{ scopes: ["proxy"], extra: 1 }, "extra"],
  ])("is refused with the name of the field: %j", async (body, field) => {
    const error = await errorOf(await vault.api("POST", "/v1/keys", body));
    expect(error).toMatchObject({ status: 400, code: "bad_field" });
    expect(error.message).toContain(field);
  });

  test("a key that is not there is neither revoked nor replaced", async () => {
    expect((await vault.api("DELETE", "/v1/keys/nobody")).status).toBe(404);
    expect((await vault.api("POST", "/v1/keys/nobody/rotate", {})).status).toBe(404);
  });
});

/** Which of a provider's keys a call goes with: Worker secrets, chosen by the app's settings. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { ADMIN_KEY, startVault, type Vault } from "./vault-under-test.ts";

let vault: Vault;
beforeAll(async () => {
  vault = await startVault({
    secrets: {
      WINNOW_SECRET: "a secret for tests, of 32 characters or more",
      MINE_API_KEY: "sk-plain",
      MINE_API_KEY_TEAM_B: "sk-team-b",
    },
  });
});
afterAll(() => vault?.stop());

function callInPlace(): Promise<Response> {
  return fetch(`${vault.winnow.url}/mine/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${ADMIN_KEY}`, "content-type": "application/json" },
    body: "{}",
  });
}

test("the key that the settings name is used, by an isolate's very first call too", async () => {
  const put = await vault.api("PUT", "/v1/settings", { providerKeys: { mine: "TEAM_B" } });
  expect(put.status).toBe(200);
  expect((await callInPlace()).status).toBe(200);
  expect(vault.mine.asked.map(({ headers }) => headers.authorization)).toEqual(["Bearer sk-team-b"]);
});

test("a setting can name no secret but the provider's own", async () => {
  for (const providerKeys of [{ mine: "../WINNOW_SECRET" }, { mine: "" }, { mine: "team-b" }]) {
    const response = await vault.api("PUT", "/v1/settings", { providerKeys });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("providerKeys.mine");
  }
});

test("the settings are told as they are, with what was used today", async () => {
  const settings = await (await vault.api("GET", "/v1/settings")).json();
  expect(settings).toMatchObject({
    app: "demo",
    settings: { providerKeys: { mine: "TEAM_B" }, limits: {}, userIds: "hashed" },
    today: { day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/), tokens: expect.any(Number) },
  });
});

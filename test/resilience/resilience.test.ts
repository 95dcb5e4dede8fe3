/** Several tries of one call: only where they are asked for, each an exchange of its own, linked to the one before. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { CIRCUIT_FAILURES_MAX } from "../../shared/core/limits.ts";
import { eventually } from "../local/launch-stubs.ts";
import type { Reply } from "../vault/scripted-provider.ts";
import { SECRET, startVault, type Vault } from "../vault/vault-under-test.ts";

const FAILED: Reply = { status: 500 };
const BUSY: Reply = { status: 429, headers: { "retry-after-ms": "20" } };

let vault: Vault;
beforeAll(async () => {
  vault = await startVault({ secrets: { WINNOW_SECRET: SECRET, OTHER_API_KEY: "sk-other" } });
});
afterAll(() => vault?.stop());
beforeEach(async () => {
  vault.other.script([]);
  vault.mine.script([]);
  await vault.call({ headers: { "x-winnow-resilience": '{"retries":1}' } }); // a good answer closes the circuit
  vault.mine.script([]);
});

function callWith(resilience: object, options: { model?: string } = {}): Promise<Response> {
  return vault.call({ headers: { "x-winnow-resilience": JSON.stringify(resilience) }, ...options });
}

interface Row {
  id: string;
  parent: string | null;
  status: number;
  outcome: string;
  provider: string;
}

/** The try that was answered and those before it, the last first. */
async function triesOf(response: Response): Promise<Row[]> {
  const db = await vault.winnow.db();
  const rows: Row[] = [];
  for (let id = response.headers.get("x-winnow-id")?.split(".")[0] ?? null; id !== null; ) {
    const sought: string = id;
    const row = await eventually(`the row of ${sought}`, async () => {
      const sql = "select id, parent, status, outcome, provider from exchanges where id = ?";
      return db.prepare(sql).bind(sought).first<Row>();
    });
    rows.push(row);
    id = row.parent;
  }
  return rows;
}

describe("by default", () => {
  test.each([500, 429, 503])("a %s of the provider is passed on, and nothing is tried again", async (status) => {
    vault.mine.script([{ status }]);
    expect((await vault.call()).status).toBe(status);
    expect(vault.mine.asked).toHaveLength(1);
  });
});

describe("retries", () => {
  test("give the client the answer that came at last, and every try is kept and linked", async () => {
    vault.mine.script([FAILED, "reset"]);
    const response = await callWith({ retries: 2 });
    expect(response.status).toBe(200);
    expect(vault.mine.asked).toHaveLength(3);
    expect(new Set(vault.mine.asked.map(({ body }) => body)).size).toBe(1);
    const tries = await triesOf(response);
    expect(tries.map(({ status }) => status)).toEqual([200, 0, 500]);
    expect(tries.map(({ outcome }) => outcome)).toEqual(["complete", "upstream_error", "upstream_error"]);
  });

  test("end with the provider's own error when all fail", async () => {
    vault.mine.script([], { status: 503, body: { error: { message: "down for today" } } });
    const response = await callWith({ retries: 1 });
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ error: { message: "down for today" } });
    expect(vault.mine.asked).toHaveLength(2);
  });

  test("wait as long as the provider asks for", async () => {
    vault.mine.script([{ status: 429, headers: { "retry-after": "1" } }]);
    expect((await callWith({ retries: 1 })).status).toBe(200);
    const [first, second] = vault.mine.asked;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(990);
  });

  test("do not wait for a provider that asks for longer than anyone would", async () => {
    vault.mine.script([{ status: 429, headers: { "retry-after": "3600" } }]);
    expect((await callWith({ retries: 3 })).status).toBe(429);
    expect(vault.mine.asked).toHaveLength(1);
  });

  test.each([400, 401, 404, 422])("leave a %s alone: it would be the same again", async (status) => {
    vault.mine.script([{ status }]);
    expect((await callWith({ retries: 3 })).status).toBe(status);
    expect(vault.mine.asked).toHaveLength(1);
  });
});

describe("time-outs", () => {
  test("of a try end it, and the next one begins", async () => {
    vault.mine.script(["hang"]);
    const response = await callWith({ retries: 1, tryTimeoutMs: 200 });
    expect(response.status).toBe(200);
    expect((await triesOf(response)).map(({ status }) => status)).toEqual([200, 0]);
  });

  test("of all tries end the call with an error of the provider's shape", async () => {
    vault.mine.script([], "hang");
    const response = await callWith({ retries: 5, tryTimeoutMs: 200, totalTimeoutMs: 500 });
    expect(response.status).toBe(504);
    expect(response.headers.get("x-winnow-error")).toBe("upstream_timeout");
    expect(vault.mine.asked.length).toBeLessThanOrEqual(3);
  });
});

describe("a fallback", () => {
  const fallbacks = [{ provider: "other", models: { "gpt-4o-mini": "llama-3.3-70b" } }];

  test("is asked with its own key and its own name of the model when the provider fails", async () => {
    vault.mine.script([], FAILED);
    const response = await callWith({ fallbacks });
    expect(response.status).toBe(200);
    const [asked] = vault.other.asked;
    expect(asked?.path).toBe("/v1/chat/completions");
    expect(asked?.headers.authorization).toBe("Bearer sk-other");
    expect(JSON.parse(asked?.body ?? "")).toMatchObject({ model: "llama-3.3-70b", messages: [{ content: "Hello" }] });
    expect((await triesOf(response)).map(({ provider }) => provider)).toEqual(["other", "mine"]);
  });

  test("keeps a model's name that has no other", async () => {
    vault.mine.script([], FAILED);
    await callWith({ fallbacks }, { model: "gpt-5" });
    expect(JSON.parse(vault.other.asked[0]?.body ?? "")).toMatchObject({ model: "gpt-5" });
  });

  test("that fails too gives its own error", async () => {
    vault.mine.script([], FAILED);
    vault.other.script([], { status: 401, body: { error: { message: "other's no" } } });
    const response = await callWith({ fallbacks });
    expect([response.status, await response.json()]).toEqual([401, { error: { message: "other's no" } }]);
  });

  test("is asked at once while the provider's circuit is open", async () => {
    vault.mine.script([], FAILED);
    for (let call = 0; call < CIRCUIT_FAILURES_MAX; call++) await callWith({ fallbacks });
    expect(vault.mine.asked).toHaveLength(CIRCUIT_FAILURES_MAX);
    expect((await callWith({ fallbacks })).status).toBe(200);
    expect(vault.mine.asked).toHaveLength(CIRCUIT_FAILURES_MAX);
    expect((await vault.call()).status).toBe(500); // without a fallback the provider is asked all the same
  });

  test("is not asked for what a busy provider may take a moment later", async () => {
    vault.mine.script([BUSY]);
    expect((await callWith({ retries: 1, fallbacks })).status).toBe(200);
    expect(vault.other.asked).toHaveLength(0);
  });
});

test.each(["{", "[]", '{"retries":99}', '{"unknown":1}'])(
  "a header that cannot be used changes nothing: %s",
  async (header) => {
    vault.mine.script([FAILED]);
    const response = await vault.call({ headers: { "x-winnow-resilience": header } });
    expect(response.status).toBe(500);
    expect(response.headers.get("x-winnow-warning")).toContain("x-winnow-resilience");
    expect(vault.mine.asked).toHaveLength(1);
    expect(vault.mine.asked[0]?.headers).not.toHaveProperty("x-winnow-resilience");
  },
);

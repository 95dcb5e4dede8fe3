/** What `npm start` reads, and what it refuses. */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { verifyKey } from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import { readLocalSettings, SettingError } from "../../workers/local/local-settings.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "winnow-settings-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

function read(environment: Record<string, string> = {}) {
  return readLocalSettings({ environment, root });
}

describe(".dev.vars", () => {
  const file = () => join(root, ".dev.vars");

  test("is made on the first start, for its owner alone, and gives the same key ever after", async () => {
    const first = await read();
    expect(await readFile(file(), "utf8")).toMatch(/^WINNOW_SECRET=[0-9a-f]{64}\n$/);
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    expect(await read()).toEqual(first);
    expect(first.secrets.LOCAL_KEY).toBe(first.key);
  });

  test("keeps what is in it, and is completed where it lacks the secret", async () => {
    await writeFile(file(), "OPENAI_API_KEY=sk-1");
    const { secrets } = await read();
    expect(await readFile(file(), "utf8")).toMatch(/^OPENAI_API_KEY=sk-1\nWINNOW_SECRET=[0-9a-f]{64}\n$/);
    expect(secrets.OPENAI_API_KEY).toBe("sk-1");
  });

  test("is not made where the environment has a secret", async () => {
    await read({ WINNOW_SECRET: SECRET });
    await expect(stat(file())).rejects.toThrow("ENOENT");
  });

  test("gives way to the environment", async () => {
    await writeFile(file(), `WINNOW_SECRET=${"f".repeat(64)}\nOPENAI_API_KEY=sk-1\nPORT=1`);
    const { secrets, port } = await read({ WINNOW_SECRET: SECRET, OPENAI_API_KEY: "sk-2", PORT: "2" });
    expect({ ...secrets, port }).toMatchObject({ WINNOW_SECRET: SECRET, OPENAI_API_KEY: "sk-2", port: 2 });
  });
});

describe("the settings", () => {
  test("have defaults", async () => {
    const { port, stateDir, providers, key, secrets } = await read({ WINNOW_SECRET: SECRET });
    expect({ port, stateDir, providers }).toEqual({
      port: 8787,
      stateDir: join(root, ".winnow", "state"),
      providers: {},
    });
    expect(await verifyKey(key, new MacSigner(SECRET))).toEqual({
      app: "demo",
      keyId: "local",
      scopes: ["proxy", "feedback", "pull", "admin"],
    });
    expect(secrets).toEqual({ WINNOW_SECRET: SECRET, LOCAL_KEY: key });
  });

  test("pass provider keys and Upstash on to the Workers, and nothing else", async () => {
    const passed = {
      MISTRAL_API_KEY: "a",
      WORKERS_AI_API_KEY: "b",
      UPSTASH_REDIS_REST_URL: "c",
      UPSTASH_REDIS_REST_TOKEN: "d",
    };
    const { secrets, key } = await read({ ...passed, WINNOW_SECRET: SECRET, HOME: "/root", EMPTY_API_KEY: "" });
    expect(secrets).toEqual({ ...passed, WINNOW_SECRET: SECRET, LOCAL_KEY: key });
  });

  test("take a key, a folder and providers as they are given", async () => {
    const providers = { mine: { baseUrl: "http://127.0.0.1:9/v1", format: "anthropic" } };
    const given = { WINNOW_KEY: "wk_my-own-key", STATE_DIR: "/data", PORT: "0", PROVIDERS: JSON.stringify(providers) };
    const settings = await read({ ...given, WINNOW_SECRET: SECRET });
    expect(settings).toMatchObject({ key: "wk_my-own-key", stateDir: "/data", port: 0, providers });
  });

  test.each([
    ["PORT", "abc", 'PORT is "abc"'],
    ["PORT", " ", 'PORT is " "'],
    ["PORT", "-1", 'PORT is "-1"'],
    ["PORT", "65536", 'PORT is "65536"'],
    ["PORT", "8787.5", 'PORT is "8787.5"'],
    ["WINNOW_KEY", "sk-not-ours", "WINNOW_KEY is not of the form of a key"],
    ["WINNOW_KEY", "wk_short", "WINNOW_KEY is not of the form of a key"],
    ["WINNOW_SECRET", "short", "WINNOW_SECRET has 5 characters"],
    ["PROVIDERS", "{", "PROVIDERS is not JSON"],
    ["PROVIDERS", '{"v1":{"baseUrl":"http://127.0.0.1"}}', 'PROVIDERS: "v1" is a path of winnow\'s own'],
    ["PROVIDERS", '{"x":{"baseUrl":"nowhere"}}', "PROVIDERS: x.baseUrl"],
  ])("refuse %s=%s", async (name, value, message) => {
    const refused = await read({ WINNOW_SECRET: SECRET, [name]: value }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SettingError);
    expect(String(refused)).toContain(message);
  });
});

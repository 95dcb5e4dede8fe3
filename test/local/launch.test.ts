/** The launch itself: what the four Workers share, what they are given, what is there afterwards. */
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Winnow } from "../../workers/local/launch.ts";
import { eventually, launchStubs, SECRET, STUBS, stub } from "./launch-stubs.ts";

async function textOf(winnow: Winnow, key: string): Promise<string | undefined> {
  const object = await (await winnow.bucket()).get(key);
  return object?.text();
}

async function json(address: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(address, init);
  expect(response.status).toBe(200);
  return response.json();
}

/** Merged into the configs of all who ask providers. */
const PROVIDERS = JSON.stringify({ mine: { baseUrl: "http://127.0.0.1:9", format: "openai" } });

describe("the four Workers", () => {
  let winnow: Winnow;
  const lines: string[] = [];

  beforeAll(async () => {
    winnow = await launchStubs({
      secrets: { WINNOW_SECRET: SECRET, LOCAL_KEY: "wk_test", MINE_API_KEY: undefined },
      providers: { mine: { baseUrl: "http://127.0.0.1:9", format: "openai" } },
      vars: { FLAG: "on" },
      log: (line) => lines.push(line),
    });
  });
  afterAll(() => winnow.stop());

  test("share a queue and a bucket: what the gateway sends, ingest takes in", async () => {
    await fetch(`${winnow.url}/send?text=hello`);
    await eventually("the message", () => textOf(winnow, "winnow-capture/hello"));
  });

  test("lead a message that keeps failing to the dead-letter queue", async () => {
    await fetch(`${winnow.url}/send?text=never`);
    await eventually("the dead letter", () => textOf(winnow, "winnow-dead/never"));
    expect(lines.join("\n")).toContain('to dead letter queue "winnow-dead" after 5 failed attempts');
  });

  test("start a night in the curator from the console, by the gateway's service binding", async () => {
    const night = `${winnow.url}/console/night?id=one&pauseMs=10`;
    expect((await fetch(night, { method: "POST" })).status).toBe(202);
    const status = await eventually("the night", async () => {
      const seen = (await json(night)) as { status: string; output: object };
      return seen.status === "complete" ? seen : undefined;
    });
    expect(status.output).toEqual({ WINNOW_SECRET: SECRET, LOCAL_KEY: "wk_test", FLAG: "on", PROVIDERS });
    expect(await textOf(winnow, "second")).toBe("done");
  });

  test("are given the secrets and variables, and nothing of the machine's", async () => {
    const given = { WINNOW_SECRET: SECRET, LOCAL_KEY: "wk_test", FLAG: "on", PROVIDERS };
    expect(await json(`${winnow.url}/variables`)).toEqual(given);
    expect(await json(`${winnow.url}/console/variables`)).toEqual(given);
  });

  test("have a database with every migration applied, in wrangler's own table", async () => {
    const tables = await json(`${winnow.url}/console/tables`);
    expect(tables).toContainEqual({ name: "0001_first.sql" });
    const { results } = await (await winnow.db()).prepare("select name from d1_migrations").all();
    expect(results).toEqual(tables);
  });

  test("have crons that are fired by hand, as their config spells them", async () => {
    const at = new Date("2026-11-23T03:15:00Z");
    await winnow.scheduled("ingest", undefined, at);
    const seen = JSON.parse((await textOf(winnow, "cron")) ?? "");
    expect(seen).toMatchObject({ cron: "*/5 * * * *", scheduledTime: at.getTime(), variables: { FLAG: "on" } });
    await expect(winnow.scheduled("ingest", "fail")).rejects.toThrow("cron of ingest");
  });
});

describe("the gateway's address", () => {
  let winnow: Winnow;
  beforeAll(async () => {
    winnow = await launchStubs();
  });
  afterAll(() => winnow.stop());

  test("passes headers on as they came", async () => {
    const headers = (await json(`${winnow.url}/headers`, { headers: { "accept-encoding": "identity" } })) as object;
    expect(headers).toMatchObject({ "accept-encoding": "identity", host: new URL(winnow.url).host });
    expect(Object.keys(headers).filter((name) => /^(mf|cf)-/.test(name))).toEqual([]);
  });

  test("lets each chunk through as it comes", async () => {
    const response = await fetch(`${winnow.url}/drip?pauseMs=40`);
    const seen: string[] = [];
    for await (const chunk of response.body ?? []) seen.push(Buffer.from(chunk).toString());
    expect(seen.join("")).toBe(Array.from({ length: 10 }, (_, index) => `chunk ${index}\n`).join(""));
    expect(seen.length).toBeGreaterThan(5); // two may come together on a busy machine
  });

  test("tells the Worker when the client leaves", async () => {
    const abort = new AbortController();
    const response = await fetch(`${winnow.url}/drip?pauseMs=200`, { signal: abort.signal });
    await response.body?.getReader().read();
    abort.abort();
    await eventually("the abort", () => textOf(winnow, "client-left"));
  });
});

describe("a launch", () => {
  test("refuses a port that is taken, and leaves nothing behind", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    const { port } = holder.address() as AddressInfo;
    await expect(launchStubs({ port })).rejects.toThrow(/address already in use/i);
    await new Promise((resolve) => holder.close(resolve));
    const winnow = await launchStubs({ port }); // as nothing was left, the port is free
    expect(winnow.url).toBe(`http://127.0.0.1:${port}`);
    await winnow.stop();
    await winnow.stop();
    await expect(fetch(winnow.url)).rejects.toThrow();
  });

  test("names the Worker that does not load", async () => {
    const entries = { ...STUBS, ingest: stub("broken") };
    await expect(launchStubs({ entries })).rejects.toThrow(/winnow-ingest/);
  });

  test("names the file that cannot be bundled", async () => {
    const entries = { ...STUBS, ingest: stub("not-there") };
    await expect(launchStubs({ entries })).rejects.toThrow(/not-there\.ts/);
  });
});

describe("with a stateDir", () => {
  let stateDir: string;
  beforeAll(async () => {
    stateDir = await mkdtemp(join(tmpdir(), "winnow-test-"));
  });
  afterAll(() => rm(stateDir, { recursive: true, force: true }));

  test("data, messages on their way and nights under way outlive a stop", async () => {
    const before = await launchStubs({ stateDir });
    await (await before.bucket()).put("kept", "yes");
    const night = "/console/night?id=long&pauseMs=15000";
    await fetch(before.url + night, { method: "POST" });
    await eventually("the first step", () => textOf(before, "first"));
    await fetch(`${before.url}/send?text=late`);
    await before.stop();

    const after = await launchStubs({ stateDir });
    expect(await textOf(after, "kept")).toBe("yes");
    expect(await textOf(after, "winnow-capture/late")).toBe("1");
    expect(await textOf(after, "second")).toBeUndefined();
    await eventually("the night's end", () => textOf(after, "second"));
    expect(await textOf(after, "first")).toBe("x");
    const { results } = await (await after.db()).prepare("select name from d1_migrations").all<{ name: string }>();
    expect(new Set(results.map(({ name }) => name)).size).toBe(results.length);
    await after.stop();
  });
});

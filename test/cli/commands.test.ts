/** status, keys and run against the real Workers; and what every command says when it is used wrongly. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyWith, launchWithBatches, type Pulled } from "../pull/pulled-winnow.ts";
import { api } from "../whole-way/captures.ts";
import { cli, cliOf } from "./cli-run.ts";

let pulled: Pulled;
let winnow: ReturnType<typeof cliOf>;

beforeAll(async () => {
  pulled = await launchWithBatches();
  winnow = cliOf(pulled.winnow, await keyWith("admin", "pull"));
}, 240_000);
afterAll(() => pulled?.winnow.stop());

describe("winnow status", () => {
  test("shows health, the last runs and their batches, the newest first", async () => {
    const run = await winnow(["status", "--json"]);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    const named = (name: string) => run.events.filter(({ event }) => event === name);
    expect(named("health")).toMatchObject([{ losses: {}, deadLetters: 0, spill: { objects: 0 } }]);
    expect(named("run").map(({ status, startedBy }) => [status, startedBy])).toEqual([
      ["done", "api"],
      ["done", "api"],
    ]);
    expect(named("batch").map(({ batch }) => batch)).toEqual(pulled.batches.toReversed());
    const { stdout } = await winnow(["status"]);
    expect(stdout).toMatch(/lost in 30 days {2}nothing/);
    for (const batch of pulled.batches) expect(stdout).toContain(batch);
  });

  test("lists runs of its own app and of all apps alone, and no more than is asked for", async () => {
    const db = await pulled.winnow.db();
    const insert =
      "insert into runs (id, status, started_by, app, from_ms, to_ms, created_at_ms) values (?, 'done', 'cron', ?, 0, 1, ?)";
    await db.batch([db.prepare(insert).bind("of-all", null, 1), db.prepare(insert).bind("of-another", "other", 2)]);
    const listed = async (query: string) => {
      const { runs } = (await (await api(pulled.winnow, `/v1/runs${query}`)).json()) as { runs: { id: string }[] };
      return runs.map(({ id }) => id);
    };
    expect((await listed("")).at(-1)).toBe("of-all");
    expect(await listed("")).not.toContain("of-another");
    expect(await listed("?limit=1")).toHaveLength(1);
    expect((await api(pulled.winnow, "/v1/runs?limit=51")).status).toBe(400);
  });
});

describe("winnow keys", () => {
  test("makes a key that works, shows it alone on stdout, and ends it", async () => {
    const made = await winnow(["keys", "create", "--scopes", "pull,feedback", "--name", "nightly"]);
    const key = made.stdout.trim();
    expect(made).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("not shown again") });
    expect(made.stderr).not.toContain(key);
    const works = async () => (await api(pulled.winnow, "/v1/batches", { key })).status;
    expect(await works()).toBe(200);
    const { events } = await winnow(["keys", "list", "--json"]);
    const listed = events.find(({ name }) => name === "nightly");
    expect(listed).toMatchObject({ scopes: ["pull", "feedback"], active: true });
    expect(JSON.stringify(events)).not.toContain(key);
    expect((await winnow(["keys", "revoke", String(listed?.id)])).exitCode).toBe(0);
    expect(await works()).toBe(401);
    expect((await winnow(["keys", "list"])).stdout).toMatch(/nightly.*ended/);
  });

  test("puts another key in the place of one", async () => {
    const { events } = await winnow(["keys", "create", "--scopes", "proxy", "--json"]);
    const rotated = await winnow(["keys", "rotate", String(events[0]?.id), "--overlap-hours", "0", "--json"]);
    expect(rotated.events).toMatchObject([{ event: "key", replaces: events[0]?.id, scopes: ["proxy"] }]);
    const gone = await winnow(["keys", "rotate", "nobody"]);
    expect(gone).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("no key nobody") });
  });
});

describe("winnow run", () => {
  test("starts the night and says which; with --wait tells what became of each exchange", async () => {
    const started = await winnow(["run", "--task", "mail"]);
    expect(started).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^[0-9a-f-]{36}\n$/) });
    const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
    const args = ["run", "--task", "parcels", "--from", "2026-01-01T00:00:00Z", "--maturation-hours", "0", "--wait"];
    const ended = await winnow([...args, "--json"], { wait });
    expect(ended.exitCode).toBe(0);
    const end = ended.events.find(({ event }) => event === "run");
    expect(end).toMatchObject({ status: "done", funnel: { window: 4, exported_before: expect.any(Number) } });
    const { stdout } = await winnow(args, { wait });
    expect(stdout).toMatch(/: done\n +4 {2}exchanges in the window\n/);
    expect(stdout).toMatch(/^batch [0-9a-f-]{36} {2}parcels {2}/m);
  });

  test("hands the server's words on when a window makes no sense", async () => {
    const args = ["run", "--from", "2026-02-01T00:00:00Z", "--to", "2026-01-01T00:00:00Z"];
    expect(await winnow(args)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("to: is not after from") });
  });

  test("stops waiting after its time, and says that nothing is lost", async () => {
    let nowMs = 0;
    const running: typeof fetch = async (_input, init) =>
      init?.method === "POST"
        ? Response.json({ id: "r1" }, { status: 202 })
        : Response.json({ id: "r1", status: "running", funnel: {}, batches: [] });
    const run = await winnow(["run", "--wait", "--timeout-minutes", "5"], {
      fetch: running,
      nowMs: () => nowMs,
      wait: async (ms) => {
        nowMs += ms;
      },
    });
    expect(run).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("still runs after 5 minutes") });
  });
});

describe("used wrongly, a command", () => {
  test.each([
    [["status"], {}, "no address: set WINNOW_URL"],
    [["status", "--url", "winnow.example"], {}, "is no address"],
    [["status", "--url", "https://u:p@winnow.example"], {}, "holds a user"],
    [["status", "--url", "https://winnow.example"], {}, "no key: set WINNOW_KEY"],
    [["status", "--url", "https://winnow.example", "--key", "sk-other"], {}, "not a winnow key"],
    [["status"], { WINNOW_URL: "https://winnow.example", WINNOW_KEY: "wk_a\nb" }, "not a winnow key"],
    [["pull", "--out", "x"], {}, "from where on?"],
    [["pull", "--all"], {}, "required option '--out"],
    [["pull", "--all", "--consumer", "a", "--out", "x"], {}, "cannot be used with"],
    [["pull", "--consumer", "a b", "--out", "x"], {}, "1 to 64 of letters"],
    [["pull", "--all", "--out", "x", "--format", "openai", "--file", "kto"], {}, "openai has no form for kto"],
    [["keys", "create", "--scopes", "root"], {}, "root is none of"],
    [["run", "--maturation-hours", "-1"], {}, "is a number"],
    [["import", "/no/such/file"], {}, "is not there"],
    [["imprt"], {}, "unknown command"],
  ])("%j says what to do, with exit code 2", async (args, env, message) => {
    const run = await cli(args, { env });
    expect(run).toMatchObject({ exitCode: 2, stdout: "" });
    expect(run.stderr).toContain(message);
  });

  test("tells programs of it, too", async () => {
    const run = await cli(["pull", "--json"]);
    expect(run).toMatchObject({ exitCode: 2, events: [{ event: "error", code: "usage", exitCode: 2 }] });
    expect((await cli(["pull", "--help"])).exitCode).toBe(0);
  });

  test("says that the key lacks a scope, in the server's words and never with the key", async () => {
    const key = await keyWith("proxy");
    const run = await cliOf(pulled.winnow, key)(["status", "--json"]);
    expect(run.exitCode).toBe(1);
    expect(run.events).toMatchObject([{ event: "error", code: "scope_missing" }]);
    expect(run.stderr + run.stdout).not.toContain(key);
  });

  test("does not follow a redirect, with which the key would go", async () => {
    const asked: string[] = [];
    const redirect: typeof fetch = async (input) => {
      asked.push(String(input));
      return new Response(null, { status: 302, headers: { location: "https://elsewhere.example/" } });
    };
    const run = await winnow(["keys", "list"], { fetch: redirect });
    expect(run).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("redirects (status 302)") });
    expect(asked).toEqual([`${pulled.winnow.url}/v1/keys`]);
  });

  test("shows no control characters of what comes from elsewhere", async () => {
    const message = "red \u001b[31m and \u202e turned";
    const hostile: typeof fetch = async () => Response.json({ error: { code: "internal", message } }, { status: 500 });
    const run = await winnow(["keys", "list"], { fetch: hostile });
    expect(run.stderr).toBe("winnow: red \uFFFD[31m and \uFFFD turned\n");
  });

  test("warns where the key goes over a network in clear", async () => {
    const answer: typeof fetch = async () => Response.json({ keys: [] });
    const run = await cli(["keys", "list"], {
      fetch: answer,
      env: { WINNOW_URL: "http://winnow.example", WINNOW_KEY: "wk_test" },
    });
    expect(run).toMatchObject({ exitCode: 0, stderr: expect.stringContaining("without encryption") });
  });
});

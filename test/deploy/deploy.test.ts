/** `npm run deploy` with the real wrangler: from nothing, again, after a failure, staging beside production, and back. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { makeKey } from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import { migrationFiles } from "../../workers/deploy/what-is-there.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { ROOT } from "../house/source-files.ts";
import { SECRET, type Stage, setStage } from "./deploying.ts";

// wrangler bundles each Worker anew: a dozen times in all
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const NAMES = ["winnow-ingest", "winnow-curator", "winnow-console", "winnow-gateway"];
const ADDRESS = "https://winnow-gateway.acme.workers.dev";

let winnow: Winnow;
const stages: Stage[] = [];

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
});
afterAll(async () => {
  await winnow?.stop();
  for (const stage of stages) await stage.stop();
});

async function newStage(): Promise<Stage> {
  const stage = await setStage();
  stages.push(stage);
  stage.answer = (path, init) => fetch(winnow.url + path, init);
  return stage;
}

function ready(stage: Stage): string | undefined {
  return stage.lines.findLast((line) => line.startsWith("winnow ready: "));
}

describe("from nothing", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await newStage();
    await stage.run({ app: "first" });
  });

  let key = "";

  test("it ends with the address and a key that works and is listed", async () => {
    [, key = ""] = /^winnow ready: \S+ key (wk_first_\S+)$/.exec(ready(stage) ?? "") ?? [];
    expect(ready(stage)).toBe(`winnow ready: ${ADDRESS} key ${key}`);
    const listed = await fetch(`${winnow.url}/v1/keys`, { headers: { "x-winnow-key": key } });
    const { keys } = (await listed.json()) as { keys: { id: string; scopes: string[] }[] };
    expect(keys).toMatchObject([{ name: "made by the deployment", scopes: ["proxy", "feedback", "pull", "admin"] }]);
  });

  test("the account has what the Workers are bound to, and the migrations have run", () => {
    const { databases, buckets, queues } = stage.cloudflare;
    expect([...databases.keys(), ...buckets]).toEqual(["winnow", "winnow"]);
    const rows = databases.get("winnow")?.sqlite.prepare("select name from d1_migrations order by id").all();
    expect(rows?.map(({ name }) => name)).toEqual(migrationFiles(ROOT));
    const consumers = [...queues].map(([name, { consumers: all }]) => [name, ...all.map(({ script }) => script)]);
    expect(consumers).toEqual([
      ["winnow-dead", "winnow-ingest"],
      ["winnow-capture", "winnow-ingest"],
    ]);
    expect(queues.get("winnow-capture")?.consumers[0]).toMatchObject({ dead_letter_queue: "winnow-dead" });
  });

  test("the Workers came in an order in which each found what it is bound to, all with the one secret", () => {
    const { scripts, workflows } = stage.cloudflare;
    expect([...scripts.keys()]).toEqual(NAMES);
    for (const { secrets } of scripts.values()) expect(secrets.get("WINNOW_SECRET")).toBe(SECRET);
    expect(scripts.get("winnow-curator")?.crons).toEqual(["17 3 * * *"]);
    expect(Object.fromEntries(workflows)).toMatchObject({
      "winnow-night": { script_name: "winnow-curator", class_name: "Night" },
      "winnow-deliver": { script_name: "winnow-curator", class_name: "Deliver" },
    });
  });

  test("the gateway alone can be reached from outside", () => {
    const open = [...stage.cloudflare.scripts].filter(([, { subdomain }]) => subdomain).map(([name]) => name);
    expect(open).toEqual(["winnow-gateway"]);
  });

  test("the secret is kept where its owner alone reads it, and is said nowhere", () => {
    const file = join(stage.root, ".winnow", "deploy", "production.env");
    expect(readFileSync(file, "utf8")).toBe(`WINNOW_SECRET=${SECRET}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(stage.lines.join("\n")).not.toContain(SECRET);
  });

  test("a second time makes nothing twice, asks for no other key, and gives each Worker a new version", async () => {
    const { cloudflare } = stage;
    const before = cloudflare.asked.length;
    stage.lines.length = 0;
    await stage.run({ app: "first" });
    const changes = cloudflare.asked
      .slice(before)
      .filter(({ method, path }) => method === "POST" && /^\/(d1|r2|queues)/.test(path));
    expect(changes).toEqual([]);
    expect(ready(stage)).toBe(`winnow ready: ${ADDRESS}`);
    expect(stage.lines).toContain("app first has 1 keys that work; --new-key makes another one");
    for (const { versions, secrets } of cloudflare.scripts.values()) {
      expect(versions).toHaveLength(2);
      expect(secrets.get("WINNOW_SECRET")).toBe(SECRET);
    }
  });

  test("the key can be ended", async () => {
    const keyId = key.split("_")[2];
    const ended = await fetch(`${winnow.url}/v1/keys/${keyId}`, { method: "DELETE", headers: { "x-winnow-key": key } });
    expect(await ended.json()).toMatchObject({ active: false });
  });

  test("it goes back, Worker by Worker, and once more goes further back; the database stays", async () => {
    const { scripts } = stage.cloudflare;
    const live = () =>
      [...scripts.values()].map(({ versions, deployments }) => {
        return versions.find(({ id }) => id === deployments[0]?.versionId)?.number;
      });
    for (const { versions, deployments } of scripts.values()) {
      versions.push({ id: "earlier", number: 0, bindings: [], modules: [], annotations: {} });
      deployments.push({ id: "earlier", versionId: "earlier", message: undefined });
    }
    const from = stage.cloudflare.asked.length;
    await stage.run({ rollback: true });
    expect(live()).toEqual([1, 1, 1, 1]);
    await stage.run({ rollback: true });
    expect(live()).toEqual([0, 0, 0, 0]);
    await expect(stage.run({ rollback: true })).rejects.toThrow(/winnow-gateway, .*no version before this one/);
    const posts = stage.cloudflare.asked.slice(from).filter(({ method }) => method !== "GET");
    expect(posts.slice(0, 4).map(({ path }) => path)).toEqual(
      NAMES.toReversed().map((name) => `/workers/scripts/${name}/deployments`),
    );
  });
});

describe("half-way", () => {
  const wanted = { app: "second", newKey: true };
  let stage: Stage;
  beforeAll(async () => {
    stage = await newStage();
    const key = await makeKey({ app: "second", keyId: "k0", scopes: ["admin"] }, new MacSigner(SECRET));
    const body = JSON.stringify({ name: "by hand", scopes: ["admin"] });
    const made = await fetch(`${winnow.url}/v1/keys`, { method: "POST", headers: { "x-winnow-key": key }, body });
    expect(made.status).toBe(201);
  });

  test("a failure says what failed, what wrangler said, and that the same command goes on", async () => {
    stage.cloudflare.failNext = { method: "PUT", path: /\/workers\/scripts\/winnow-curator$/ };
    await expect(stage.run(wanted)).rejects.toThrow(
      /deploying winnow-curator failed[\s\S]*the same command goes on[\s\S]*the stand-in fails this one/,
    );
    expect([...stage.cloudflare.scripts.keys()]).toEqual(["winnow-ingest"]);
  });

  test("the same command goes on with the same secret, and makes nothing twice", async () => {
    await stage.run(wanted);
    const { scripts, databases, queues } = stage.cloudflare;
    expect([databases.size, queues.size]).toEqual([1, 2]);
    for (const name of NAMES) expect(scripts.get(name)?.secrets.get("WINNOW_SECRET")).toBe(SECRET);
    expect(ready(stage)).toContain(" key wk_second_"); // beside the one that it had
  });

  test("a deployment that reached one Worker alone is taken back from that one alone", async () => {
    stage.cloudflare.failNext = { method: "POST", path: /\/workers\/scripts\/winnow-curator\/versions$/ };
    await expect(stage.run({ app: "second" })).rejects.toThrow("deploying winnow-curator failed");
    stage.lines.length = 0;
    await stage.run({ rollback: true });
    expect(stage.lines.filter((line) => line.startsWith("goes back"))).toEqual([
      expect.stringMatching(/^goes back {2}winnow-ingest to version 2 /),
    ]);
  });
});

describe("staging", () => {
  test("has everything of its own beside production, by the same code", async () => {
    const stage = await newStage();
    await stage.run({ environment: "staging", app: "third" });
    const { databases, buckets, queues, scripts, workflows } = stage.cloudflare;
    const names = [databases, buckets, queues, scripts, workflows].flatMap((all) => [...all.keys()]);
    expect(names.filter((name) => !/^winnow(-[a-z]+)?-staging$/.test(name))).toEqual([]);
    expect(names).toHaveLength(1 + 1 + 2 + 4 + 2);
    expect(stage.lines).toContain("asked https://winnow-gateway-staging.acme.workers.dev");
    expect(existsSync(join(stage.root, ".winnow", "deploy", "staging.env"))).toBe(true);
    const limits = scripts
      .get("winnow-gateway-staging")
      ?.versions[0]?.bindings.filter(({ type }) => type === "ratelimit");
    expect(limits).toHaveLength(6);
    expect(limits?.map(({ namespace_id }) => namespace_id)).not.toContain("4701"); // whose counters are production's
  });
});

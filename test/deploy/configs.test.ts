/** The configs that are deployed are the Workers' own, but for the names, the paths and the database. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Unstable_Config, unstable_readConfig } from "wrangler";
import { configFor } from "../../workers/deploy/configs.ts";
import { targetOf, WORKERS } from "../../workers/deploy/target.ts";
import { BUCKET, DATABASE, QUEUES } from "../../workers/deploy/what-is-there.ts";
import { ROOT, readText } from "../house/source-files.ts";

const DATABASE_ID = "11111111-2222-4333-8444-555555555555";
const folder = mkdtempSync(join(tmpdir(), "winnow-configs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(path: string): Unstable_Config {
  return unstable_readConfig({ config: path }, { hideWarnings: true });
}

function deployed(options: {
  worker: (typeof WORKERS)[number];
  environment?: string;
  domain?: string;
  providers?: string;
  dataset?: string;
}) {
  const { worker, environment, domain, providers, dataset } = options;
  const path = join(folder, `${worker.name}.toml`);
  const up = join(ROOT, dirname(worker.config));
  const values = { databaseId: DATABASE_ID, providers, domain, dataset };
  const target = targetOf(environment);
  writeFileSync(path, configFor({ worker: worker.name, text: readText(worker.config), up, target, values }));
  return read(path);
}

/** What is said to be different, made the same. */
function comparable(config: Unstable_Config, suffix: string): object {
  const { configPath: _1, userConfigPath: _2, workers_dev: _3, preview_urls: _4, routes: _5, ...rest } = config;
  const {
    definedEnvironments: _6,
    topLevelName: _7,
    tsconfig: _8,
    ratelimits,
    ...same
  } = rest as Record<string, unknown>;
  const text = JSON.stringify({
    ...same,
    ratelimits: (ratelimits as object[] | undefined)?.map((one) => ({ ...one, namespace_id: "" })),
  }).replaceAll(DATABASE_ID, "00000000-0000-0000-0000-000000000001");
  return JSON.parse(
    suffix === "" ? text : text.replaceAll(new RegExp(`"(winnow(?:-[a-z]+)?)${suffix}"`, "g"), '"$1"'),
  ) as object;
}

test.each(WORKERS)("$name: nothing else is different in production", (worker) => {
  const own = comparable(read(ROOT + worker.config), "") as { d1_databases: { migrations_dir: string }[] };
  const made = comparable(deployed({ worker }), "") as typeof own;
  for (const { d1_databases } of [own, made]) for (const database of d1_databases) database.migrations_dir = "";
  expect(made).toEqual(own);
});

test.each(WORKERS)("$name: in staging every name of ours has its ending", (worker) => {
  const made = deployed({ worker, environment: "staging" });
  const names = JSON.stringify({ ...made, configPath: "", userConfigPath: "", main: "" }).match(/"winnow[^"]*"/g) ?? [];
  expect(names.length).toBeGreaterThan(2);
  expect(names.filter((name) => !/^"winnow(-[a-z]+)?-staging"$/.test(name))).toEqual([]);
});

test("the resources that are made are those of the configs", () => {
  const configs = WORKERS.map(({ config }) => read(ROOT + config));
  const unique = (names: (string | undefined)[]) => [...new Set(names)].sort();
  expect(unique(configs.flatMap((one) => one.d1_databases.map((database) => database.database_name)))).toEqual([
    DATABASE,
  ]);
  expect(unique(configs.flatMap((one) => one.r2_buckets.map((bucket) => bucket.bucket_name)))).toEqual([BUCKET]);
  const queues = configs.flatMap(({ queues: { producers = [], consumers = [] } }) => [...producers, ...consumers]);
  expect(unique(queues.map(({ queue }) => queue))).toEqual([...QUEUES].sort());
});

test("a domain takes the place of the workers.dev address, for the gateway alone; PROVIDERS reaches all who read it", () => {
  const providers = '{"mine":{"baseUrl":"https://llm.example/\\"quoted\\"","format":"openai"}}';
  for (const worker of WORKERS) {
    const made = deployed({ worker, domain: "llm.example.com", providers });
    const isGateway = worker.name === "gateway";
    expect(made.workers_dev).toBe(false);
    expect(made.routes).toEqual(isGateway ? [{ pattern: "llm.example.com", custom_domain: true }] : undefined);
    const own = read(ROOT + worker.config);
    expect(made.vars).toEqual("PROVIDERS" in own.vars ? { PROVIDERS: providers } : {});
  }
});

test("a dataset for counters is bound to every Worker, where one is named", () => {
  for (const worker of WORKERS) {
    expect(deployed({ worker }).analytics_engine_datasets).toEqual([]);
    expect(deployed({ worker, dataset: "winnow" }).analytics_engine_datasets).toEqual([
      { binding: "COUNTERS", dataset: "winnow" },
    ]);
  }
});

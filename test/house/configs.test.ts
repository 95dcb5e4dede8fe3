/** The four Workers' configs say the same of what they share. */
import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { unstable_readConfig } from "wrangler";
import { ROOT, readJson, readText } from "./source-files.ts";

const PATHS = {
  gateway: "wrangler.toml",
  ingest: "workers/ingest/wrangler.toml",
  curator: "workers/curator/wrangler.toml",
  console: "workers/console/wrangler.toml",
} as const;
type Worker = keyof typeof PATHS;

/** Of a config, as wrangler reads it, what is looked at here. */
interface Config {
  name: string;
  main: string;
  compatibility_date: string;
  workers_dev?: boolean;
  secrets?: { required?: string[] };
  d1_databases: { binding: string; database_name: string; database_id: string; migrations_dir: string }[];
  r2_buckets: { binding: string; bucket_name: string }[];
  queues: {
    producers?: { binding: string; queue: string }[];
    consumers?: { queue: string; max_retries?: number; dead_letter_queue?: string }[];
  };
  workflows: { binding: string; name: string; class_name: string; script_name?: string }[];
  services?: { binding: string; service: string }[];
  triggers: { crons?: string[] };
}

const NAMES = Object.keys(PATHS) as Worker[];
const CONFIGS: Record<Worker, Config> = {
  gateway: readConfig("gateway"),
  ingest: readConfig("ingest"),
  curator: readConfig("curator"),
  console: readConfig("console"),
};
const { gateway, ingest, curator, console: pages } = CONFIGS;

function readConfig(name: Worker): Config {
  return unstable_readConfig({ config: ROOT + PATHS[name] }, { hideWarnings: true });
}

/** The value that all configs have. */
function agreed<T>(read: (config: Config) => T): T {
  const values = NAMES.map((name) => read(CONFIGS[name]));
  for (const value of values) expect(value).toEqual(values[0]);
  return values[0] as T;
}

describe("each Worker", () => {
  test.each(NAMES)("%s is called after its folder, and its entry lies there", (name) => {
    const config = CONFIGS[name];
    expect(config.name).toBe(`winnow-${name}`);
    expect(relative(ROOT, config.main)).toBe(`workers/${name}/index.ts`);
    expect(existsSync(config.main)).toBe(true);
  });

  test("runs by the same rules of the runtime, which the local workerd knows", () => {
    const date = agreed((config) => config.compatibility_date);
    expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
    const { version } = readJson<{ version: string }>("node_modules/workerd/package.json");
    const known = version.replace(/^1\.(\d{4})(\d\d)(\d\d)\..*$/, "$1-$2-$3"); // 1.20261023.1
    expect(date <= known, `${date} is after ${known}`).toBe(true);
  });

  test("needs the same secret by the same name, where it has one", () => {
    for (const name of NAMES) {
      const required = CONFIGS[name].secrets?.required ?? [];
      expect(required.filter((secret) => secret !== "WINNOW_SECRET")).toEqual([]);
    }
    expect(gateway.secrets?.required).toEqual(pages.secrets?.required); // what one signs the other verifies
  });
});

describe("the storage", () => {
  test("is one D1 database, under one name", () => {
    const [database, ...rest] = agreed((config) =>
      config.d1_databases.map(({ binding, database_name, database_id }) => ({ binding, database_name, database_id })),
    );
    expect(rest).toEqual([]);
    expect(database?.binding).toBe("DB");
    expect(database?.database_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.each(NAMES)("is made by migrations/, says %s", (name) => {
    const from = dirname(ROOT + PATHS[name]);
    const [database] = CONFIGS[name].d1_databases;
    expect(resolve(from, database?.migrations_dir ?? "nowhere")).toBe(resolve(ROOT, "migrations"));
  });

  test("is one R2 bucket, under one name", () => {
    const buckets = agreed((config) => config.r2_buckets.map(({ binding, bucket_name }) => ({ binding, bucket_name })));
    expect(buckets).toEqual([{ binding: "STORE", bucket_name: "winnow" }]);
  });
});

describe("the queues", () => {
  const consumers = NAMES.flatMap((name) => (CONFIGS[name].queues.consumers ?? []).map((one) => ({ ...one, name })));
  const consumerOf = (queue: string | undefined) => consumers.filter((consumer) => consumer.queue === queue);
  const producers = NAMES.flatMap((name) => (CONFIGS[name].queues.producers ?? []).map((one) => ({ ...one, name })));

  test("have two producers, the gateway and the console, of one queue, which ingest consumes", () => {
    expect(producers.map(({ name, binding }) => ({ name, binding }))).toEqual([
      { name: "gateway", binding: "CAPTURE" },
      { name: "console", binding: "CAPTURE" },
    ]);
    expect(new Set(producers.map(({ queue }) => queue)).size).toBe(1);
    expect(consumerOf(producers[0]?.queue).map(({ name }) => name)).toEqual(["ingest"]);
  });

  test("give up a message after five tries to the dead-letter queue, which ingest consumes by the same name", () => {
    const [consumer] = consumerOf(producers[0]?.queue);
    expect(consumer?.max_retries).toBe(4);
    expect(consumer?.dead_letter_queue).toBeDefined();
    expect(consumerOf(consumer?.dead_letter_queue).map(({ name }) => name)).toEqual(["ingest"]);
    expect(readText("workers/ingest/index.ts")).toContain(`DEAD_QUEUE = "${consumer?.dead_letter_queue}"`);
  });

  test("have one consumer each, and no dead letter goes round in a circle", () => {
    expect(new Set(consumers.map(({ queue }) => queue)).size).toBe(consumers.length);
    for (const { queue, dead_letter_queue } of consumers) expect(dead_letter_queue).not.toBe(queue);
  });
});

describe("the Workflows", () => {
  test("are the curator's, and the console means the same", () => {
    expect(curator.workflows.map(({ name }) => name)).toEqual(["winnow-night", "winnow-deliver"]);
    for (const { script_name } of curator.workflows) expect(script_name).toBeUndefined();
    expect(pages.workflows).toEqual(curator.workflows.map((own) => ({ ...own, script_name: curator.name })));
  });

  test.each(curator.workflows.map(({ class_name }) => class_name))("%s is what the curator's entry exports", (name) => {
    expect(readText("workers/curator/index.ts")).toMatch(new RegExp(`^export (class|\\{) ?${name}\\b`, "m"));
  });

  test("are nobody else's", () => {
    expect([...gateway.workflows, ...ingest.workflows]).toEqual([]);
  });
});

describe("the service bindings", () => {
  test("name Workers that are here", () => {
    const workers = NAMES.map((name) => CONFIGS[name].name);
    const services = NAMES.flatMap((name) => CONFIGS[name].services ?? []);
    for (const { service } of services) expect(workers).toContain(service);
  });

  test("lead from the gateway to the console, which has no address of its own", () => {
    expect(gateway.services?.map(({ binding, service }) => ({ binding, service }))).toEqual([
      { binding: "CONSOLE", service: pages.name },
    ]);
    expect(pages.workers_dev).toBe(false);
  });
});

describe("the crons", () => {
  test("belong to ingest, which sweeps, and to the curator, which has its night", () => {
    expect(NAMES.filter((name) => (CONFIGS[name].triggers.crons ?? []).length > 0)).toEqual(["ingest", "curator"]);
  });
});

/**
 * The configs that wrangler deploys by: the Workers' own, with the names of the environment, the database's id, and paths that
 * lead back from `.winnow/deploy/<environment>/`. Made anew each time, so that the files in git are the only source.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fingerprint } from "../../shared/core/hash.ts";
import { type Target, WORKERS, type WorkerName } from "./target.ts";

export interface ConfigValues {
  /** Left out (a dry run): the configs' own, which is no real one. */
  databaseId: string | undefined;
  providers: string | undefined;
  domain: string | undefined;
  /** Of Analytics Engine; undefined: counters are in the log alone. */
  dataset: string | undefined;
}

export type ConfigPaths = Record<WorkerName, string>;

export function writeConfigs(options: { root: string; target: Target; values: ConfigValues }): ConfigPaths {
  const { root, target, values } = options;
  const folder = join(root, ".winnow", "deploy", target.environment);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const paths = WORKERS.map(({ name, config }) => {
    const path = join(folder, `${name}.toml`);
    const text = readFileSync(join(root, config), "utf8");
    const up = relative(folder, join(root, dirname(config))).replaceAll("\\", "/");
    writeFileSync(path, configFor({ worker: name, text, up, target, values }));
    return [name, path] as const;
  });
  return Object.fromEntries(paths) as ConfigPaths;
}

/**
 * Text in, text out: a field that is not named here stays as it is.
 * @param options.up leads to the folder of the Worker's own config
 */
export function configFor(options: {
  worker: WorkerName;
  text: string;
  up: string;
  target: Target;
  values: ConfigValues;
}): string {
  const { worker, text, up, target, values } = options;
  const { databaseId, providers, domain, dataset } = values;
  const named = text
    .replace(/^(\w+ = )"(winnow(?:-[a-z]+)?)"/gm, (_all, field, name) => `${field}"${target.nameOf(name)}"`)
    .replace(/^(main|migrations_dir) = "([^"]+)"/gm, (_all, field, path) => `${field} = "${up}/${path}"`)
    .replace(/^namespace_id = "(\d+)"/gm, (_all, id) => `namespace_id = "${namespaceOf(target, Number(id))}"`);
  const filled = named
    .replace(/^(database_id = )"[^"]*"/gm, (all, field) => (databaseId === undefined ? all : `${field}"${databaseId}"`))
    .replace(/^PROVIDERS = .*$/gm, (all) => (providers === undefined ? all : `PROVIDERS = ${tomlString(providers)}`));
  const counters =
    dataset === undefined ? "" : `\n[[analytics_engine_datasets]]\nbinding = "COUNTERS"\ndataset = "${dataset}"\n`;
  return addressOf(worker, domain) + filled.replace(/^workers_dev = .*\n/m, "") + counters;
}

/** The gateway alone has an address: ingest and curator would have one by default. */
function addressOf(worker: WorkerName, domain: string | undefined): string {
  const isPublic = worker === "gateway";
  const lines = [`workers_dev = ${isPublic && domain === undefined}`, "preview_urls = false"];
  if (isPublic && domain !== undefined) lines.push(`routes = [{ pattern = "${domain}", custom_domain = true }]`);
  return `${lines.join("\n")}\n`;
}

/** Counters of one id are one for the whole account: each environment has its own. */
function namespaceOf(target: Target, id: number): number {
  if (target.nameOf("") === "") return id;
  return id + 10_000 * (1 + (Number.parseInt(fingerprint(target.environment).slice(0, 4), 16) % 10_000));
}

/** A JSON string is a basic string of TOML, but for one character. */
function tomlString(text: string): string {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}

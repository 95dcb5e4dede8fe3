/** What an account has of an environment. Asks, and changes nothing. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { isObject, type Json } from "../../shared/core/json.ts";
import type { CloudflareApi } from "./cloudflare-api.ts";
import { type Target, WORKERS, type WorkerName } from "./target.ts";

/** Names in production, as the Workers' configs have them. */
export const DATABASE = "winnow";
export const BUCKET = "winnow";
/** The dead-letter queue first: the other one's consumer names it. */
export const QUEUES = ["winnow-dead", "winnow-capture"] as const;

export interface WhatIsThere {
  databaseId: string | undefined;
  /** File names, in order. */
  migrations: { applied: string[]; pending: string[] };
  bucket: boolean;
  /** Names in this environment. */
  queues: Set<string>;
  /** Names of secrets, of the Workers that are there. */
  secrets: Map<WorkerName, Set<string>>;
  /** `<it>.workers.dev`; undefined: the account has not chosen one. */
  subdomain: string | undefined;
}

export async function lookAround(options: { api: CloudflareApi; target: Target; root: string }): Promise<WhatIsThere> {
  const { api, target, root } = options;
  const databaseId = await findDatabase(api, target.nameOf(DATABASE));
  const queueNames = QUEUES.map(target.nameOf);
  const queues = (await api.list("/queues")).map(({ queue_name }) => String(queue_name));
  const subdomain = await api.find("/workers/subdomain");
  return {
    databaseId,
    migrations: await lookAtMigrations({ api, databaseId, root }),
    bucket: (await api.find(`/r2/buckets/${target.nameOf(BUCKET)}`)) !== undefined,
    queues: new Set(queues.filter((name) => queueNames.includes(name))),
    secrets: await findSecrets(api, target),
    subdomain: isObject(subdomain) && typeof subdomain.subdomain === "string" ? subdomain.subdomain : undefined,
  };
}

async function findDatabase(api: CloudflareApi, name: string): Promise<string | undefined> {
  const databases = await api.list(`/d1/database?name=${name}`); // whose names hold it
  const found = databases.find((one) => one.name === name)?.uuid;
  return typeof found === "string" ? found : undefined;
}

export function migrationFiles(root: string): string[] {
  return readdirSync(join(root, "migrations"))
    .filter((name) => name.endsWith(".sql"))
    .sort();
}

async function lookAtMigrations(options: {
  api: CloudflareApi;
  databaseId: string | undefined;
  root: string;
}): Promise<WhatIsThere["migrations"]> {
  const { api, databaseId, root } = options;
  const files = migrationFiles(root);
  if (databaseId === undefined) return { applied: [], pending: files };
  const query = async (sql: string) => namesIn(await api.post(`/d1/database/${databaseId}/query`, { sql }));
  const hasTable = await query("select name from sqlite_master where name = 'd1_migrations'");
  const applied = hasTable.length === 0 ? [] : await query("select name from d1_migrations order by id");
  return { applied, pending: files.filter((name) => !applied.includes(name)) };
}

/** `[{"results":[{"name":"0001_first.sql"}]}]` */
function namesIn(result: Json): string[] {
  const [first] = Array.isArray(result) ? result : [];
  const rows = isObject(first) && Array.isArray(first.results) ? first.results : [];
  return rows.filter(isObject).map(({ name }) => String(name));
}

async function findSecrets(api: CloudflareApi, target: Target): Promise<WhatIsThere["secrets"]> {
  const secrets: WhatIsThere["secrets"] = new Map();
  for (const { name } of WORKERS) {
    const found = await api.find(`/workers/scripts/${target.workerName(name)}/secrets`);
    if (Array.isArray(found)) secrets.set(name, new Set(found.filter(isObject).map((one) => String(one.name))));
  }
  return secrets;
}

/**
 * From nothing to an address, and again: each step looks first and makes only what is missing.
 *
 *     look around ─▶ secret kept ─▶ database, bucket, queues ─▶ migrations ─▶ ingest, curator, console, gateway
 *                 ─▶ /healthz ─▶ a signed key ─▶ the first key
 *
 * Migrations go before the code that needs them; they only add, so the code that still runs does not mind.
 */
import { CODE_VERSION } from "../../shared/core/version.ts";
import { type CloudflareApi, connectCloudflare } from "./cloudflare-api.ts";
import { type ConfigPaths, writeConfigs } from "./configs.ts";
import type { DeployContext } from "./context.ts";
import { DeployError } from "./deploy-error.ts";
import { type DeploySettings, keepSecret, readDeploySettings } from "./deploy-settings.ts";
import { checkKeys, untilHealthy } from "./first-key.ts";
import { sayPlan } from "./plan.ts";
import { rollBack } from "./roll-back.ts";
import { runWrangler, withSecretsFile } from "./run-wrangler.ts";
import { type Target, targetOf, WORKERS } from "./target.ts";
import { BUCKET, DATABASE, lookAround, QUEUES, type WhatIsThere } from "./what-is-there.ts";

export interface DeployOptions {
  /** Left out: production. */
  environment?: string | undefined;
  settingsFile?: string | undefined;
  /** Of the first key. */
  app: string;
  dryRun: boolean;
  rollback: boolean;
  newKey: boolean;
  newSecret: boolean;
}

/** @throws DeployError; what was done by then stays, and the same call goes on from there */
export async function deploy(context: DeployContext, options: DeployOptions): Promise<void> {
  const target = targetOf(options.environment);
  const settings = readDeploySettings({ context, target, file: options.settingsFile });
  if (options.dryRun && !context.env.CLOUDFLARE_API_TOKEN) {
    if (options.rollback) await connectCloudflare(context); // says what is missing
    return sayPlan({ context, target, settings, there: undefined });
  }
  const api = await connectCloudflare(context);
  if (options.rollback) return rollBack({ context, api, target, dryRun: options.dryRun });
  const there = await lookAround({ api, target, root: context.root });
  if (options.dryRun) return sayPlan({ context, target, settings, there });
  const address = addressOf({ target, settings, there });
  const secret = secretFor({ context, target, settings, there, isNew: options.newSecret });
  const databaseId = await makeResources({ context, api, target, there });
  const { providers, domain, dataset } = settings;
  const paths = writeConfigs({ root: context.root, target, values: { databaseId, providers, domain, dataset } });
  await migrate({ context, target, there, paths });
  await deployWorkers({ context, target, settings, secret, paths });
  await untilHealthy(context, address);
  await sayReady(context, { address, secret, options });
}

/** @throws DeployError where the account has no address to give */
function addressOf(options: { target: Target; settings: DeploySettings; there: WhatIsThere }): string {
  const { target, settings, there } = options;
  if (there.subdomain === undefined) {
    throw new DeployError(
      "the account has no workers.dev subdomain, which Workflows need even with a domain of your own; choose one at https://dash.cloudflare.com/?to=/:account/workers/subdomain, and run this again",
    );
  }
  if (settings.domain !== undefined) return `https://${settings.domain}`;
  return `https://${target.workerName("gateway")}.${there.subdomain}.workers.dev`;
}

/** @returns undefined: all Workers have one, which is not known here */
function secretFor(options: {
  context: DeployContext;
  target: Target;
  settings: DeploySettings;
  there: WhatIsThere;
  isNew: boolean;
}): string | undefined {
  const { context, target, settings, there, isNew } = options;
  if (settings.secret !== undefined && !isNew) return settings.secret;
  const having = WORKERS.filter(({ name }) => there.secrets.get(name)?.has("WINNOW_SECRET"));
  if (having.length === WORKERS.length && !isNew) return undefined;
  if (having.length > 0 && !isNew) {
    const names = having.map(({ name }) => target.workerName(name)).join(", ");
    throw new DeployError(
      `${names} has a WINNOW_SECRET and the other Workers have none, and it is not in ${settings.file}; set WINNOW_SECRET to what the first deployment made, or deploy with --new-secret, which ends every key and id`,
    );
  }
  if (isNew && context.env.WINNOW_SECRET) {
    throw new DeployError("--new-secret makes one, and WINNOW_SECRET is set; take one of them away");
  }
  const secret = context.makeSecret();
  keepSecret(settings.file, secret);
  context.say(
    `made       WINNOW_SECRET, kept in ${settings.file}; keep a copy where you keep secrets: Cloudflare shows it to nobody`,
  );
  return secret;
}

/** @returns the database's id */
async function makeResources(options: {
  context: DeployContext;
  api: CloudflareApi;
  target: Target;
  there: WhatIsThere;
}): Promise<string> {
  const { context, api, target, there } = options;
  let databaseId = there.databaseId;
  if (databaseId === undefined) {
    const name = target.nameOf(DATABASE);
    const made = await api.post("/d1/database", { name });
    databaseId = String((made as { uuid?: string }).uuid);
    context.say(`made       D1 database ${name}`);
  }
  if (!there.bucket) {
    await api.post("/r2/buckets", { name: target.nameOf(BUCKET) });
    context.say(`made       R2 bucket ${target.nameOf(BUCKET)}`);
  }
  for (const queue_name of QUEUES.map(target.nameOf)) {
    if (there.queues.has(queue_name)) continue;
    await api.post("/queues", { queue_name });
    context.say(`made       queue ${queue_name}`);
  }
  return databaseId;
}

async function migrate(options: {
  context: DeployContext;
  target: Target;
  there: WhatIsThere;
  paths: ConfigPaths;
}): Promise<void> {
  const { context, target, there, paths } = options;
  const { pending } = there.migrations;
  if (pending.length === 0) return;
  const args = ["d1", "migrations", "apply", target.nameOf(DATABASE), "--remote", "--config", paths.gateway];
  await runWrangler(context, "applying the migrations", args);
  context.say(`migrated   ${pending.join(", ")}`);
}

async function deployWorkers(options: {
  context: DeployContext;
  target: Target;
  settings: DeploySettings;
  secret: string | undefined;
  paths: ConfigPaths;
}): Promise<void> {
  const { context, target, settings, secret, paths } = options;
  // of all four Workers the same: a rollback knows by it which versions came together, and which came later
  const tag = new Date(context.nowMs()).toISOString().replace(/[-:]|\.\d+Z/g, "");
  for (const { name } of WORKERS) {
    const values = { ...settings.secrets[name], ...(secret !== undefined && { WINNOW_SECRET: secret }) };
    await withSecretsFile(values, (secretArgs) => {
      const said = ["--tag", tag, "--message", `winnow ${CODE_VERSION}`];
      return runWrangler(context, `deploying ${target.workerName(name)}`, [
        "deploy",
        "--config",
        paths[name],
        ...said,
        ...secretArgs,
      ]);
    });
    context.say(`deployed   ${target.workerName(name)}`);
  }
}

async function sayReady(
  context: DeployContext,
  { address, secret, options }: { address: string; secret: string | undefined; options: DeployOptions },
): Promise<void> {
  if (secret === undefined) {
    context.say("no key was tried: WINNOW_SECRET is not known here (the Workers have it)");
    return context.say(`winnow ready: ${address}`);
  }
  const { key, keys } = await checkKeys(context, { address, secret, app: options.app, wantsKey: options.newKey });
  if (key !== undefined) return context.say(`winnow ready: ${address} key ${key}`);
  context.say(`app ${options.app} has ${keys} keys that work; --new-key makes another one`);
  context.say(`winnow ready: ${address}`);
}

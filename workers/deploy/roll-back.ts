/**
 * `--rollback`: each Worker of the newest deployment goes back to the version before it, the gateway first. A deployment that
 * broke off half-way reached some Workers alone, and those alone go back. The database stays: migrations only ever add, so the
 * code before them runs on what they made.
 */
import { isObject, type JsonObject } from "../../shared/core/json.ts";
import type { CloudflareApi } from "./cloudflare-api.ts";
import type { DeployContext } from "./context.ts";
import { DeployError } from "./deploy-error.ts";
import { runWrangler } from "./run-wrangler.ts";
import { type Target, WORKERS, type WorkerName } from "./target.ts";

interface Version {
  id: string;
  number: number;
  /** When the deployment that made it began; "" where none of ours did. */
  tag: string;
}

interface Deployed {
  worker: WorkerName;
  current: Version;
  before: Version | undefined;
}

export async function rollBack(options: {
  context: DeployContext;
  api: CloudflareApi;
  target: Target;
  dryRun: boolean;
}): Promise<void> {
  const { context, api, target, dryRun } = options;
  const deployed: Deployed[] = [];
  for (const { name } of WORKERS.toReversed()) {
    const one = await findDeployed({ api, script: target.workerName(name), worker: name });
    if (one !== undefined) deployed.push(one);
  }
  const newest = deployed
    .map(({ current }) => current.tag)
    .toSorted()
    .at(-1);
  const going = deployed.filter(({ current }) => current.tag === newest);
  const stuck = going.filter(({ before }) => before === undefined).map(({ worker }) => target.workerName(worker));
  if (going.length === 0)
    throw new DeployError(`nothing of ${target.environment} is deployed; there is nothing to go back from`);
  if (stuck.length > 0) {
    throw new DeployError(
      `${stuck.join(", ")}: no version before this one; mend what is wrong and deploy again, or delete the Worker with \`wrangler delete\``,
    );
  }
  for (const { worker, before } of going) {
    const name = target.workerName(worker);
    context.say(`${dryRun ? "would go" : "goes"} back  ${name} to version ${before?.number} (${before?.id})`);
    if (!dryRun) await goBack(context, { name, version: before?.id ?? "" });
  }
  context.say(
    "the database stays as it is: migrations only add, and the code before them runs on it. Rows alone are brought back by " +
      `\`wrangler d1 time-travel restore ${target.nameOf("winnow")} --timestamp …\` (30 days), and what came since is lost then`,
  );
}

async function goBack(context: DeployContext, { name, version }: { name: string; version: string }): Promise<void> {
  await runWrangler(context, `rolling back ${name}`, [
    "rollback",
    version,
    "--name",
    name,
    "--message",
    "npm run deploy -- --rollback",
    "--yes",
  ]);
}

async function findDeployed(options: {
  api: CloudflareApi;
  script: string;
  worker: WorkerName;
}): Promise<Deployed | undefined> {
  const { api, script, worker } = options;
  const listed = await api.find(`/workers/scripts/${script}/deployments`);
  const deployments = rowsOf(listed, "deployments").map((one) => rowsOf(one, "versions")[0]?.version_id);
  const versions = rowsOf(await api.find(`/workers/scripts/${script}/versions?deployable=true`), "items").map(
    readVersion,
  );
  const current = versions.find(({ id }) => id === deployments[0]);
  if (current === undefined) return undefined;
  // of those that were live: a version that was only uploaded has never been tried
  const earlier = versions.filter(({ id, number }) => number < current.number && deployments.includes(id));
  const before = earlier.toSorted((a, b) => b.number - a.number)[0];
  return { worker, current, before };
}

function readVersion({ id, number, annotations }: JsonObject): Version {
  const tag = isObject(annotations) ? annotations["workers/tag"] : undefined;
  return { id: String(id), number: Number(number), tag: typeof tag === "string" ? tag : "" };
}

function rowsOf(value: unknown, field: string): JsonObject[] {
  const rows = isObject(value) ? value[field] : undefined;
  return Array.isArray(rows) ? rows.filter(isObject) : [];
}

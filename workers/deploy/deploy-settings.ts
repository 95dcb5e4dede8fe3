/**
 * What an environment is given beside its code: from `.winnow/deploy/<environment>.env`, made on the first deployment and
 * readable by its owner alone. Only WINNOW_SECRET is also taken from the process's environment (for CI): a provider's key that
 * happens to stand in somebody's shell must not end in a Worker.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseEnv } from "node:util";
import { MacSigner } from "../../shared/core/mac.ts";
import { readProviders } from "../../shared/core/providers.ts";
import type { DeployContext } from "./context.ts";
import { DeployError } from "./deploy-error.ts";
import type { Target, WorkerName } from "./target.ts";

export interface DeploySettings {
  file: string;
  /** undefined: the Workers keep the one that they have. */
  secret: string | undefined;
  /** PROVIDERS, as JSON. */
  providers: string | undefined;
  /** A custom domain for the gateway; undefined: its address below workers.dev. */
  domain: string | undefined;
  /** Of Workers Analytics Engine, for counters; undefined: none. */
  dataset: string | undefined;
  /** Secrets by Worker, WINNOW_SECRET not among them: each gets what it reads and no more. */
  secrets: Record<WorkerName, Record<string, string>>;
}

/** Which Workers read a variable. */
const READ_BY: readonly [RegExp, readonly WorkerName[]][] = [
  [/^[A-Z0-9_]+_API_KEY(_[A-Z0-9_]+)?$/, ["gateway", "curator"]],
  [/^UPSTASH_REDIS_REST_(URL|TOKEN)$/, ["gateway"]],
  [/^OTEL_(EXPORTER_OTLP_(ENDPOINT|HEADERS)|SERVICE_NAME)$/, ["ingest"]],
  [/^ACCESS_(TEAM|AUDIENCE|PEOPLE)$/, ["console"]],
];
const DOMAIN_FORM = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** @param file another one than the environment's own */
export function readDeploySettings(options: {
  context: DeployContext;
  target: Target;
  file: string | undefined;
}): DeploySettings {
  const { context, target } = options;
  const file = options.file ?? join(context.root, ".winnow", "deploy", `${target.environment}.env`);
  if (options.file !== undefined && !existsSync(file)) {
    throw new DeployError(`--settings is ${file}, which is not there; leave it out to have one made`);
  }
  const given = existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
  const { WINNOW_SECRET, PROVIDERS: providers, WINNOW_DOMAIN: domain, COUNTERS_DATASET: dataset, ...rest } = given;
  const secret = context.env.WINNOW_SECRET || WINNOW_SECRET || undefined;
  if (secret !== undefined) checked(() => new MacSigner(secret));
  if (providers !== undefined) checked(() => readProviders(providers));
  if (domain !== undefined && !DOMAIN_FORM.test(domain)) {
    throw new DeployError(`WINNOW_DOMAIN in ${file} is "${domain}"; it is a host name alone, such as llm.example.com`);
  }
  if (dataset !== undefined && !/^[A-Za-z_]\w{0,99}$/.test(dataset)) {
    throw new DeployError(
      `COUNTERS_DATASET in ${file} is "${dataset}"; it is a name of letters, digits and _, such as winnow`,
    );
  }
  return { file, secret, providers, domain, dataset, secrets: shareOut(rest, file) };
}

/** Before anything changes: a deployment that breaks off half-way goes on with the same secret. */
export function keepSecret(file: string, secret: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const text = before.replace(/^WINNOW_SECRET=.*\n?/gm, "");
  const separator = text === "" || text.endsWith("\n") ? "" : "\n";
  writeFileSync(file, `${text}${separator}WINNOW_SECRET=${secret}\n`, { mode: 0o600 });
}

function shareOut(given: NodeJS.Dict<string>, file: string): DeploySettings["secrets"] {
  const secrets: DeploySettings["secrets"] = { ingest: {}, curator: {}, console: {}, gateway: {} };
  for (const [name, value] of Object.entries(given)) {
    const readers = READ_BY.find(([form]) => form.test(name))?.[1];
    if (readers === undefined) {
      throw new DeployError(
        `${file} has ${name}, which no Worker reads; it may have WINNOW_SECRET, WINNOW_DOMAIN, COUNTERS_DATASET, PROVIDERS, <PROVIDER>_API_KEY, UPSTASH_REDIS_REST_URL and _TOKEN, OTEL_EXPORTER_OTLP_ENDPOINT and _HEADERS, OTEL_SERVICE_NAME, ACCESS_TEAM, ACCESS_AUDIENCE, ACCESS_PEOPLE`,
      );
    }
    if (value) for (const worker of readers) secrets[worker][name] = value;
  }
  return secrets;
}

/** What core refuses is here a person's mistake. */
function checked(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    throw new DeployError(error instanceof Error ? error.message : String(error));
  }
}

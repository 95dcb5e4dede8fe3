/**
 * Where winnow is deployed to: `production`, or another environment of the same account. An environment's name ends the name
 * of everything that is its own, so that two never share a row, a message or a secret. Production's names are those of the
 * Workers' own configs.
 */
import { DeployError } from "./deploy-error.ts";

/**
 * In the order in which they are deployed. ingest comes first, so that a queue is consumed before anybody writes to it; the
 * curator before the console, which is bound to its Workflows; the gateway last, as it is bound to the console and is what
 * the world sees. Configs from the root of the repository.
 */
export const WORKERS = [
  { name: "ingest", config: "workers/ingest/wrangler.toml" },
  { name: "curator", config: "workers/curator/wrangler.toml" },
  { name: "console", config: "workers/console/wrangler.toml" },
  { name: "gateway", config: "wrangler.toml" },
] as const;
export type WorkerName = (typeof WORKERS)[number]["name"];

export interface Target {
  environment: string;
  /** Of a name in a Worker's config, the name here: `winnow-gateway` → `winnow-gateway-staging`. */
  nameOf(name: string): string;
  /** As Cloudflare knows it. */
  workerName(worker: WorkerName): string;
}

const PRODUCTION = "production";
const ENVIRONMENT_FORM = /^[a-z][a-z0-9]{0,15}$/;

export function targetOf(environment: string = PRODUCTION): Target {
  if (!ENVIRONMENT_FORM.test(environment)) {
    throw new DeployError(
      `--env is "${environment}"; it is 1 to 16 of a-z 0-9 and begins with a letter, such as staging`,
    );
  }
  const nameOf = (name: string) => (environment === PRODUCTION ? name : `${name}-${environment}`);
  return { environment, nameOf, workerName: (worker) => nameOf(`winnow-${worker}`) };
}

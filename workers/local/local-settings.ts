/**
 * What a local winnow is given: from the environment first, then from .dev.vars, which is made on the first start.
 * The local key is always the same: it is WINNOW_KEY, or made from the secret.
 */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { LOCAL_CLAIMS, LOCAL_KEY_FORM, makeKey } from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import { readProviders } from "../../shared/core/providers.ts";
import type { LaunchOptions, ProviderAddress } from "./launch.ts";

export interface LocalSettings {
  port: number;
  stateDir: string;
  key: string;
  secrets: LaunchOptions["secrets"];
  /** PROVIDERS as it was given. */
  providers: Record<string, ProviderAddress>;
}

/** A mistake of the person who starts winnow: shown without a stack. */
export class SettingError extends Error {}

const PORT_DEFAULT = 8787;
const PASSED_ON =
  /^([A-Z0-9_]+_API_KEY|UPSTASH_REDIS_REST_(URL|TOKEN)|OTEL_(EXPORTER_OTLP_(ENDPOINT|HEADERS)|SERVICE_NAME))$/;

/** @param root where .dev.vars is, and .winnow/state by default */
export async function readLocalSettings(options: {
  environment: NodeJS.Dict<string>;
  root: string;
}): Promise<LocalSettings> {
  const { environment, root } = options;
  const devVars = readDevVars({ file: join(root, ".dev.vars"), makeSecret: !environment.WINNOW_SECRET });
  const given = { ...devVars, ...environment };
  const port = readPort(given.PORT);
  const providers = checkProviders(given.PROVIDERS ?? "");
  const secret = given.WINNOW_SECRET ?? "";
  const key = await localKey(given.WINNOW_KEY, secret);
  const passedOn = Object.entries(given).filter(([name, value]) => PASSED_ON.test(name) && !!value);
  return {
    port,
    stateDir: given.STATE_DIR || join(root, ".winnow", "state"),
    key,
    secrets: { ...Object.fromEntries(passedOn), WINNOW_SECRET: secret, LOCAL_KEY: key },
    providers,
  };
}

/** Of wrangler's form; made, or completed, where a secret is wanted and it has none. */
function readDevVars(options: { file: string; makeSecret: boolean }): NodeJS.Dict<string> {
  const { file, makeSecret } = options;
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  const vars = parseEnv(text);
  if (vars.WINNOW_SECRET || !makeSecret) return vars;
  const secret = randomBytes(32).toString("hex");
  const separator = text === "" || text.endsWith("\n") ? "" : "\n";
  writeFileSync(file, `${text}${separator}WINNOW_SECRET=${secret}\n`, { mode: 0o600 });
  return { ...vars, WINNOW_SECRET: secret };
}

async function localKey(given: string | undefined, secret: string): Promise<string> {
  const signer = settingOf(() => new MacSigner(secret)); // a short WINNOW_SECRET is refused here, not by every Worker
  if (!given) return makeKey(LOCAL_CLAIMS, signer);
  if (LOCAL_KEY_FORM.test(given)) return given;
  throw new SettingError(
    "WINNOW_KEY is not of the form of a key: wk_ and 8 to 200 letters, digits, - or _; leave it out to get one",
  );
}

function readPort(given: string | undefined): number {
  if (!given) return PORT_DEFAULT;
  const port = /^\d{1,5}$/.test(given) ? Number(given) : Number.NaN;
  if (port <= 65_535) return port;
  throw new SettingError(`PORT is "${given}"; it is a number from 0 (any free port) to 65535`);
}

function checkProviders(given: string): Record<string, ProviderAddress> {
  settingOf(() => readProviders(given));
  return given.trim() === "" ? {} : (JSON.parse(given) as Record<string, ProviderAddress>);
}

/** What core refuses is here a person's mistake. */
function settingOf<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new SettingError(error instanceof Error ? error.message : String(error));
  }
}

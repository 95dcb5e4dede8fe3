/**
 * The end of a deployment: does the address answer, does a signed key work, and is there a key? The key it asks with is made
 * here of WINNOW_SECRET and lasts ten minutes; the first key of the app is made by winnow's own API, so that it is listed and
 * can be ended like any other.
 */
import { isObject, type JsonObject, parseJson } from "../../shared/core/json.ts";
import { makeKey, SCOPES } from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import type { DeployContext } from "./context.ts";
import { DeployError } from "./deploy-error.ts";

const KEY_AGE_MS = 10 * 60_000;
/** A new address below workers.dev, or a new domain's certificate, takes a while. */
const ADDRESS_WAIT_MS_MAX = 300_000;
const LOOK_MS = 3_000;

export interface Checked {
  /** Shown this once; undefined: the app has an admin key already. */
  key: string | undefined;
  /** Of the app, that work. */
  keys: number;
}

/** @throws DeployError where it does not answer in time */
export async function untilHealthy(context: DeployContext, address: string): Promise<void> {
  const endsAtMs = context.nowMs() + ADDRESS_WAIT_MS_MAX;
  for (;;) {
    const answer = await ask(context, { address, path: "/healthz" });
    if (answer.status === 200 && answer.json.ok === true) return;
    if (context.nowMs() >= endsAtMs) {
      throw new DeployError(
        `${address}/healthz does not answer after ${ADDRESS_WAIT_MS_MAX / 60_000} minutes (${answer.said}); everything is deployed: look at it in the dashboard, and run the same command again`,
      );
    }
    await context.wait(LOOK_MS);
  }
}

/** @param wantsKey make one even where the app has an admin key */
export async function checkKeys(
  context: DeployContext,
  options: { address: string; secret: string; app: string; wantsKey: boolean },
): Promise<Checked> {
  const { address, secret, app, wantsKey } = options;
  const expiresAtMs = Math.ceil((context.nowMs() + KEY_AGE_MS) / 1_000) * 1_000;
  const asker = await makeKey({ app, keyId: "deploy", scopes: ["admin"], expiresAtMs }, new MacSigner(secret));
  const listed = await ask(context, { address, path: "/v1/keys", key: asker });
  if (listed.status === 401 || listed.status === 403) {
    throw new DeployError(
      `${address} refuses a key that is signed with this WINNOW_SECRET (${listed.said}): its Workers have another one; set WINNOW_SECRET to what the first deployment made, or deploy with --new-secret, which ends every key and id`,
    );
  }
  if (listed.status !== 200) throw notWell(address, listed);
  const rows = Array.isArray(listed.json.keys) ? listed.json.keys.filter(isObject) : [];
  const active = rows.filter((row) => row.active === true);
  const hasAdmin = active.some(({ scopes }) => Array.isArray(scopes) && scopes.includes("admin"));
  if (hasAdmin && !wantsKey) return { key: undefined, keys: active.length };
  const body = { app, name: "made by the deployment", scopes: [...SCOPES] };
  const made = await ask(context, { address, path: "/v1/keys", key: asker, body });
  if (made.status !== 201 || typeof made.json.key !== "string") throw notWell(address, made);
  return { key: made.json.key, keys: active.length + 1 };
}

interface Answer {
  /** 0: nobody answered. */
  status: number;
  json: JsonObject;
  said: string;
}

async function ask(
  context: DeployContext,
  options: { address: string; path: string; key?: string; body?: JsonObject },
): Promise<Answer> {
  const { address, path, key, body } = options;
  try {
    const response = await context.fetch(address + path, {
      redirect: "manual",
      headers: { ...(key !== undefined && { "x-winnow-key": key }), "content-type": "application/json" },
      ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
    });
    const json = parseJson(await response.text());
    const fields = isObject(json) ? json : {};
    const reason = isObject(fields.error) ? `: ${fields.error.message}` : "";
    return { status: response.status, json: fields, said: `status ${response.status}${reason}` };
  } catch (error) {
    const { cause } = error as { cause?: unknown };
    return { status: 0, json: {}, said: String(cause ?? error) };
  }
}

function notWell(address: string, { said }: Answer): DeployError {
  return new DeployError(
    `${address}/v1/keys is not well (${said}); the log of winnow-console has the reason (wrangler tail winnow-console)`,
  );
}

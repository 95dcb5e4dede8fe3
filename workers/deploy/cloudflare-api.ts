/**
 * Cloudflare's API v4, as far as wrangler is not asked instead: what is there, and the making of what isn't.
 * https://developers.cloudflare.com/api/
 */
import { isObject, type Json, type JsonObject, parseJson } from "../../shared/core/json.ts";
import type { DeployContext } from "./context.ts";
import { DeployError } from "./deploy-error.ts";

/** What a token must be allowed, in the dashboard's words. */
const PERMISSIONS =
  "Account Settings: Read, Workers Scripts: Edit, D1: Edit, Workers R2 Storage: Edit, Queues: Edit (and Workers Routes: Edit with WINNOW_DOMAIN)";
const TOKEN_PAGE = "https://dash.cloudflare.com/profile/api-tokens";
const ADDRESS = "https://api.cloudflare.com/client/v4";
/** Of a list; every account has fewer databases and queues of one name. */
const PAGE_ROWS = 100;

export interface CloudflareApi {
  account: string;
  /** @param path below the account. @returns undefined where there is no such thing. @throws DeployError */
  find(path: string): Promise<Json | undefined>;
  /** All pages of a list. */
  list(path: string): Promise<JsonObject[]>;
  post(path: string, body: JsonObject): Promise<Json>;
}

/** @throws DeployError without a token, or where it cannot be told which account is meant */
export async function connectCloudflare(context: DeployContext): Promise<CloudflareApi> {
  const token = context.env.CLOUDFLARE_API_TOKEN?.trim();
  if (!token) {
    throw new DeployError(
      `CLOUDFLARE_API_TOKEN is not set; make a token at ${TOKEN_PAGE} that is allowed ${PERMISSIONS}, and set it (and CLOUDFLARE_ACCOUNT_ID, if it sees several accounts)`,
    );
  }
  const caller = new Caller(context, token);
  const account = context.env.CLOUDFLARE_ACCOUNT_ID?.trim() || (await onlyAccount(caller));
  if (!/^[0-9a-f]{32}$/.test(account)) {
    throw new DeployError(
      `CLOUDFLARE_ACCOUNT_ID is "${account}"; it is the 32 hexadecimal digits of the dashboard's address`,
    );
  }
  const below = (path: string) => `/accounts/${account}${path}`;
  return {
    account,
    find: async (path) => (await caller.call("GET", below(path)))?.result,
    list: (path) => caller.list(below(path)),
    post: async (path, body) => {
      const answer = await caller.call("POST", below(path), body);
      if (answer === undefined) throw new DeployError(`Cloudflare has no ${path}; is ${account} the right account?`);
      return answer.result;
    },
  };
}

async function onlyAccount(caller: Caller): Promise<string> {
  const accounts = await caller.list("/accounts");
  const [first] = accounts;
  if (accounts.length === 1 && typeof first?.id === "string") return first.id;
  const names = accounts.map(({ id, name }) => `${id} (${name})`).join(", ");
  throw new DeployError(
    `CLOUDFLARE_ACCOUNT_ID is not set, and the token sees ${accounts.length} accounts${names && `: ${names}`}; set it to one of them`,
  );
}

class Caller {
  readonly #context: DeployContext;
  readonly #token: string;
  readonly #address: string;

  constructor(context: DeployContext, token: string) {
    this.#context = context;
    this.#token = token;
    this.#address = (context.env.CLOUDFLARE_API_BASE_URL || ADDRESS).replace(/\/+$/, "");
  }

  async list(path: string): Promise<JsonObject[]> {
    const rows: JsonObject[] = [];
    for (let page = 1; ; page++) {
      const separator = path.includes("?") ? "&" : "?";
      const answer = await this.call("GET", `${path}${separator}page=${page}&per_page=${PAGE_ROWS}`);
      const result = Array.isArray(answer?.result) ? answer.result : [];
      rows.push(...result.filter(isObject));
      if (page >= Number(answer?.info.total_pages ?? 1) || result.length === 0) return rows;
    }
  }

  /** @returns undefined for a 404 */
  async call(
    method: "GET" | "POST",
    path: string,
    body?: JsonObject,
  ): Promise<{ result: Json; info: JsonObject } | undefined> {
    const response = await this.#send(method, path, body);
    const json = parseJson(await response.text());
    if (response.status === 404) return undefined;
    if (response.status === 401 || response.status === 403) {
      throw new DeployError(
        `Cloudflare refuses the token for ${method} ${path} (status ${response.status}: ${errorsOf(json)}); it must be allowed ${PERMISSIONS}: ${TOKEN_PAGE}`,
      );
    }
    if (!response.ok || !isObject(json) || json.success !== true) {
      throw new DeployError(
        `Cloudflare refused ${method} ${path} (status ${response.status}: ${errorsOf(json)}); once that is mended, the same command goes on where this one stopped`,
      );
    }
    return { result: json.result ?? null, info: isObject(json.result_info) ? json.result_info : {} };
  }

  async #send(method: string, path: string, body: JsonObject | undefined): Promise<Response> {
    try {
      return await this.#context.fetch(this.#address + path, {
        method,
        redirect: "manual",
        headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      const { cause } = error as { cause?: unknown };
      throw new DeployError(
        `${this.#address} cannot be reached (${String(cause ?? error)}); check the network and try again`,
      );
    }
  }
}

function errorsOf(json: Json | undefined): string {
  const errors = isObject(json) && Array.isArray(json.errors) ? json.errors.filter(isObject) : [];
  return errors.map(({ code, message }) => `${message} [${code}]`).join("; ") || "no reason given";
}

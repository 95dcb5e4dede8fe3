/**
 * Cloudflare's API v4 on loopback, as far as a deployment asks it: what winnow's own client and wrangler send, answered in
 * the documented shapes (https://developers.cloudflare.com/api/). It keeps an account in memory: D1 databases that are real
 * SQLite, so that migrations really run, buckets, queues with consumers, Workers with versions, deployments, secrets and
 * crons, Workflows. It refuses what Cloudflare refuses: another token, a name that is taken, a Worker that binds to what is
 * not there, a first version without its required secret. It runs no Worker.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DatabaseSync } from "node:sqlite";

export const ACCOUNT = "0123456789abcdef0123456789abcdef";
export const TOKEN = "token-of-the-stand-in";

/** One upload: code is not kept, what it is bound to is. */
interface Version {
  id: string;
  number: number;
  bindings: Binding[];
  modules: string[];
  annotations: Record<string, string>;
}

interface Binding {
  type: string;
  name: string;
  text?: string;
  [field: string]: unknown;
}

interface Script {
  versions: Version[];
  /** The newest first. */
  deployments: { id: string; versionId: string; message: string | undefined }[];
  secrets: Map<string, string>;
  crons: string[];
  /** Has it an address below workers.dev? */
  subdomain: boolean;
}

interface Queue {
  id: string;
  consumers: { consumer_id: string; type: string; script: string; dead_letter_queue?: string; settings: unknown }[];
}

export interface Asked {
  method: string;
  /** Below the account, without the query. */
  path: string;
}

/** A refusal in Cloudflare's form. */
class Refusal extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

type Answer = { result: unknown; info?: unknown };
type Route = [method: string, path: RegExp, answer: (match: string[], body: Body) => Answer];

interface Body {
  json: Record<string, unknown>;
  form: FormData | undefined;
  query: URLSearchParams;
}

export class CloudflareStandin {
  readonly databases = new Map<string, { id: string; sqlite: DatabaseSync }>();
  readonly buckets = new Set<string>();
  readonly queues = new Map<string, Queue>();
  readonly scripts = new Map<string, Script>();
  readonly workflows = new Map<string, { script_name: string; class_name: string }>();
  /** Everything that was asked, in order. */
  readonly asked: Asked[] = [];
  /** Of the next request that fits, the refusal; once. */
  failNext: { method: string; path: RegExp } | undefined;
  token = TOKEN;
  /** null: nobody has chosen one yet. */
  subdomain: string | null = "acme";
  #server: Server | undefined;
  #made = 0;

  async start(): Promise<string> {
    // a line that waits is never closed from here, as by the stand-in of `npm start`
    this.#server = createServer({ keepAliveTimeout: 0 }, (request, response) => void this.#serve(request, response));
    await new Promise<void>((resolve) => this.#server?.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/client/v4`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
    for (const { sqlite } of this.databases.values()) sqlite.close();
  }

  /** What was asked that changes something; a query of D1 counts if it is no question. */
  get changes(): string[] {
    return this.asked.filter(({ method }) => method !== "GET").map(({ method, path }) => `${method} ${path}`);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const send = (status: number, body: object) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(body));
    };
    try {
      const { result, info } = await this.#answer(request);
      send(200, { success: true, errors: [], messages: [], result, ...(info !== undefined && { result_info: info }) });
    } catch (error) {
      const { status, code, message } =
        error instanceof Refusal ? error : { status: 500, code: 10_000, message: `the stand-in: ${String(error)}` };
      send(status, { success: false, errors: [{ code, message }], messages: [], result: null });
    }
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const { method = "GET", headers } = request;
    const url = new URL(request.url ?? "/", "http://standin");
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    if (headers.authorization !== `Bearer ${this.token}`) throw new Refusal(403, 10_000, "Authentication error");
    const below = url.pathname.replace(/^\/client\/v4/, "");
    const path = below.replace(`/accounts/${ACCOUNT}`, "");
    const body = { ...(await readBody(headers["content-type"], bytes)), query: url.searchParams };
    const asksOnly = path.endsWith("/query") && isQuestion(String(body.json.sql ?? ""));
    this.asked.push({ method: asksOnly ? "GET" : method, path });
    const { failNext } = this;
    if (failNext !== undefined && failNext.method === method && failNext.path.test(path)) {
      this.failNext = undefined;
      throw new Refusal(400, 10_001, "the stand-in fails this one");
    }
    if (method === "GET" && below === "/accounts") return { result: [{ id: ACCOUNT, name: "Acme" }], info: page(1) };
    for (const [wanted, pattern, answer] of this.#routes) {
      const match = wanted === method ? pattern.exec(path) : null;
      if (match !== null) return answer([...match], body);
    }
    throw new Refusal(404, 7_003, `Could not route to ${method} ${path}`);
  }

  readonly #routes: readonly Route[] = [
    ["GET", /^\/d1\/database$/, (_match, { query }) => this.#listDatabases(query)],
    ["POST", /^\/d1\/database$/, (_match, { json }) => this.#createDatabase(String(json.name))],
    ["GET", /^\/d1\/database\/([^/]+)$/, ([, id = ""]) => ({ result: this.#databaseOf(id).about })],
    ["POST", /^\/d1\/database\/([^/]+)\/query$/, ([, id = ""], { json }) => this.#query(id, json)],
    ["GET", /^\/r2\/buckets$/, () => ({ result: { buckets: [...this.buckets].map((name) => ({ name })) } })],
    ["GET", /^\/r2\/buckets\/([^/]+)$/, ([, name = ""]) => this.#bucket(name)],
    ["POST", /^\/r2\/buckets$/, (_match, { json }) => this.#createBucket(String(json.name))],
    ["GET", /^\/queues$/, (_match, { query }) => this.#listQueues(query)],
    ["POST", /^\/queues$/, (_match, { json }) => this.#createQueue(String(json.queue_name))],
    ["POST", /^\/queues\/([^/]+)\/consumers$/, ([, id = ""], { json }) => this.#setConsumer(id, json)],
    ["PUT", /^\/queues\/([^/]+)\/consumers\/[^/]+$/, ([, id = ""], { json }) => this.#setConsumer(id, json)],
    ["GET", /^\/queues\/([^/]+)\/consumers$/, ([, id = ""]) => ({ result: this.#queueOf(id).consumers })],
    ["GET", /^\/workers\/services\/([^/]+)$/, ([, name = ""]) => this.#service(name)],
    ["GET", /^\/workers\/subdomain$/, () => this.#accountSubdomain()],
    ["GET", /^\/workers\/workers\/([^/]+)$/, ([, name = ""]) => this.#worker(name)],
    ["GET", /^\/workers\/scripts$/, () => ({ result: [...this.scripts.keys()].map((id) => ({ id })) })],
    ["PUT", /^\/workers\/scripts\/([^/]+)$/, ([, name = ""], body) => this.#upload(name, body, true)],
    ["POST", /^\/workers\/scripts\/([^/]+)\/versions$/, ([, name = ""], body) => this.#upload(name, body, false)],
    ["GET", /^\/workers\/scripts\/([^/]+)\/versions$/, ([, name = ""]) => this.#listVersions(name)],
    ["GET", /^\/workers\/scripts\/([^/]+)\/versions\/([^/]+)$/, ([, name = "", id = ""]) => this.#version(name, id)],
    ["GET", /^\/workers\/scripts\/([^/]+)\/deployments$/, ([, name = ""]) => this.#listDeployments(name)],
    ["POST", /^\/workers\/scripts\/([^/]+)\/deployments$/, ([, name = ""], { json }) => this.#deploy(name, json)],
    ["GET", /^\/workers\/scripts\/([^/]+)\/settings$/, ([, name = ""]) => this.#settings(name)],
    ["GET", /^\/workers\/scripts\/([^/]+)\/secrets$/, ([, name = ""]) => this.#listSecrets(name)],
    ["GET", /^\/workers\/scripts\/([^/]+)\/schedules$/, ([, name = ""]) => this.#listSchedules(name)],
    ["PUT", /^\/workers\/scripts\/([^/]+)\/schedules$/, ([, name = ""], { json }) => this.#setSchedules(name, json)],
    ["GET", /^\/workers\/scripts\/([^/]+)\/subdomain$/, ([, name = ""]) => this.#scriptSubdomain(name)],
    [
      "POST",
      /^\/workers\/scripts\/([^/]+)\/subdomain$/,
      ([, name = ""], { json }) => this.#scriptSubdomain(name, json),
    ],
    ["PATCH", /^\/workers\/scripts\/([^/]+)\/script-settings$/, () => ({ result: {} })],
    ["GET", /^\/workflows\/([^/]+)$/, ([, name = ""]) => this.#workflow(name)],
    ["PUT", /^\/workflows\/([^/]+)$/, ([, name = ""], { json }) => this.#setWorkflow(name, json)],
  ];

  #id(): string {
    this.#made += 1;
    return `00000000-0000-4000-8000-${String(this.#made).padStart(12, "0")}`;
  }

  #listDatabases(query: URLSearchParams): Answer {
    const name = query.get("name");
    const all = [...this.databases].map(([key, { id }]) => ({ uuid: id, name: key, version: "production" }));
    // Cloudflare's `name` finds names that contain it
    const found = all.filter((one) => name === null || one.name.includes(name));
    return { result: found, info: page(found.length) };
  }

  #createDatabase(name: string): Answer {
    if (this.databases.has(name)) throw new Refusal(400, 7_502, "A database with that name already exists");
    const id = this.#id();
    this.databases.set(name, { id, sqlite: new DatabaseSync(":memory:") });
    return { result: { uuid: id, name, version: "production", num_tables: 0, file_size: 12_288 } };
  }

  #databaseOf(id: string) {
    for (const [name, database] of this.databases) {
      if (database.id === id)
        return { ...database, about: { uuid: id, name, version: "production", file_size: 12_288 } };
    }
    throw new Refusal(404, 7_404, `The database ${id} could not be found`);
  }

  #query(id: string, json: Record<string, unknown>): Answer {
    const { sqlite } = this.#databaseOf(id);
    const sql = String(json.sql);
    const params = (json.params as string[] | undefined) ?? [];
    try {
      if (isQuestion(sql))
        return { result: [{ results: sqlite.prepare(sql).all(...params), success: true, meta: {} }] };
      sqlite.exec(`begin; ${sql}; commit`);
      return { result: [{ results: [], success: true, meta: { duration: 0 } }] };
    } catch (error) {
      if (sqlite.isTransaction) sqlite.exec("rollback");
      throw new Refusal(400, 7_500, String(error));
    }
  }

  #createBucket(name: string): Answer {
    if (this.buckets.has(name))
      throw new Refusal(409, 10_004, "The bucket you tried to create already exists, and you own it.");
    this.buckets.add(name);
    return { result: {} };
  }

  #bucket(name: string): Answer {
    if (!this.buckets.has(name)) throw new Refusal(404, 10_006, "The specified bucket does not exist.");
    return { result: { name, location: "WEUR", storage_class: "Standard" } };
  }

  #listQueues(query: URLSearchParams): Answer {
    const names = query.getAll("name");
    const all = [...this.queues].map(([queue_name, { id, consumers }]) => ({
      queue_id: id,
      queue_name,
      producers: [],
      consumers,
    }));
    const found = all.filter(({ queue_name }) => names.length === 0 || names.includes(queue_name));
    return { result: found, info: page(found.length) };
  }

  #createQueue(name: string): Answer {
    if (this.queues.has(name)) throw new Refusal(409, 11_009, `Queue name '${name}' is already taken.`);
    const id = this.#id();
    this.queues.set(name, { id, consumers: [] });
    return { result: { queue_id: id, queue_name: name } };
  }

  #queueOf(id: string): Queue {
    const queue = [...this.queues.values()].find((one) => one.id === id);
    if (queue === undefined) throw new Refusal(404, 10_104, "Queue does not exist");
    return queue;
  }

  #setConsumer(id: string, json: Record<string, unknown>): Answer {
    const queue = this.#queueOf(id);
    const script = String(json.script_name);
    this.#scriptOf(script);
    const dead = json.dead_letter_queue as string | undefined;
    if (dead !== undefined && !this.queues.has(dead)) throw new Refusal(404, 10_104, `Queue ${dead} does not exist`);
    const consumer = { consumer_id: this.#id(), type: "worker", script, settings: json.settings };
    queue.consumers = [{ ...consumer, ...(dead !== undefined && { dead_letter_queue: dead }) }];
    return { result: queue.consumers[0] };
  }

  #scriptOf(name: string): Script {
    const script = this.scripts.get(name);
    if (script === undefined) throw new Refusal(404, 10_007, "This Worker does not exist on your account.");
    return script;
  }

  #service(name: string): Answer {
    if (!this.scripts.has(name)) throw new Refusal(404, 10_090, "workers.api.error.service_not_found");
    const environment = {
      environment: "production",
      script: { last_deployed_from: "wrangler", tag: null, tags: null },
    };
    return { result: { id: name, default_environment: environment } };
  }

  #worker(name: string): Answer {
    const { subdomain } = this.#scriptOf(name);
    return { result: { id: name, name, subdomain: { enabled: subdomain, previews_enabled: false } } };
  }

  #accountSubdomain(): Answer {
    if (this.subdomain === null) throw new Refusal(404, 10_007, "workers.api.error.subdomain_not_found");
    return { result: { subdomain: this.subdomain } };
  }

  /** @param deploys the version gets all traffic at once */
  #upload(name: string, { form }: Body, deploys: boolean): Answer {
    const metadata = form?.get("metadata");
    if (typeof metadata !== "string") throw new Refusal(400, 10_021, "no metadata");
    const { bindings = [], annotations = {} } = JSON.parse(metadata) as {
      bindings?: Binding[];
      annotations?: Version["annotations"];
    };
    const script = this.scripts.get(name) ?? newScript();
    for (const binding of bindings) this.#checkBinding(binding, { script, name });
    for (const { type, name: secret, text } of bindings) {
      if (type === "secret_text") script.secrets.set(secret, text ?? "");
    }
    const modules = [...(form?.keys() ?? [])].filter((key) => key !== "metadata");
    const kept = bindings.map((one) => (one.type === "inherit" ? (inherited(script, one.name) ?? one) : one));
    const version = { id: this.#id(), number: script.versions.length + 1, bindings: kept, modules, annotations };
    script.versions.unshift(version);
    this.scripts.set(name, script);
    if (deploys) script.deployments.unshift({ id: this.#id(), versionId: version.id, message: undefined });
    const result = {
      id: deploys ? name : version.id,
      deployment_id: version.id,
      startup_time_ms: 5,
      entry_point: modules[0],
      metadata: { has_preview: false },
      resources: { script: { etag: version.id } },
    };
    return { result };
  }

  #checkBinding(binding: Binding, { script, name }: { script: Script; name: string }): void {
    const need = (there: boolean, what: string) => {
      if (!there) throw new Refusal(400, 10_181, `${name} binds ${binding.name} to ${what}, which does not exist`);
    };
    if (binding.type === "d1")
      need(![...this.databases.values()].every(({ id }) => id !== binding.id), String(binding.id));
    if (binding.type === "r2_bucket") need(this.buckets.has(String(binding.bucket_name)), String(binding.bucket_name));
    if (binding.type === "queue") need(this.queues.has(String(binding.queue_name)), String(binding.queue_name));
    if (binding.type === "service") need(this.scripts.has(String(binding.service)), String(binding.service));
    if (binding.type === "inherit") {
      need(inherited(script, binding.name) !== undefined, "what it was before");
    }
    if (binding.type === "workflow") {
      const owner = String(binding.script_name ?? name);
      need(owner === name || this.scripts.has(owner), owner);
    }
  }

  /** Of the newest version. */
  #settings(name: string): Answer {
    const [newest] = this.#scriptOf(name).versions;
    return { result: { bindings: newest?.bindings.map(({ text: _secret, ...binding }) => binding) ?? [] } };
  }

  #listVersions(name: string): Answer {
    return { result: { items: this.#scriptOf(name).versions.map(describeVersion) } };
  }

  #version(name: string, id: string): Answer {
    const version = this.#scriptOf(name).versions.find((one) => one.id === id);
    if (version === undefined) throw new Refusal(404, 10_007, `no version ${id}`);
    return { result: { ...describeVersion(version), resources: { bindings: [], script: {}, script_runtime: {} } } };
  }

  #listDeployments(name: string): Answer {
    const deployments = this.#scriptOf(name).deployments.map(({ id, versionId, message }) => ({
      id,
      source: "wrangler",
      strategy: "percentage",
      author_email: "ann@example.com",
      created_on: "2026-11-23T00:00:00Z",
      annotations: { "workers/message": message },
      versions: [{ version_id: versionId, percentage: 100 }],
    }));
    return { result: { deployments } };
  }

  #deploy(name: string, json: Record<string, unknown>): Answer {
    const script = this.#scriptOf(name);
    const [version] = json.versions as { version_id: string }[];
    const annotations = json.annotations as Record<string, string> | undefined;
    const deployment = {
      id: this.#id(),
      versionId: version?.version_id ?? "",
      message: annotations?.["workers/message"],
    };
    script.deployments.unshift(deployment);
    return { result: { id: deployment.id } };
  }

  #listSecrets(name: string): Answer {
    return {
      result: [...this.#scriptOf(name).secrets.keys()].map((secret) => ({ name: secret, type: "secret_text" })),
    };
  }

  #listSchedules(name: string): Answer {
    return { result: { schedules: this.#scriptOf(name).crons.map((cron) => ({ cron })) } };
  }

  #setSchedules(name: string, json: unknown): Answer {
    this.#scriptOf(name).crons = (json as { cron: string }[]).map(({ cron }) => cron);
    return { result: { schedules: json } };
  }

  #scriptSubdomain(name: string, json?: Record<string, unknown>): Answer {
    const script = this.#scriptOf(name);
    if (json !== undefined) script.subdomain = json.enabled === true;
    return { result: { enabled: script.subdomain, previews_enabled: false } };
  }

  #workflow(name: string): Answer {
    const workflow = this.workflows.get(name);
    if (workflow === undefined) throw new Refusal(404, 10_200, "workflow.not_found");
    return { result: { name, ...workflow } };
  }

  #setWorkflow(name: string, json: Record<string, unknown>): Answer {
    const workflow = { script_name: String(json.script_name), class_name: String(json.class_name) };
    this.#scriptOf(workflow.script_name);
    this.workflows.set(name, workflow);
    return { result: { id: name, name, ...workflow } };
  }
}

function newScript(): Script {
  return { versions: [], deployments: [], secrets: new Map(), crons: [], subdomain: false };
}

function inherited(script: Script, name: string): Binding | undefined {
  return script.versions[0]?.bindings.find((one) => one.name === name);
}

function describeVersion({ id, number, annotations }: Version) {
  const metadata = { created_on: "2026-11-23T00:00:00Z", author_email: "ann@example.com", source: "wrangler" };
  return { id, number, metadata, annotations };
}

function page(total: number) {
  return { page: 1, per_page: 100, count: total, total_count: total, total_pages: 1 };
}

function isQuestion(sql: string): boolean {
  return /^\s*(select|pragma|with)\b/i.test(sql);
}

async function readBody(type: string | undefined, bytes: Buffer): Promise<Pick<Body, "json" | "form">> {
  if (type?.startsWith("multipart/form-data")) {
    const response = new Response(new Uint8Array(bytes), { headers: { "content-type": type } });
    return { json: {}, form: await response.formData() };
  }
  const text = bytes.toString();
  return { json: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>), form: undefined };
}

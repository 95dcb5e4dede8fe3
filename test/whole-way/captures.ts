/** Captures as the gateway makes them, put on the queue by hand: with times, users and answers of the test's choice. */
import { packCapture } from "../../shared/capture/envelope.ts";
import type { Capture, CaptureHeader } from "../../shared/core/exchange.ts";
import { sha256Hex } from "../../shared/core/hash.ts";
import { type ExchangeId, makeUuidV7, signExchangeId } from "../../shared/core/ids.ts";
import { LOCAL_CLAIMS, makeKey } from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import { toBytes } from "../../shared/core/text.ts";
import type { Winnow } from "../../workers/local/launch.ts";
import { eventually } from "../local/launch-stubs.ts";

export const SECRET = "a secret for tests, of 32 characters or more";
export const SIGNER = new MacSigner(SECRET);
export const KEY = await makeKey(LOCAL_CLAIMS, SIGNER);

const BATCH_MESSAGES_MAX = 100;
const BATCH_BYTES_MAX = 256_000;

export interface Wanted {
  /** Makes the id: the same name and time, the same id. */
  name: string;
  atMs: number;
  question?: string;
  answer?: string | null;
  finishReason?: string;
  header?: Partial<CaptureHeader>;
  /** Instead of what question and answer make. */
  request?: string;
  response?: string;
}

export function idOf({ name, atMs }: Pick<Wanted, "name" | "atMs">): ExchangeId {
  const hex = sha256Hex(name);
  const random = Uint8Array.from({ length: 10 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16));
  return makeUuidV7(atMs, random) as ExchangeId;
}

export function signedIdOf(wanted: Pick<Wanted, "name" | "atMs">): Promise<string> {
  return signExchangeId(idOf(wanted), SIGNER);
}

export function captureOf(wanted: Wanted): Capture {
  const { name, atMs, question = `Question ${name}?`, answer = `Answer ${name}.`, finishReason = "stop" } = wanted;
  const request = { model: "gpt-4o-mini", messages: [{ role: "user", content: question }] };
  const response = {
    id: `chatcmpl-${name}`,
    object: "chat.completion",
    created: 1,
    model: "gpt-4o-mini",
    choices: [{ index: 0, message: { role: "assistant", content: answer }, finish_reason: finishReason }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  };
  const header: CaptureHeader = {
    version: 1,
    id: idOf(wanted),
    app: "demo",
    provider: "openai",
    format: "openai",
    method: "POST",
    path: "/v1/chat/completions",
    capture: "full",
    atMs,
    task: "test",
    status: 200,
    requestType: "application/json",
    responseType: "application/json",
    outcome: "complete",
    firstByteMs: 10,
    durationMs: 20,
    ...wanted.header,
  };
  return {
    header,
    request: toBytes(wanted.request ?? JSON.stringify(request)),
    response: toBytes(wanted.response ?? JSON.stringify(response)),
  };
}

/** Sends and waits until every one has its row. */
export async function takeIn(winnow: Winnow, wanted: readonly Wanted[]): Promise<void> {
  await sendCaptures(winnow, wanted);
  const ids = [...new Set(wanted.map(idOf))];
  const db = await winnow.db();
  await eventually(`${wanted.length} rows`, async () => {
    const sql = "select count(*) as total from exchanges where id in (select value from json_each(?))";
    const row = await db.prepare(sql).bind(JSON.stringify(ids)).first<{ total: number }>();
    return row?.total === ids.length ? row : undefined;
  });
}

export async function sendCaptures(winnow: Winnow, wanted: readonly Wanted[]): Promise<void> {
  const queue = await winnow.miniflare.getQueueProducer("CAPTURE", "winnow-gateway");
  for (const messages of inBatches(wanted.map((one) => packCapture(captureOf(one))))) await queue.sendBatch(messages);
}

/** As large as a queue takes them. */
function inBatches(packed: readonly Uint8Array[]): { body: Uint8Array; contentType: "bytes" }[][] {
  const batches: { body: Uint8Array; contentType: "bytes" }[][] = [];
  let bytes = 0;
  for (const body of packed) {
    const last = batches.at(-1);
    if (last === undefined || last.length === BATCH_MESSAGES_MAX || bytes + body.length > BATCH_BYTES_MAX) {
      batches.push([{ body, contentType: "bytes" }]);
      bytes = body.length;
    } else {
      last.push({ body, contentType: "bytes" });
      bytes += body.length;
    }
  }
  return batches;
}

export function api(winnow: Winnow, path: string, init: RequestInit & { key?: string } = {}): Promise<Response> {
  const { key = KEY, ...rest } = init;
  return fetch(winnow.url + path, { ...rest, headers: { "x-winnow-key": key, ...(rest.headers as object) } });
}

/** Sends events without a key, as a browser does, and waits until all of them are written. */
export async function say(
  winnow: Winnow,
  events: readonly { id: string; kind: string; value?: unknown; [field: string]: unknown }[],
): Promise<void> {
  const response = await fetch(`${winnow.url}/v1/feedback`, { method: "POST", body: JSON.stringify(events) });
  if (response.status !== 202) throw new Error(`feedback: ${response.status} ${await response.text()}`);
  const db = await winnow.db();
  const said = JSON.stringify(events.map(({ id, kind }) => `${id.split(".")[0]} ${kind}`));
  const sql = `select count(distinct exchange_id || ' ' || kind) as total from feedback
    where exchange_id || ' ' || kind in (select value from json_each(?))`;
  const expected = new Set(JSON.parse(said)).size;
  await eventually("the feedback", async () => {
    const row = await db.prepare(sql).bind(said).first<{ total: number }>();
    return row?.total === expected ? row : undefined;
  });
}

export interface Detail {
  feedback: { kind: string; name?: string; value: unknown; text: string | null; actor: string | null }[];
  trail: { run: string; reason: string; side: string | null; files: string[]; batch: string }[];
  verdict: { pGood: number };
  flags: string[];
  rawRequest?: string;
  rawResponse?: string;
  [field: string]: unknown;
}

export async function detailOf(winnow: Winnow, id: string): Promise<Detail> {
  const response = await api(winnow, `/v1/exchanges/${id}`);
  if (!response.ok) throw new Error(`exchange ${id}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Detail;
}

export interface RunEnd {
  id: string;
  status: string;
  funnel: Record<string, number>;
  batches: string[];
  error?: string;
}

/** Runs the night by hand and waits for its end. */
export async function runNight(winnow: Winnow, body: object): Promise<RunEnd> {
  const started = await api(winnow, "/v1/runs", { method: "POST", body: JSON.stringify(body) });
  if (started.status !== 202) throw new Error(`run: ${started.status} ${await started.text()}`);
  const { id } = (await started.json()) as { id: string };
  return eventually(`run ${id}`, async () => {
    const response = await api(winnow, `/v1/runs/${id}`);
    if (response.status === 404) return undefined; // the Workflow has not begun yet
    const run = (await response.json()) as RunEnd;
    return run.status === "running" ? undefined : run;
  });
}

export async function linesOf<T>(winnow: Winnow, batch: string, file: string): Promise<T[]> {
  const response = await api(winnow, `/v1/batches/${batch}/files/${file}`);
  const text = await response.text();
  if (!response.ok) throw new Error(`${file}: ${response.status} ${text}`);
  return text === ""
    ? []
    : text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as T);
}

/**
 * `npm run demo`: a day of traffic and feedback with the official SDK, the night, and the batch in your hands.
 * Against the winnow that runs on PORT, or one of its own.
 *
 *     npm run demo -- [--data FILE] [--limit N] [--seed N] [--out DIR]
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import OpenAI from "openai";
import {
  type DemoData,
  type DemoExchange,
  makeConversations,
  type Random,
  readConversations,
} from "./demo-conversations.ts";
import { printPrecision } from "./demo-precision.ts";
import { findWinnow, type RunningWinnow } from "./demo-winnow.ts";

const CALLS_AT_ONCE = 16;
const CALLS_BY_DEFAULT = 120;
const WAIT_MS_MAX = 600_000;

/** An exchange that was sent, with the id that winnow gave it. */
interface Sent {
  id: string;
  exchange: DemoExchange;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: "string" },
      limit: { type: "string" },
      seed: { type: "string", default: "1" },
      out: { type: "string", default: ".winnow/demo" },
    },
  });
  const random = seededRandom(Number(values.seed));
  const data =
    values.data === undefined
      ? makeConversations(CALLS_BY_DEFAULT, seededRandom(Date.now()))
      : await readConversations(values.data, random);
  if (values.limit !== undefined) data.exchanges.length = Math.min(data.exchanges.length, Number(values.limit));
  const winnow = await findWinnow();
  try {
    await runDemo({ winnow, data, out: values.out });
  } finally {
    await winnow.stop();
  }
}

async function runDemo(options: { winnow: RunningWinnow; data: DemoData; out: string }): Promise<void> {
  const { winnow, data, out } = options;
  const task = `demo-${Date.now().toString(36)}`;
  const from = new Date(Date.now() - 1_000).toISOString();
  await teachStandin(winnow, data.exchanges);
  const sent = await sendCalls({ winnow, exchanges: data.exchanges, task });
  const events = await sendFeedback(winnow, sent);
  console.log(`sent ${sent.length} calls, half of them streamed, and ${events} pieces of feedback (task ${task})`);
  await until("all exchanges to be ingested", async () => {
    const { tasks } = (await api(winnow, "/v1/tasks")) as { tasks: { task: string; exchanges: number }[] };
    return tasks.some((one) => one.task === task && one.exchanges >= sent.length) ? true : undefined;
  });
  const batch = await runNight(winnow, { task, from });
  const dir = join(out, batch);
  const files = await pullFiles(winnow, batch, dir);
  printBatch(files, dir);
  if (data.rightTexts.size > 0)
    printPrecision({ data, sft: files.get("sft.openai") ?? "", sent: sent.map((one) => one.exchange) });
}

async function teachStandin(winnow: RunningWinnow, exchanges: readonly DemoExchange[]): Promise<void> {
  const answers = exchanges.flatMap((exchange) => {
    const asked = exchange.messages.findLast((message) => message.role === "user")?.content;
    if (exchange.answer === undefined || typeof asked !== "string") return [];
    return [{ prompt: asked, model: exchange.model, text: exchange.answer }];
  });
  if (answers.length === 0) return;
  const response = await fetch(`${winnow.url}/standin/replay`, {
    method: "PUT",
    headers: { "x-winnow-key": winnow.key, "x-winnow-capture": "off", "content-type": "application/json" },
    body: JSON.stringify({ answers }),
  });
  if (!response.ok)
    throw new Error(`the stand-in did not take the answers: ${response.status} ${await response.text()}`);
}

async function sendCalls(options: {
  winnow: RunningWinnow;
  exchanges: readonly DemoExchange[];
  task: string;
}): Promise<Sent[]> {
  const { winnow, exchanges, task } = options;
  const client = new OpenAI({
    baseURL: `${winnow.url}/standin/v1`,
    apiKey: "the stand-in wants none",
    defaultHeaders: { "x-winnow-key": winnow.key, "x-winnow-task": task },
    maxRetries: 0,
  });
  const sent: Sent[] = new Array(exchanges.length);
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < exchanges.length; at = next++) {
      const exchange = exchanges[at];
      if (exchange !== undefined) sent[at] = { id: await call(client, exchange, at % 2 === 0), exchange };
      if (at % 500 === 499) console.log(`  ${at + 1} of ${exchanges.length} calls`);
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, worker));
  return sent;
}

/** One call as an app makes it; answers with its x-winnow-id. */
async function call(client: OpenAI, exchange: DemoExchange, stream: boolean): Promise<string> {
  const { model, user } = exchange;
  const messages = exchange.messages as OpenAI.ChatCompletionMessageParam[];
  const headers: Record<string, string> = user === "" ? {} : { "x-winnow-user": user };
  if (!stream) {
    const { response } = await client.chat.completions.create({ model, messages }, { headers }).withResponse();
    return winnowId(response);
  }
  const body = { model, messages, stream: true, stream_options: { include_usage: true } } as const;
  const { data, response } = await client.chat.completions.create(body, { headers }).withResponse();
  for await (const _chunk of data); // an app would show them
  return winnowId(response);
}

function winnowId(response: Response): string {
  const id = response.headers.get("x-winnow-id");
  if (id === null) throw new Error(`the answer has no x-winnow-id (status ${response.status})`);
  return id;
}

/** As a browser would: no key, only the ids. */
async function sendFeedback(winnow: RunningWinnow, sent: readonly Sent[]): Promise<number> {
  const events = sent.flatMap(({ id, exchange }) =>
    exchange.feedback.map((piece, index) => ({
      id,
      ...piece,
      ...(index > 0 && piece.kind === "thumb" && { actor: `voter-${index}` }),
    })),
  );
  for (let at = 0; at < events.length; at += 50) {
    const response = await fetch(`${winnow.url}/v1/feedback`, {
      method: "POST",
      body: JSON.stringify(events.slice(at, at + 50)),
    });
    if (response.status !== 202) throw new Error(`feedback: ${response.status} ${await response.text()}`);
  }
  return events.length;
}

async function runNight(winnow: RunningWinnow, window: { task: string; from: string }): Promise<string> {
  // Feedback travels by the same queue; a run without maturation must give it the moment it takes.
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const { id } = (await api(winnow, "/v1/runs", { ...window, maturationHours: 0 })) as { id: string };
  const run = await until("the night to end", async () => {
    const state = (await api(winnow, `/v1/runs/${id}`)) as {
      status: string;
      batches: string[];
      funnel: object;
      error?: string;
    };
    return state.status === "running" ? undefined : state;
  });
  const [batch] = run.batches;
  if (run.status !== "done" || batch === undefined)
    throw new Error(`run ${id} ${run.status}: ${run.error ?? "no batch"}`);
  console.log(`\nfunnel of run ${id}`);
  for (const [bucket, count] of Object.entries(run.funnel)) console.log(`  ${String(count).padStart(6)}  ${bucket}`);
  return batch;
}

/** Downloads every file of the batch. @returns texts by "file.format" */
async function pullFiles(winnow: RunningWinnow, batch: string, dir: string): Promise<Map<string, string>> {
  await mkdir(dir, { recursive: true });
  const manifest = (await api(winnow, `/v1/batches/${batch}`)) as {
    files: { file: string; format: string }[];
    emptyBecause: string | null;
  };
  await writeFile(join(dir, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  if (manifest.emptyBecause !== null) console.log(`\nthe batch is empty: ${manifest.emptyBecause}`);
  const texts = new Map<string, string>();
  for (const { file, format } of manifest.files) {
    if (file === "canonical") continue;
    const response = await fetch(
      `${winnow.url}/v1/batches/${batch}/files/${file}${file === "provenance" ? "" : `?format=${format}`}`,
      {
        headers: { "x-winnow-key": winnow.key },
      },
    );
    const text = await response.text();
    if (!response.ok) throw new Error(`${file}.${format}: ${response.status} ${text}`);
    await writeFile(join(dir, `${file}.${format}.jsonl`), text);
    texts.set(`${file}.${format}`, text);
  }
  return texts;
}

function printBatch(files: Map<string, string>, dir: string): void {
  console.log(`\nfiles in ${dir}`);
  for (const [name, text] of files) {
    const [first = "(empty)"] = text.split("\n");
    console.log(`  ${name}.jsonl, ${text.split("\n").length - 1} rows`);
    if (first !== "") console.log(`    ${first.length > 300 ? `${first.slice(0, 300)}…` : first}`);
  }
}

async function api(winnow: RunningWinnow, path: string, body?: object): Promise<unknown> {
  const response = await fetch(winnow.url + path, {
    ...(body && { method: "POST", body: JSON.stringify(body) }),
    headers: { "x-winnow-key": winnow.key, "content-type": "application/json" },
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const endMs = Date.now() + WAIT_MS_MAX;
  while (Date.now() < endMs) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`waited ${WAIT_MS_MAX / 1_000} s for ${what}`);
}

/** mulberry32: small, seeded, good enough to play users. */
function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

await main();

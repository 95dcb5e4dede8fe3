/** From an app's call to a line that someone pulls, with the official SDK, and from that line back to the call. */
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LOCAL_CLAIMS, makeKey } from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import type { Manifest } from "../../shared/core/manifest.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { startStandin } from "../../workers/local/standin.ts";
import { eventually } from "../local/launch-stubs.ts";

const SECRET = "a secret for tests, of 32 characters or more";
const KEY = await makeKey(LOCAL_CLAIMS, new MacSigner(SECRET));
const TASK = "whole-way";
const CALLS = 24;

let winnow: Winnow;
let standin: Awaited<ReturnType<typeof startStandin>>;

beforeAll(async () => {
  standin = await startStandin({ port: 0 });
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET }, providers: { standin: standin.provider } });
});
afterAll(async () => {
  await winnow?.stop();
  await standin?.stop();
});

interface Sent {
  id: string;
  question: string;
  answer: string;
}

/** Every other call is streamed; the SDK itself puts the answer together. */
async function sendCall(client: OpenAI, number: number): Promise<Sent> {
  const question = `Question ${number}: where is parcel ${4_700 + number}?`;
  const messages = [{ role: "user" as const, content: question }];
  const options = { headers: { "x-winnow-task": TASK, "x-winnow-user": `user-${number % 5}` } };
  let id: string | null = null;
  if (number % 2 === 0) {
    const { data, response } = await client.chat.completions
      .create({ model: "gpt-4o-mini", messages }, options)
      .withResponse();
    id = response.headers.get("x-winnow-id");
    return { id: id ?? "", question, answer: data.choices[0]?.message.content ?? "" };
  }
  const { data, response } = await client.chat.completions
    .create({ model: "gpt-4o-mini", messages, stream: true }, options)
    .withResponse();
  id = response.headers.get("x-winnow-id");
  let answer = "";
  for await (const chunk of data) answer += chunk.choices[0]?.delta.content ?? "";
  return { id: id ?? "", question, answer };
}

/** Of four calls one gets a thumb up, one a thumb down, one a correction, one nothing. */
function feedbackOf({ id }: Sent, number: number): object[] {
  if (number % 4 === 0) return [{ id, kind: "thumb", value: "up" }];
  if (number % 4 === 1) return [{ id, kind: "thumb", value: "down" }];
  return number % 4 === 2 ? [{ id, kind: "correction", text: `Parcel ${4_700 + number} comes tomorrow.` }] : [];
}

async function api<T>(path: string, body?: object): Promise<T> {
  const response = await fetch(winnow.url + path, {
    headers: { "x-winnow-key": KEY },
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
  });
  expect(response.ok, `${path}: ${response.status}`).toBe(true);
  return (await response.json()) as T;
}

async function linesOf<T>(batch: string, file: string): Promise<T[]> {
  const response = await fetch(`${winnow.url}/v1/batches/${batch}/files/${file}`, { headers: { "x-winnow-key": KEY } });
  expect(response.status).toBe(200);
  const text = await response.text();
  return text === ""
    ? []
    : text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as T);
}

test("calls, their feedback and a night come out as lines that lead back to the calls", async () => {
  const client = new OpenAI({
    baseURL: `${winnow.url}/standin/v1`,
    apiKey: "sk-the-provider's",
    defaultHeaders: { "x-winnow-key": KEY },
  });
  const sent = await Promise.all(Array.from({ length: CALLS }, (_, number) => sendCall(client, number)));
  // A browser's way: no key, and a type that needs no preflight.
  const said = await fetch(`${winnow.url}/v1/feedback`, {
    method: "POST",
    headers: { "content-type": "text/plain" },
    body: JSON.stringify(sent.flatMap(feedbackOf)),
  });
  expect(said.status).toBe(202);
  await eventually("all rows and all feedback", async () => {
    const counts = await (await winnow.db())
      .prepare("select (select count(*) from exchanges) as exchanges, (select count(*) from feedback) as feedback")
      .first<{ exchanges: number; feedback: number }>();
    return counts?.exchanges === CALLS && counts.feedback === (CALLS / 4) * 3 ? counts : undefined;
  });

  const { id: run } = await api<{ id: string }>("/v1/runs", { maturationHours: 0, task: TASK });
  const done = await eventually("the run", async () => {
    const seen = await api<{ status: string; funnel: Record<string, number>; batches: string[] }>(`/v1/runs/${run}`);
    return seen.status === "running" ? undefined : seen;
  });
  expect(done).toMatchObject({ status: "done", batches: [expect.any(String)] });
  const [batch = ""] = done.batches;
  const { window, ...buckets } = done.funnel;
  expect(window).toBe(CALLS);
  expect(Object.values(buckets).reduce((sum, count) => sum + count, 0)).toBe(CALLS);

  const { batches } = await api<{ batches: { id: string; counts: Record<string, number> }[] }>("/v1/batches");
  expect(batches.map(({ id }) => id)).toEqual([batch]);
  const manifest = await api<Manifest>(`/v1/batches/${batch}`);
  expect(manifest.funnel).toEqual(done.funnel);

  type Provenance = { file: string; row: number; exchangeId: string; because: string };
  const provenance = await linesOf<Provenance>(batch, "provenance");
  const files = {
    sft: await linesOf<{ messages: { content: string }[] }>(batch, "sft"),
    preference: await linesOf<{ preferred_output: { content: string }[] }>(batch, "preference"),
    kto: await linesOf<{ completion: { content: string }[]; label: boolean }>(batch, "kto"),
    eval: await linesOf<{ messages: { content: string }[] }>(batch, "eval"),
  };
  expect(provenance).toHaveLength(Object.values(files).flat().length);
  expect(files.kto.some(({ label }) => label) && files.kto.some(({ label }) => !label)).toBe(true);
  for (const { file, row, exchangeId, because } of provenance) {
    const number = sent.findIndex(({ id }) => id.startsWith(`${exchangeId}.`));
    const call = sent[number];
    if (call === undefined) throw new Error(`${file} row ${row} leads to no call: ${exchangeId}`);
    const line = JSON.stringify(files[file as keyof typeof files][row - 1]);
    expect(line).toContain(call.question);
    const target = because === "correction" ? `Parcel ${4_700 + number} comes tomorrow.` : call.answer;
    expect(line).toContain(JSON.stringify(target).slice(1, -1));
    expect(number % 4, `${file} row ${row}, because of ${because}`).toBe(
      because === "correction" ? 2 : number % 4 === 1 ? 1 : 0,
    );
  }
  for (const [number, { id }] of sent.entries()) {
    const { trail, feedback } = await api<{ trail: { run: string; reason: string }[]; feedback: object[] }>(
      `/v1/exchanges/${id}`,
    );
    expect(trail.map((entry) => entry.run)).toEqual([run]);
    expect(feedback).toHaveLength(number % 4 === 3 ? 0 : 1);
    if (number % 4 === 3) expect(trail[0]?.reason).toBe("no_label");
  }
});

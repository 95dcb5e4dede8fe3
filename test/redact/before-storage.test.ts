/** An app that wants personal data gone before anything is stored: then no byte of R2 or D1 has it. */
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { type Standin, startStandin } from "../../workers/local/standin.ts";
import { eventually } from "../local/launch-stubs.ts";
import { api, KEY, SECRET } from "../whole-way/captures.ts";

const PRIVATE = [
  "mia.schulz@example.org",
  "+49 30 901820",
  "DE89370400440532013000",
  "sk-proj-4f8Gh2KdLmQ9sTvWxYz1B3nC",
];
const QUESTION = `My mail is ${PRIVATE[0]}, my phone ${PRIVATE[1]}, my account ${PRIVATE[2]}, my key ${PRIVATE[3]}.`;

let winnow: Winnow;
let standin: Standin;

beforeAll(async () => {
  standin = await startStandin({ port: 0 });
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET }, providers: { ...standin.providers } });
});
afterAll(async () => {
  await winnow?.stop();
  await standin?.stop();
});

async function setRedaction(at: "export" | "storage" | "off"): Promise<void> {
  const response = await api(winnow, "/v1/settings", {
    method: "PUT",
    body: JSON.stringify({ redaction: { at }, userIds: "plain" }),
  });
  expect(response.status).toBe(200);
}

/** @returns the id, signed */
async function ask(content: string): Promise<string> {
  const answer = await fetch(`${winnow.url}/standin/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-winnow-key": KEY, "x-winnow-user": "mia.schulz@example.org" },
    body: JSON.stringify({ model: "standin-1", messages: [{ role: "user", content }] }),
  });
  const text = await answer.text();
  if (content === QUESTION) expect(text).toContain(PRIVATE[0]); // the call itself is not touched
  return answer.headers.get("x-winnow-id") ?? "";
}

async function messagesOf(id: string): Promise<{ content: string }[]> {
  return eventually(`exchange ${id}`, async () => {
    const response = await api(winnow, `/v1/exchanges/${id}`);
    return response.ok ? ((await response.json()) as { messages: { content: string }[] }).messages : undefined;
  });
}

/** All text in R2, unpacked where it is gzip, and all rows of D1. */
async function everything(): Promise<string> {
  const bucket = await winnow.bucket();
  const parts: string[] = [];
  for (const { key } of (await bucket.list()).objects) {
    const object = await bucket.get(key);
    const bytes = Buffer.from((await object?.arrayBuffer()) ?? []);
    parts.push(key, bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes).toString() : bytes.toString());
  }
  const db = await winnow.db();
  const { results: tables } = await db
    .prepare("select name from sqlite_master where type = 'table' and name not like '\\_cf%' escape '\\'")
    .all<{ name: string }>();
  for (const { name } of tables)
    parts.push(JSON.stringify((await db.prepare(`select * from "${name}"`).all()).results));
  return parts.join("\n");
}

test("what is private reaches the provider, and no byte of R2 or D1; the same value has the same name all through", async () => {
  await setRedaction("storage");
  const id = await ask(QUESTION);
  const large = await ask(`${QUESTION} ${Array.from({ length: 40_000 }, (_, at) => at.toString(36)).join(" ")}`);
  await api(winnow, "/v1/feedback", {
    method: "POST",
    body: JSON.stringify({ id, kind: "correction", text: `Write to ${PRIVATE[0]} instead.`, actor: PRIVATE[0] }),
  });
  const [question, answer] = await messagesOf(id);
  expect(question?.content).toBe("My mail is [EMAIL_1], my phone [PHONE_1], my account [IBAN_1], my key [SECRET_1].");
  expect(answer?.content).toContain("[EMAIL_1]");
  await messagesOf(large);
  const all = await eventually("the correction", async () => {
    const text = await everything();
    return text.includes("instead.") ? text : undefined;
  });
  expect(all).toContain("Write to [EMAIL_1] instead.");
  for (const secret of PRIVATE) expect(all).not.toContain(secret);
});

test("by default it is kept as it came, so that a later choice can be made about it", async () => {
  await setRedaction("export");
  const [question] = await messagesOf(await ask(QUESTION));
  expect(question?.content).toBe(QUESTION);
});

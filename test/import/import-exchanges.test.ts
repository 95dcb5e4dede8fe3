/** POST /v1/exchanges, through all four Workers. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asExchangeId, idTimeMs, signExchangeId } from "../../shared/core/ids.ts";
import { REJECTIONS_LISTED_MAX } from "../../shared/import/bounds.ts";
import { importId } from "../../shared/import/import-id.ts";
import { type ImportLine, readImportLine } from "../../shared/import/import-line.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { eventually } from "../local/launch-stubs.ts";
import { keyWith } from "../pull/pulled-winnow.ts";
import { api, detailOf, SECRET, SIGNER } from "../whole-way/captures.ts";
import { lineOf, ndjson } from "./lines.ts";

interface Outcome {
  accepted: number;
  rejected: { line: number; reason: string }[];
  rejectedTotal: number;
}

let winnow: Winnow;
beforeAll(async () => {
  winnow = await launch({
    secrets: { WINNOW_SECRET: SECRET },
    providers: { inhouse: { baseUrl: "http://127.0.0.1:9", format: "openai" } },
  });
});
afterAll(() => winnow?.stop());

async function send(body: BodyInit, key?: string): Promise<Outcome> {
  const response = await api(winnow, "/v1/exchanges", { method: "POST", body, ...(key !== undefined && { key }) });
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as Outcome;
}

function idOf(line: unknown, atMs: number): string {
  const read = readImportLine(line as never);
  if (!read.ok) throw new Error(read.reason);
  return importId({ app: "demo", atMs, line: read.value as ImportLine });
}

function detail(id: string) {
  return eventually(`exchange ${id}`, () => detailOf(winnow, id).catch(() => undefined));
}

async function countOf(task: string): Promise<number> {
  const row = await (await winnow.db())
    .prepare("select count(*) as total from exchanges where task = ?")
    .bind(task)
    .first<{ total: number }>();
  return row?.total ?? 0;
}

describe("an import", () => {
  test("makes of a line the exchange that a call would have been", async () => {
    const line = lineOf(1, { id: "own-1", session: "s-1", durationMs: 321, meta: { tier: "gold" } });
    expect(await send(ndjson([line]))).toEqual({ accepted: 1, rejected: [], rejectedTotal: 0 });
    const atMs = Date.parse(String(line.at));
    const id = idOf(line, atMs);
    expect(asExchangeId(id)).toBe(id);
    expect(idTimeMs(id)).toBe(atMs);
    expect(await detail(id)).toMatchObject({
      id: await signExchangeId(id as never, SIGNER).then((signed) =>
        expect.stringMatching(new RegExp(`^(${id}|${signed})$`)),
      ),
      task: "imported",
      session: "s-1",
      provider: "openai",
      model: "gpt-4o-mini",
      outcome: "complete",
      finishReason: "stop",
      inputTokens: 21,
      outputTokens: 9,
      at: line.at,
      durationMs: 321,
      request: line.request,
      response: line.response,
      flags: [],
    });
  });

  test("of the same lines again, in another order and in part, adds nothing", async () => {
    const lines = Array.from({ length: 120 }, (_, at) => lineOf(at, { task: "twice" }));
    await send(ndjson(lines));
    await eventually("120 rows", async () => ((await countOf("twice")) === 120 ? true : undefined));
    expect(await send(ndjson([...lines].reverse()))).toMatchObject({ accepted: 120 });
    expect(await send(ndjson([...lines.slice(0, 5), lineOf(999, { task: "twice" })]))).toMatchObject({ accepted: 6 });
    // one that comes last through the same queue is there: so were those before it
    await eventually("the last row", async () => ((await countOf("twice")) >= 121 ? true : undefined));
    expect(await countOf("twice")).toBe(121);
  });

  test("tells each line that it does not take, by its number and its reason, and takes the others", async () => {
    const body = ndjson([
      lineOf(1, { task: "mixed" }),
      "",
      "{not json",
      JSON.stringify([1]),
      lineOf(2, { task: "mixed", provider: "nobody" }),
      lineOf(3, { task: "mixed", colour: "red" }),
      lineOf(4, { task: "mixed", request: "text" }),
      lineOf(5, { task: "mixed", at: "yesterday" }),
      lineOf(6, { task: "mixed", at: "2100-01-01T00:00:00Z" }),
      `{"provider":"openai","request":${"[".repeat(500)}${"]".repeat(500)}}`,
      { provider: "openai", request: { model: "m", messages: [] } },
      lineOf(7, { task: "mixed", provider: "inhouse" }),
    ]);
    const { accepted, rejected, rejectedTotal } = await send(body);
    expect(accepted).toBe(2);
    expect(rejectedTotal).toBe(9);
    expect(rejected).toEqual([
      { line: 3, reason: expect.stringContaining("not JSON") },
      { line: 4, reason: expect.stringContaining("not a JSON object") },
      { line: 5, reason: expect.stringContaining("provider nobody is not known") },
      { line: 6, reason: expect.stringContaining("colour is no field") },
      { line: 7, reason: expect.stringContaining("request is not a JSON object") },
      { line: 8, reason: expect.stringContaining("at is an ISO 8601 time") },
      { line: 9, reason: expect.stringContaining("2100") },
      { line: 10, reason: expect.stringContaining("nests too deep") },
      { line: 11, reason: "response is missing" },
    ]);
  });

  test("lists a bounded part of what it rejects, and counts all of it", async () => {
    const { rejected, rejectedTotal, accepted } = await send("{}\n".repeat(REJECTIONS_LISTED_MAX + 1));
    expect(accepted).toBe(0);
    expect(rejected).toHaveLength(REJECTIONS_LISTED_MAX);
    expect(rejectedTotal).toBe(REJECTIONS_LISTED_MAX + 1);
  });

  test("takes calls of other APIs by what their bodies hold", async () => {
    const lines = [
      {
        provider: "anthropic",
        at: "2026-05-02T00:00:00Z",
        request: { model: "claude-sonnet-4-5", max_tokens: 10, messages: [{ role: "user", content: "Hello?" }] },
        response: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model: "claude-sonnet-4-5",
          content: [{ type: "text", text: "Good day." }],
          stop_reason: "end_turn",
          usage: { input_tokens: 3, output_tokens: 4 },
        },
      },
      {
        provider: "google",
        at: "2026-05-02T00:00:01Z",
        request: { model: "gemini-2.5-flash", contents: [{ role: "user", parts: [{ text: "Hello?" }] }] },
        response: {
          candidates: [{ content: { role: "model", parts: [{ text: "Good day." }] }, finishReason: "STOP" }],
          usageMetadata: { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 7 },
        },
      },
      {
        provider: "openai",
        at: "2026-05-02T00:00:02Z",
        request: { model: "gpt-5-mini", input: "Hello?" },
        response: {
          id: "resp_1",
          object: "response",
          model: "gpt-5-mini",
          status: "completed",
          output: [{ type: "message", role: "assistant", content: [{ type: "output_text", text: "Good day." }] }],
          usage: { input_tokens: 3, output_tokens: 4, total_tokens: 7 },
        },
      },
    ];
    expect(await send(ndjson(lines))).toMatchObject({ accepted: 3, rejectedTotal: 0 });
    for (const line of lines) {
      const { messages, inputTokens, outputTokens, flags } = await detail(idOf(line, Date.parse(line.at)));
      expect(flags).toEqual([]);
      expect({ inputTokens, outputTokens }).toEqual({ inputTokens: 3, outputTokens: 4 });
      expect(messages).toMatchObject([{ role: "user" }, { role: "assistant" }]);
      expect(JSON.stringify(messages)).toContain("Good day.");
    }
  });

  test("carries a line's feedback, which counts as if it had been sent, and once", async () => {
    const line = lineOf(50, {
      task: "voted",
      feedback: [
        { kind: "thumb", value: "down", actor: "ada" },
        { kind: "correction", text: "It comes on Monday.", actor: "ada", at: "2026-05-03T00:00:00Z" },
      ],
    });
    await send(ndjson([line]));
    await send(ndjson([line]));
    const id = idOf(line, Date.parse(String(line.at)));
    const seen = await eventually("both events", async () => {
      const { feedback } = await detail(id);
      return feedback.length === 2 ? feedback : undefined;
    });
    expect(seen).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: "thumb", value: "down" }),
        expect.objectContaining({ kind: "correction", text: "It comes on Monday." }),
      ]),
    );
    expect(idOf({ ...line, feedback: undefined }, Date.parse(String(line.at)))).toBe(id);
  });

  test("refuses feedback with a key that may not give it, and the whole with one that may not import", async () => {
    const voted = lineOf(51, { feedback: [{ kind: "thumb", value: "up" }] });
    const { accepted, rejected } = await send(ndjson([voted, lineOf(52)]), await keyWith("proxy"));
    expect(accepted).toBe(1);
    expect(rejected).toEqual([{ line: 1, reason: "feedback: the key lacks the scope feedback" }]);
    const key = await keyWith("pull", "feedback");
    const refused = await api(winnow, "/v1/exchanges", { method: "POST", body: ndjson([lineOf(1)]), key });
    expect(refused.status).toBe(403);
    await refused.body?.cancel();
  });

  test("names the event and the field of feedback that is wrong", async () => {
    const { rejected } = await send(ndjson([lineOf(53, { feedback: [{ kind: "thumb", value: "sideways" }] })]));
    expect(rejected[0]?.reason).toMatch(/^feedback\[0\]\.value is "sideways"/);
  });

  test("keeps a call that no queue message holds, by way of R2", async () => {
    const noise = Array.from({ length: 300_000 }, (_, at) =>
      String.fromCharCode(0x21 + ((at * 7_919 + (at >> 3) * 104_729) % 90)),
    ).join("");
    const line = lineOf(60, { task: "large", request: { model: "m", messages: [{ role: "user", content: noise }] } });
    await send(ndjson([line]));
    const { request } = await detail(idOf(line, Date.parse(String(line.at))));
    expect(request).toEqual(line.request);
  });

  test("passes over a line that is too long, and goes on behind it", async () => {
    const long = JSON.stringify(lineOf(61, { request: { messages: ["x".repeat(4 * 1024 * 1024)] } }));
    const { accepted, rejected } = await send(ndjson([long, lineOf(62)]));
    expect(accepted).toBe(1);
    expect(rejected).toEqual([{ line: 1, reason: expect.stringMatching(/^the line has \d+ bytes/) }]);
  });
});

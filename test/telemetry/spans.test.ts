/** Spans of OpenTelemetry's GenAI conventions, from calls through the real Workers to a collector. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Span } from "../../shared/telemetry/otlp.ts";
import type { Winnow } from "../../workers/local/launch.ts";
import { launch } from "../../workers/local/launch.ts";
import { type Standin, startStandin } from "../../workers/local/standin.ts";
import { eventually } from "../local/launch-stubs.ts";
import { detailOf, KEY, SECRET } from "../whole-way/captures.ts";

interface Posted {
  headers: IncomingHttpHeaders;
  body: { resourceSpans: { resource: object; scopeSpans: { spans: Span[] }[] }[] };
}

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";

const posted: Posted[] = [];
let isBroken = false;
const collector = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  if (isBroken) return response.writeHead(503).end("full");
  if (request.url === "/otlp/v1/traces") {
    posted.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) as Posted["body"] });
  }
  response.writeHead(200, { "content-type": "application/json" }).end("{}");
});

let winnow: Winnow;
let standin: Standin;

beforeAll(async () => {
  collector.listen(0, "127.0.0.1");
  await once(collector, "listening");
  standin = await startStandin({ port: 0 });
  winnow = await launch({
    secrets: { WINNOW_SECRET: SECRET },
    providers: { openai: standin.provider },
    vars: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}/otlp/`,
      OTEL_EXPORTER_OTLP_HEADERS: "Authorization=Basic%20YQ==,x-team=ai",
    },
  });
});
afterAll(async () => {
  await winnow?.stop();
  await standin?.stop();
  collector.close();
});

async function call(headers: Record<string, string>, fields: object = {}): Promise<string> {
  const response = await fetch(`${winnow.url}/openai/v1/chat/completions`, {
    method: "POST",
    headers: { "x-winnow-key": KEY, "content-type": "application/json", ...headers },
    body: JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "a marked secret" }], ...fields }),
  });
  await response.text();
  return response.headers.get("x-winnow-id")?.split(".")[0] ?? "";
}

function spans(): Span[] {
  return posted.flatMap(({ body }) =>
    body.resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)),
  );
}

function spanOf(id: string): Promise<Span> {
  return eventually(`the span of ${id}`, async () =>
    spans().find((span) => attributesOf(span)["winnow.exchange.id"] === id),
  );
}

function attributesOf(span: Span): Record<string, unknown> {
  return Object.fromEntries(span.attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}

test("a call is a client span in its caller's trace, with the conventions' names and none of its content", async () => {
  const traceparent = `00-${TRACE}-${PARENT}-01`;
  const headers = { traceparent, "x-winnow-task": "parcels", "x-winnow-session": "s 1" };
  const id = await call(headers, { temperature: 1, max_tokens: 20, stop: "END", n: 2 });
  const span = await spanOf(id);
  const detail = await detailOf(winnow, id);
  expect(span).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, name: "chat gpt-4o-mini", kind: 3, status: {} });
  expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
  expect(attributesOf(span)).toMatchObject({
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o-mini",
    "gen_ai.request.temperature": 1,
    "gen_ai.request.max_tokens": "20",
    "gen_ai.request.stop_sequences": { values: [{ stringValue: "END" }] },
    "gen_ai.request.choice.count": "2",
    "gen_ai.conversation.id": "s 1",
    "gen_ai.response.finish_reasons": { values: [{ stringValue: "stop" }] },
    "gen_ai.usage.input_tokens": String(detail.inputTokens),
    "gen_ai.usage.output_tokens": String(detail.outputTokens),
    "winnow.task": "parcels",
  });
  expect(span.attributes.find(({ key }) => key === "gen_ai.request.temperature")?.value).toEqual({ doubleValue: 1 });
  expect(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano)).toBe(true);
  expect(JSON.stringify(posted)).not.toContain("a marked secret");
  expect(detail.traceparent).toBe(traceparent);
});

test("the collector is told who sends, by OpenTelemetry's own variables", async () => {
  await spanOf(await call({}));
  const last = posted.at(-1);
  expect(last?.headers).toMatchObject({
    authorization: "Basic YQ==",
    "x-team": "ai",
    "content-type": "application/json",
  });
  expect(last?.body.resourceSpans[0]?.resource).toEqual({
    attributes: [{ key: "service.name", value: { stringValue: "winnow" } }],
  });
});

test("a call of no trace has one of its own; a stream tells its first chunk, a failure its status", async () => {
  const [streamed, failed] = await Promise.all([call({}, { stream: true }), call({}, { model: "standin-error-429" })]);
  const span = await spanOf(streamed);
  expect(span).toMatchObject({ traceId: streamed.replaceAll("-", "") });
  expect(span.parentSpanId).toBeUndefined();
  expect(attributesOf(span)).toMatchObject({ "gen_ai.request.stream": true });
  expect(attributesOf(span)["gen_ai.response.time_to_first_chunk"]).toBeGreaterThanOrEqual(0);
  const other = await spanOf(failed);
  expect(attributesOf(other)["error.type"]).toBe("429");
  expect(other.status.code).toBe(2);
});

test("a trace that is not sampled gets no span, and one that is malformed is taken for none", async () => {
  const unsampled = await call({ traceparent: `00-${TRACE}-${PARENT}-00` });
  const odd = await call({ traceparent: `00-${"0".repeat(32)}-${PARENT}-01` });
  expect((await spanOf(odd)).traceId).toBe(odd.replaceAll("-", ""));
  await eventually("its row", async () => detailOf(winnow, unsampled).catch(() => undefined));
  expect(spans().map((span) => attributesOf(span)["winnow.exchange.id"])).not.toContain(unsampled);
  expect((await detailOf(winnow, odd)).traceparent).toBeNull();
});

test("a collector that refuses costs the span alone, which is counted", async () => {
  isBroken = true;
  const id = await call({});
  await eventually("the row", async () => detailOf(winnow, id).catch(() => undefined));
  const db = await winnow.db();
  const count = await eventually("the count", async () => {
    const sql = "select sum(count) as total from losses where reason = 'span_refused'";
    return (await db.prepare(sql).first<{ total: number | null }>())?.total;
  });
  expect(count).toBe(1);
  isBroken = false;
});

/** A consumer's place on the server, held batches, and who is told of a batch. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Validator } from "@cfworker/json-schema";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeKey } from "../../shared/core/keys.ts";
import type { Manifest } from "../../shared/core/manifest.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { eventually } from "../local/launch-stubs.ts";
import { callOf, DAY_MS, dayBefore, live, manifestOf, nightOf, UP } from "../night/nights.ts";
import { api, SECRET, SIGNER } from "../whole-way/captures.ts";

const DAY = dayBefore(40);

interface Told {
  headers: Record<string, string>;
  body: string;
}

let winnow: Winnow;
let receiver: { url: string; told: Told[]; status: number; stop(): void };

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  receiver = await receive();
});
afterAll(async () => {
  receiver?.stop();
  await winnow?.stop();
});

/** A webhook of the app's. */
async function receive() {
  const told: Told[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    told.push({ headers: request.headers as Record<string, string>, body });
    response.writeHead(own.status).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  const own = { url, told, status: 204, stop: () => server.close() };
  return own;
}

/** @returns the batch of a night with one example */
async function publish(task: string, day: number): Promise<string> {
  const dayMs = DAY + day * DAY_MS;
  await live(winnow, [callOf({ task, dayMs, at: 0, said: [UP] })]);
  return (await nightOf(winnow, { task, dayMs })).batches[0] ?? "";
}

/** As the guard leaves it. */
async function hold(batch: string): Promise<void> {
  await (await winnow.db()).prepare("update batches set status = 'held' where id = ?").bind(batch).run();
}

async function batchesOf(query: string): Promise<string[]> {
  const { batches } = (await (await api(winnow, `/v1/batches?${query}`)).json()) as { batches: { id: string }[] };
  return batches.map(({ id }) => id);
}

async function post(
  path: string,
  body: object,
  key?: string,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await api(winnow, path, { method: "POST", body: JSON.stringify(body), ...(key && { key }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

test("a consumer gets what it has not acknowledged, never skips and never repeats", async () => {
  const [first, second] = [await publish("places", 0), await publish("places", 1)];
  const mine = "task=places&consumer=nightly-train";
  expect(await batchesOf(mine)).toEqual([first, second]);
  expect(await batchesOf(mine)).toEqual([first, second]); // looking is not taking
  expect(await post(`/v1/batches/${first}/ack`, { consumer: "nightly-train", task: "places" })).toEqual({
    status: 200,
    body: { consumer: "nightly-train", batch: first, moved: true },
  });
  expect(await batchesOf(mine)).toEqual([second]);
  expect(await batchesOf("task=places&consumer=another")).toEqual([first, second]);
  await post(`/v1/batches/${second}/ack`, { consumer: "nightly-train", task: "places" });
  const back = await post(`/v1/batches/${first}/ack`, { consumer: "nightly-train", task: "places" });
  expect(back.body.moved).toBe(false); // what was acknowledged stays so
  expect(await batchesOf(mine)).toEqual([]);
});

test("a held batch comes to a consumer when it is released, though the list has gone on; its manifest says who did it and why", async () => {
  const held = await publish("holding", 0);
  await hold(held);
  const next = await publish("holding", 1);
  const mine = "task=holding&consumer=c";
  expect(await batchesOf(mine)).toEqual([next]);
  expect((await post(`/v1/batches/${held}/ack`, { consumer: "c", task: "holding" })).status).toBe(409);
  await post(`/v1/batches/${next}/ack`, { consumer: "c", task: "holding" });
  const since = `task=holding&status=ready&since=${next}`;
  expect(await batchesOf(since)).toEqual([]);
  const released = await post(`/v1/batches/${held}/release`, { reason: "looked over by hand" });
  expect(released).toMatchObject({ status: 200, body: { id: held, status: "ready" } });
  expect(await batchesOf(mine)).toEqual([held]);
  expect(await batchesOf(since)).toEqual([held]);
  const manifest: Manifest = await manifestOf(winnow, held);
  expect(manifest.release).toMatchObject({ reason: "looked over by hand", key: "local" });
  expect((await post(`/v1/batches/${held}/release`, { reason: "again" })).body).toMatchObject({
    error: { code: "not_held" },
  });
});

test("a release wants a reason, and a key that may", async () => {
  const batch = await publish("reasons", 0);
  await hold(batch);
  expect(await post(`/v1/batches/${batch}/release`, { reason: " " })).toMatchObject({ status: 400 });
  const pull = await makeKey({ app: "demo", keyId: "reader", scopes: ["pull"] }, SIGNER);
  expect(await post(`/v1/batches/${batch}/release`, { reason: "mine" }, pull)).toMatchObject({ status: 403 });
  expect(await post("/v1/batches/nothing/release", { reason: "mine" })).toMatchObject({ status: 404 });
});

test.each([
  ["consumer=a%20b", /consumer: is 1 to 64/],
  ["consumer=a&since=b", /either since or consumer/],
])("%s is refused with what may stand there", async (query, message) => {
  const response = await api(winnow, `/v1/batches?${query}`);
  expect([response.status, await response.text()]).toEqual([400, expect.stringMatching(message)]);
});

test("a webhook is told of a batch, signed as Standard Webhooks verifies it, and again until it takes it", async () => {
  await api(winnow, "/v1/settings", { method: "PUT", body: JSON.stringify({ webhook: { url: receiver.url } }) });
  const { secret } = (await (await api(winnow, "/v1/settings/webhook-secret")).json()) as { secret: string };
  const batch = await publish("told", 0);
  const [told] = await eventually("the webhook", async () => (receiver.told.length > 0 ? receiver.told : undefined));
  const event = new Webhook(secret).verify(told?.body ?? "", told?.headers ?? {});
  const { counts } = await manifestOf(winnow, batch);
  expect(event).toMatchObject({
    type: "batch.ready",
    data: { id: batch, app: "demo", task: "told", status: "ready", counts, manifest: `/v1/batches/${batch}` },
  });
  expect(told?.headers["webhook-id"]).toBe(`${batch}-ready`);
  expect(() => new Webhook(secret).verify(`${told?.body} `, told?.headers ?? {})).toThrow();
  expect(receiver.told).toHaveLength(1);
});

test("a webhook that is gone for good is a dead letter, and the night is done all the same", async () => {
  receiver.status = 410;
  const batch = await publish("gone", 0);
  const key = `dead/webhook-${batch}-ready`;
  await eventually("the dead letter", async () => (await (await winnow.bucket()).head(key)) ?? undefined);
  const health = (await (await api(winnow, "/v1/health")).json()) as { deadLetters: number };
  expect(health.deadLetters).toBe(1);
  receiver.status = 204;
});

test("a webhook that is no https address is refused", async () => {
  for (const url of ["http://example.com/", "ftp://example.com/", "javascript:alert(1)", "https"]) {
    const response = await api(winnow, "/v1/settings", { method: "PUT", body: JSON.stringify({ webhook: { url } }) });
    expect([url, response.status]).toEqual([url, 400]);
  }
});

test("what stands beside the files can be pulled too: every picture that the card names, Croissant, dataset_info", async () => {
  const first = await publish("beside", 0);
  const second = await publish("beside", 1);
  const card = await (await api(winnow, `/v1/batches/${second}/card`)).text();
  const pictures = [...card.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, path = ""]) => path);
  expect(pictures).toContain("plots/scores.svg");
  expect(pictures).toContain("plots/lengths.svg");
  for (const path of pictures) {
    const answer = await api(winnow, `/v1/batches/${second}/${path}`);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
    expect(await answer.text()).toMatch(/^<svg /);
  }
  const croissant = (await (await api(winnow, `/v1/batches/${first}/croissant`)).json()) as Record<string, unknown>;
  expect(croissant["@type"]).toBe("sc:Dataset");
  expect((await api(winnow, `/v1/batches/${first}/dataset-info`)).status).toBe(200);
  expect((await api(winnow, `/v1/batches/${first}/plots/none.svg`)).status).toBe(404);
  expect(card).toContain("gpt-4o-mini");
});

test("the manifest is what its schema says", async () => {
  const schema = (await (await fetch(`${winnow.url}/manifest.schema.json`)).json()) as object;
  expect(schema).toMatchObject({ required: expect.arrayContaining(["funnel", "guard"]) });
  const { batches } = (await (await api(winnow, "/v1/batches")).json()) as { batches: { id: string }[] };
  expect(batches.length).toBeGreaterThan(0);
  for (const { id } of batches) {
    const { errors, valid } = new Validator(schema, "2020-12").validate(await manifestOf(winnow, id));
    expect([errors, valid]).toEqual([[], true]);
  }
});

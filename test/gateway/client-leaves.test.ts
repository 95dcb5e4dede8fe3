/**
 * Calls that end early. The client leaves: the provider's connection is closed at once, though the provider says nothing
 * meanwhile, and what had come is captured. The provider breaks off: the client sees it, and so does the capture.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noise } from "../unit/seeded.ts";
import { within } from "./lock-step.ts";
import { callOnce, type OpenCall, openCall } from "./open-call.ts";
import type { ProviderCall } from "./provider.ts";
import { type SmallWorkers, startSmallWorkers } from "./small-workers.ts";
import { everythingOf } from "./stored.ts";
import { exchangeOf, exchangeOfTask, startUnderTest, type UnderTest } from "./winnow-under-test.ts";

const TRAP = "tee-to-client";
const EVENTS = { "content-type": "text/event-stream" };
const JSON_HALF = '{"id":"chatcmpl-1","choices":[';
/** What a reading of 64 KB makes different: less than one, exactly one, exactly two, more than one. */
const SIZES = [1, 5_000, 65_536, 131_072, 150_001];

let tested: UnderTest;
let small: SmallWorkers;

beforeAll(async () => {
  tested = await startUnderTest();
  small = await startSmallWorkers(["pass-through", TRAP], tested.provider.url);
});
afterAll(async () => {
  await tested?.stop();
  await small?.stop();
});

// Side by side: nearly all of their time they wait for the queue.
describe.concurrent("a call that ends early:", () => {
  describe("a client that leaves in the middle of a stream", () => {
    test.each(SIZES)("cancels the provider's answer, of which %i bytes are kept", async (bytes) => {
      const sent = Buffer.from(noise(bytes, bytes));
      const { client, served } = await start({ task: `left-after-${bytes}`, provider: "raw" });
      const id = await sendSome({ client, served, sent });
      client.reset();
      expect(await leftInSilence(served)).toBe(true);
      const { row, record } = await exchangeOf(tested.winnow, id);
      expect(row).toMatchObject({ outcome: "client_aborted", status: 200 });
      expect(Buffer.from(record.rawResponse ?? "", "base64").equals(sent)).toBe(true);
    });

    test("is kept as far as its text had come", async () => {
      const { client, served } = await start({ task: "left-chat", provider: "openai", path: "/v1/chat/completions" });
      const id = await sendSome({ client, served, sent: Buffer.from(chatEvent("Good mor")) });
      client.reset();
      expect(await leftInSilence(served)).toBe(true);
      const { record } = await exchangeOf(tested.winnow, id);
      expect(record).toMatchObject({ outcome: "client_aborted", streamed: true, finishReason: null });
      expect(record.response).toMatchObject({ choices: [{ message: { content: "Good mor" } }] });
    });

    test("by closing its side of the line cancels it with the next chunks", async () => {
      const { client, served } = await start({ task: "left-closing", provider: "raw" });
      const id = await sendSome({ client, served, sent: Buffer.from("first ") });
      client.leave();
      expect(await goOn(served)).toBe(true);
      const { row, record } = await exchangeOf(tested.winnow, id);
      expect(row.outcome).toBe("client_aborted");
      expect(Buffer.from(record.rawResponse ?? "", "base64").toString()).toMatch(/^first (more )*$/);
    });

    test("before its first chunk cancels it, too", async () => {
      const { client, served } = await start({ task: "left-at-head", provider: "raw" });
      const id = await sendSome({ client, served, sent: Buffer.alloc(0) });
      client.reset();
      expect(await leftInSilence(served)).toBe(true);
      expect((await exchangeOf(tested.winnow, id)).row).toMatchObject({ outcome: "client_aborted", status: 200 });
    });

    test("of which only metadata is kept is kept as such", async () => {
      const { client, served } = await start({ task: "left-meta", provider: "raw", capture: "metadata" });
      const id = await sendSome({ client, served, sent: Buffer.from("half a secr") });
      client.reset();
      expect(await leftInSilence(served)).toBe(true);
      const { row, record } = await exchangeOf(tested.winnow, id);
      expect(row).toMatchObject({ outcome: "client_aborted", capture: "metadata" });
      expect(record.rawResponse).toBeUndefined();
    });

    test("of which nothing is kept cancels it all the same", async () => {
      const { client, served } = await start({ task: "left-off", provider: "raw", capture: "off" });
      await sendSome({ client, served, sent: Buffer.from("anything") });
      client.reset();
      expect(await leftInSilence(served)).toBe(true);
    });
  });

  describe("a client that leaves before the answer", () => {
    test("has begun cancels the call, which is kept without one", async () => {
      const { client, served } = await start({
        task: "left-early",
        provider: "openai",
        path: "/left-early/chat/completions",
      });
      client.reset();
      expect(await leftInSilence(served)).toBe(true);
      const { row, record } = await exchangeOfTask(tested.winnow, "left-early");
      expect(row).toMatchObject({ outcome: "client_aborted", status: 0 });
      expect(record).toMatchObject({ request: { model: "gpt-4o-mini" }, response: null });
    });

    test("is whole, where it is read whole, cancels the call", async () => {
      const { client, served } = await start({ task: "left-in-json", provider: "openai" });
      served.response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
      served.response.write(JSON_HALF);
      client.reset();
      expect(await leftInSilence(served)).toBe(true);
      expect((await exchangeOfTask(tested.winnow, "left-in-json")).row.outcome).toBe("client_aborted");
    });
  });

  describe("a provider that breaks off", () => {
    test.each(SIZES)("a stream after %i bytes is seen by the client, and those bytes are kept", async (bytes) => {
      const sent = Buffer.from(noise(bytes, bytes));
      const { client, served } = await start({ task: `cut-after-${bytes}`, provider: "raw" });
      const id = await sendSome({ client, served, sent });
      served.response.destroy();
      await expect(client.next()).rejects.toThrow(); // an end without an error would pass for a whole answer
      const { row, record } = await exchangeOf(tested.winnow, id);
      expect(row).toMatchObject({ outcome: "upstream_cut", status: 200 });
      expect(Buffer.from(record.rawResponse ?? "", "base64").equals(sent)).toBe(true);
    });

    test("a JSON answer gives an error that the SDK knows, and is kept as broken off", async () => {
      tested.provider.on("/cut-json", ({ response }) => {
        response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
        response.write(JSON_HALF, () => response.destroy());
        return undefined;
      });
      const answer = await callOnce(callOf({ task: "cut-json", provider: "openai" }));
      expect(answer.status).toBe(502);
      expect(answer.headers["x-winnow-error"]).toBe("upstream_unreachable");
      expect(JSON.parse(answer.body.toString())).toMatchObject({ error: { type: "api_error" } });
      const { row } = await exchangeOf(tested.winnow, answer.headers["x-winnow-id"]);
      expect(row.outcome).toBe("upstream_cut");
    });

    test("before it answers gives an error that the SDK knows, and is kept as an error", async () => {
      tested.provider.on("/cut-early", ({ response }) => void response.destroy());
      const answer = await callOnce(callOf({ task: "cut-early", provider: "openai" }));
      expect(answer.status).toBe(502);
      expect(answer.headers["x-winnow-error"]).toBe("upstream_unreachable");
      const { row } = await exchangeOf(tested.winnow, answer.headers["x-winnow-id"]);
      expect(row).toMatchObject({ outcome: "upstream_error", status: 0 });
    });
  });
});

describe("the check on the client's leaving", () => {
  const ways = ["reset", "leave"] as const;

  test.each(ways)("holds for a bare pass-through (%s)", async (how) => {
    expect(await cancels({ way: "pass-through", how })).toBe(true);
  });

  test.each(ways)("fails for the trap, as it must: the provider goes on to its end (%s)", async (how) => {
    expect(await cancels({ way: TRAP, how, patienceMs: 1_500 })).toBe(false);
  });
});

test("nothing of it is counted as lost, or could not be taken in", async () => {
  const stored = await everythingOf(tested.winnow);
  expect(stored.get("table losses")?.toString()).toBe("[]");
  expect(stored.get("table dead_letters")?.toString()).toBe("[]");
  expect([...stored.keys()].filter((key) => !/^(segments\/|table )/.test(key))).toEqual([]);
});

interface Call {
  /** Of this test alone. The path at the provider, too, if left out. */
  task: string;
  path?: string;
  provider: "openai" | "raw";
  capture?: "metadata" | "off";
}

function callOf({ task, path = `/${task}`, provider, capture }: Call) {
  return {
    url: tested.url,
    path: `/${provider}${path}`,
    headers: {
      "content-type": "application/json",
      "x-winnow-key": tested.key,
      "x-winnow-task": task,
      ...(capture && { "x-winnow-capture": capture }),
    },
    body: JSON.stringify({ model: "gpt-4o-mini", messages: [] }),
  };
}

/** A call that has reached the provider. */
async function start(call: Call): Promise<{ client: OpenCall; served: ProviderCall }> {
  const client = openCall(callOf(call));
  client.head.catch(() => undefined);
  return { client, served: await tested.provider.callTo(call.path ?? `/${call.task}`) };
}

/** Head and bytes, until the client has them all. @returns x-winnow-id */
async function sendSome(options: { client: OpenCall; served: ProviderCall; sent: Buffer }) {
  const { client, served, sent } = options;
  served.response.writeHead(200, EVENTS);
  served.response.flushHeaders();
  const head = await client.head;
  served.response.write(sent);
  for (let come = 0; come < sent.byteLength; ) come += (await client.next())?.byteLength ?? Number.NaN;
  return head.headers["x-winnow-id"];
}

/** Is the provider's connection closed while it says nothing? Then nothing but its cancelling has closed it. */
async function leftInSilence(served: ProviderCall, patienceMs = 20_000): Promise<boolean> {
  return (await within(served.left, patienceMs)) === true;
}

/** Is it closed before the provider has come to its end? Locally, workerd sees a half-closed line only when it writes. */
async function goOn({ response, left }: ProviderCall): Promise<boolean> {
  for (let chunk = 0; chunk < 100; chunk++) {
    response.write("more ");
    if ((await within(left, 10)) === true) return true;
  }
  return false;
}

async function cancels(options: { way: string; how: "reset" | "leave"; patienceMs?: number }): Promise<boolean> {
  const { way, how, patienceMs } = options;
  const client = openCall({ url: small.urls[way] ?? "", path: `/${how}-${way}`, body: "?" });
  const served = await tested.provider.callTo(`/${how}-${way}`);
  await sendSome({ client, served, sent: Buffer.from("first ") });
  client[how]();
  const cancelled = await (how === "reset" ? leftInSilence(served, patienceMs) : goOn(served));
  served.response.end();
  return cancelled;
}

function chatEvent(content: string): string {
  const choices = [{ index: 0, delta: { role: "assistant", content }, finish_reason: null }];
  return `data: ${JSON.stringify({ id: "chatcmpl-1", object: "chat.completion.chunk", model: "gpt-4o-mini", choices })}\n\n`;
}

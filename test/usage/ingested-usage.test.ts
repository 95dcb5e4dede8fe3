/** Usage in the real Workers: the provider's where it told, ours where it did not, and prices for neither where there is none. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { detailOf, idOf, SECRET, takeIn, type Wanted } from "../whole-way/captures.ts";

const AT_MS = Date.UTC(2026, 5, 1, 12);

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  await takeIn(winnow, [...Object.values(CALLS)]);
});
afterAll(() => winnow?.stop());

function streamed(name: string, model: string, more: Partial<Wanted["header"]> = {}): Wanted {
  const chunk = (delta: object, finish_reason: string | null) => ({
    id: `chatcmpl-${name}`,
    object: "chat.completion.chunk",
    created: 1,
    model,
    choices: [{ index: 0, delta, finish_reason }],
  });
  const chunks = [chunk({ role: "assistant", content: "It comes " }, null), chunk({ content: "tomorrow." }, "stop")];
  const response = `${chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`).join("")}data: [DONE]\n\n`;
  return { name, atMs: AT_MS, response, header: { responseType: "text/event-stream", ...more } };
}

const CALLS = {
  told: { name: "told", atMs: AT_MS },
  untold: streamed("untold", "gpt-4o-mini"),
  metadata: streamed("metadata", "gpt-4o-mini", { capture: "metadata" }),
  unpriced: streamed("unpriced", "a-model-of-our-own"),
  failed: { ...streamed("failed", "gpt-4o-mini", { status: 500 }), response: '{"error":{"message":"no"}}' },
} satisfies Record<string, Wanted>;

test("that the provider told is taken as it is", async () => {
  const usage = { inputTokens: 10, outputTokens: 5, usageEstimated: false };
  expect(await detailOf(winnow, idOf(CALLS.told))).toMatchObject(usage);
});

test.each(["untold", "metadata"] as const)(
  "that it did not tell is estimated, priced and marked so (%s)",
  async (name) => {
    const detail = await detailOf(winnow, idOf(CALLS[name]));
    expect(detail).toMatchObject({ usageEstimated: true, outputTokens: 4 });
    expect(detail.inputTokens).toBeGreaterThan(6);
    expect(detail.costUsd).toBeCloseTo(((detail.inputTokens as number) * 0.15 + 4 * 0.6) / 1e6, 12);
  },
);

test("of a model that nobody has a price for has none, and not one of zero", async () => {
  expect(await detailOf(winnow, idOf(CALLS.unpriced))).toMatchObject({ usageEstimated: true, costUsd: null });
});

test("of a call that failed is not made up", async () => {
  expect(await detailOf(winnow, idOf(CALLS.failed))).toMatchObject({ inputTokens: null, usageEstimated: false });
});

test("that a cut stream tells of its beginning is counted to where it came", async () => {
  const start = {
    type: "message_start",
    message: {
      id: "msg_1",
      type: "message",
      role: "assistant",
      model: "claude-sonnet-4-5",
      content: [],
      stop_reason: null,
      usage: { input_tokens: 40, output_tokens: 1 },
    },
  };
  const begin = { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } };
  const text = {
    type: "content_block_delta",
    index: 0,
    delta: { type: "text_delta", text: "Your parcel comes tomorrow, or the day after." },
  };
  const response = [start, begin, text]
    .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
    .join("");
  const header = {
    provider: "anthropic",
    format: "anthropic",
    path: "/v1/messages",
    responseType: "text/event-stream",
  } as const;
  const wanted: Wanted = { name: "cut", atMs: AT_MS, response, header: { ...header, outcome: "client_aborted" } };
  await takeIn(winnow, [wanted]);
  const detail = await detailOf(winnow, idOf(wanted));
  expect(detail).toMatchObject({ usageEstimated: true, inputTokens: 40, outputTokens: 10 });
  expect(detail.costUsd).toBeCloseTo((40 * 3 + 10 * 15) / 1e6, 12);
});

/** Erasure: afterwards nothing that is stored holds a byte of the text, the rest is as it was, and it stays out for ever. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packCapture } from "../../shared/capture/envelope.ts";
import { Sealer } from "../../shared/core/seal.ts";
import { toBytes } from "../../shared/core/text.ts";
import { bury } from "../../shared/store/dead-letters.ts";
import { writeSegment } from "../../shared/store/segments.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { findExchange, keysUnder, placesOf } from "../gateway/stored.ts";
import { thumbOf } from "../ingest/launched-ingest.ts";
import { eventually } from "../local/launch-stubs.ts";
import { callOf, dayBefore, live, nightOf, type Told, UP } from "../night/nights.ts";
import {
  api,
  captureOf,
  detailOf,
  idOf,
  SECRET,
  say,
  sendCaptures,
  signedIdOf,
  takeIn,
} from "../whole-way/captures.ts";

const DAY = dayBefore(30);

interface Erased {
  erasure: string;
  done: boolean;
  exchanges: number;
  batches: string[];
}

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
});
afterAll(() => winnow?.stop());

function call(task: string, at: number, more: { user: string; words: string; said?: Told["said"] }): Told {
  const { user, words, said = [UP] } = more;
  const question = `${words} question ${at}`;
  return callOf({ task, dayMs: DAY, at, said, question, answer: `${words} answer ${at}`, header: { task, user } });
}

async function erase(path: string): Promise<Erased> {
  const response = await api(winnow, path, { method: "DELETE" });
  expect(response.status).toBe(200);
  return (await response.json()) as Erased;
}

/** What an outage leaves: captures and words that were never taken in, and a segment that was written and got no rows. @returns the places */
async function leaveBehind(ofZoe: readonly Told[], ofMax: Told): Promise<string[]> {
  const [d1, bucket, sealer] = [await winnow.db(), await winnow.bucket(), new Sealer(SECRET)];
  const [kept] = ofZoe;
  if (kept === undefined) throw new Error("no call");
  const known = { question: "zebrafinch again", answer: "zebrafinch yes" };
  const unseen = (name: string, user: object) => packCapture(captureOf({ name, atMs: kept.atMs, ...known, ...user }));
  const word = (actor: string, text: string) => ({
    ...thumbOf(ofMax, { value: "up", afterMs: 5 }),
    ...{ kind: "comment" as const, value: null, actor, text },
  });
  const words = toBytes(JSON.stringify([word("zoe-of-the-test", "zebrafinch word"), word("max", "a blackbird's")]));
  const letter = { d1, bucket, sealer, reason: "failed", again: true, nowMs: Date.now() };
  await bury({ ...letter, id: "call", bytes: unseen("buried", { header: { user: "zoe-of-the-test" } }) });
  await bury({ ...letter, id: "words", bytes: words });
  const named = { model: "m", user: "zoe-of-the-test", messages: [{ role: "user", content: "zebrafinch" }] };
  await bucket.put("spill/call", await sealer.seal(unseen("spilled", { request: JSON.stringify(named) })));
  const { record } = (await findExchange(winnow, { signedId: idOf(kept), app: "demo" })) ?? {};
  if (record === undefined) throw new Error("no record");
  const [orphan] = await writeSegment(bucket, { exchanges: [record], feedback: [] });
  return ["dead/call", "dead/words", "spill/call", orphan?.segment ?? ""];
}

test("a user goes from rows, bodies, feedback, runs and batches; others in the same segments stay as they were", async () => {
  const correction = { kind: "correction", text: "zebrafinch mended", actor: "zoe-of-the-test" };
  const ofZoe = [0, 1, 2].map((at) =>
    call("user", at, { user: "zoe-of-the-test", words: "zebrafinch", said: [UP, ...(at === 0 ? [correction] : [])] }),
  );
  const ofMax = [3, 4, 5].map((at) => call("user", at, { user: "max", words: "blackbird" }));
  await live(winnow, [...ofZoe, ...ofMax]);
  const comment = { kind: "comment", text: "zebrafinch remark", actor: "zoe-of-the-test" };
  const [ofAnother] = ofMax;
  if (ofAnother === undefined) throw new Error("no call");
  await say(winnow, [{ id: await signedIdOf(ofAnother), ...comment }]);
  const lying = await leaveBehind(ofZoe, ofAnother);
  const run = await nightOf(winnow, { task: "user", dayMs: DAY, settings: { userShareMax: 1, sessionShareMax: 1 } });
  const [batch = ""] = run.batches;
  expect(await placesOf(winnow, "zebrafinch")).toEqual(expect.arrayContaining(lying));
  const before = await Promise.all(ofMax.map((one) => detailOf(winnow, idOf(one))));

  const held = await (await api(winnow, "/v1/users/zoe-of-the-test")).text();
  expect(held.match(/"type":"exchange"/g)).toHaveLength(3);
  expect(held).toContain("zebrafinch remark");
  const erased = await erase("/v1/users/zoe-of-the-test");
  expect(erased).toMatchObject({ done: true, exchanges: 3, batches: [batch] });

  expect(await placesOf(winnow, "zebrafinch")).toEqual([]);
  expect(await placesOf(winnow, "zoe-of-the-test")).toEqual([]);
  expect(await keysUnder(winnow, "dead/")).toEqual(["dead/words"]); // what others said beside her
  const after = await Promise.all(ofMax.map((one) => detailOf(winnow, idOf(one))));
  const known = (details: typeof before) =>
    details.map(({ id, request, response, feedback }) => ({
      ...{ id, request, response },
      feedback: feedback.filter(({ kind }) => kind !== "comment"),
    }));
  expect(known(after)).toEqual(known(before));
  expect(await (await api(winnow, "/v1/users/zoe-of-the-test")).text()).toBe("");
  const file = await api(winnow, `/v1/batches/${batch}/files/sft`);
  expect([file.status, await file.json()]).toMatchObject([410, { error: { code: "batch_erased" } }]);
  expect((await api(winnow, `/v1/batches/${batch}`)).status).toBe(200);

  await sendCaptures(winnow, ofZoe); // the queue may send them once more
  await takeIn(winnow, [call("user", 9, { user: "max", words: "blackbird" })]);
  expect(await placesOf(winnow, "zebrafinch")).toEqual([]);
});

test("an exchange goes with the later turns that send its text again; asked again, the answer is the same", async () => {
  const first = call("turns", 0, { user: "ann", words: "woodpecker" });
  const again = [
    { role: "user", content: first.question },
    { role: "assistant", content: first.answer },
    { role: "user", content: "And then?" },
  ];
  const second = {
    ...call("turns", 60, { user: "ann", words: "later" }),
    request: JSON.stringify({ model: "gpt-4o-mini", messages: again }),
  };
  const other = call("turns", 120, { user: "ann", words: "sparrow" });
  await live(winnow, [first, second, other]);
  const erased = await erase(`/v1/exchanges/${await signedIdOf(first)}`);
  expect(erased).toMatchObject({ done: true, exchanges: 2, batches: [] });
  expect(await placesOf(winnow, "woodpecker")).toEqual([]);
  expect((await api(winnow, `/v1/exchanges/${idOf(first)}`)).status).toBe(404);
  expect((await api(winnow, `/v1/exchanges/${idOf(other)}`)).status).toBe(200);
  expect(await erase(`/v1/exchanges/${idOf(first)}`)).toEqual(erased);
  const told = await (await api(winnow, `/v1/erasures/${erased.erasure}`)).json();
  expect(told).toEqual(erased);

  const late = { id: await signedIdOf(first), kind: "comment", text: "woodpecker again" };
  expect((await fetch(`${winnow.url}/v1/feedback`, { method: "POST", body: JSON.stringify(late) })).status).toBe(202);
  await say(winnow, [{ id: await signedIdOf(other), kind: "comment", text: "sparrow again" }]);
  expect(await placesOf(winnow, "woodpecker")).toEqual([]);
});

describe("retention", () => {
  test("lets bodies go and keeps numbers, then lets rows go, with all that was said of them", async () => {
    const old = call("aged", 0, {
      user: "old",
      words: "nightingale",
      said: [{ kind: "comment", text: "nightingale sang" }],
    });
    const young = { ...call("aged", 1, { user: "old", words: "kingfisher" }), atMs: Date.now() - 60_000 };
    await live(winnow, [old, young]);
    const set = (retention: object) =>
      api(winnow, "/v1/settings", { method: "PUT", body: JSON.stringify({ retention }) });
    expect((await set({ bodyDays: 10 })).status).toBe(200);
    await winnow.scheduled("ingest");
    expect(await placesOf(winnow, "nightingale answer")).toEqual([]);
    expect(await detailOf(winnow, idOf(old))).toMatchObject({ inputTokens: 10, request: null });
    expect((await placesOf(winnow, "kingfisher answer")).length).toBe(1);

    expect((await set({ bodyDays: 10, rowDays: 20 })).status).toBe(200);
    await eventually("the row to go", async () => {
      await winnow.scheduled("ingest");
      return (await api(winnow, `/v1/exchanges/${idOf(old)}`)).status === 404 ? true : undefined;
    });
    for (let sweeps = 0; sweeps < 3; sweeps++) await winnow.scheduled("ingest");
    expect(await placesOf(winnow, "nightingale")).toEqual([]);
    expect((await placesOf(winnow, "kingfisher answer")).length).toBe(1);
    await set({});
  });
});

test.each([
  ["DELETE", "/v1/exchanges/nonsense", 400, "is not an exchange id"],
  ["DELETE", "/v1/exchanges/01a2093e-d8ef-7f95-990a-2c1dc422bdec", 404, "no exchange"],
  ["GET", "/v1/erasures/none", 404, "no erasure"],
])("%s %s is refused with the reason", async (method, path, status, told) => {
  const response = await api(winnow, path, { method });
  expect([response.status, await response.text()]).toEqual([status, expect.stringContaining(told)]);
});

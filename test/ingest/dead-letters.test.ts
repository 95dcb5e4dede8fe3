/** A message that can't be taken in is buried whole, with the reason, and counted; it stands in no one's way. */
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packCapture, packPointer } from "../../shared/capture/envelope.ts";
import { toBytes } from "../../shared/core/text.ts";
import { eventually } from "../local/launch-stubs.ts";
import { api, captureOf, idOf, sendCaptures, takeIn, type Wanted } from "../whole-way/captures.ts";
import { type LaunchedIngest, launchIngest, type StoredObject, thumbOf, wantedOf } from "./launched-ingest.ts";

const WHOLE = packCapture(captureOf({ name: "whole", atMs: 1 }));
const UNREADABLE: [string, Uint8Array | object, string][] = [
  ["bytes of someone else", toBytes("neither capture nor feedback"), "no magic number"],
  ["no bytes at all", new Uint8Array(), "no magic number"],
  ["a capture that is cut in its header", WHOLE.slice(0, 40), "cut in the header"],
  ["a capture that lost its last byte", WHOLE.slice(0, -1), "lengths do not add up"],
  ["gzip that breaks off", new Uint8Array(gzipSync(WHOLE)).slice(0, -20), "gzip"],
  ["an object that is no feedback", { hello: "queue" }, "not a message of winnow's"],
  ["a list that is no feedback", [{ type: "greeting" }], "not a message of winnow's"],
];

let ingest: LaunchedIngest;

beforeAll(async () => {
  ingest = await launchIngest();
});
afterAll(() => ingest?.stop());

function bytesOf(body: Uint8Array | object): Buffer {
  return Buffer.from(body instanceof Uint8Array ? body : toBytes(JSON.stringify(body)));
}

function letterOf(what: string, body: Uint8Array | object): Promise<StoredObject> {
  return eventually(`the dead letter of ${what}`, async () =>
    (await ingest.objects("dead/")).find(({ bytes }) => bytes.equals(bytesOf(body))),
  );
}

describe.concurrent("buried", () => {
  test.each(UNREADABLE)("is %s", async (what, body, reason) => {
    await ingest.send(body);
    const { key, metadata } = await letterOf(what, body);
    expect(metadata.reason).toContain(reason);
    const [row] = await ingest.rows("select * from dead_letters where key = ?", key);
    expect(row).toMatchObject({ bytes: bytesOf(body).byteLength });
  });

  test("is what a pointer leads to, when that can't be read", async () => {
    const bucket = await ingest.winnow.bucket();
    await bucket.put("spill/unreadable", "was never a capture");
    await ingest.send(packPointer("spill/unreadable"));
    await letterOf("the spilled object", toBytes("was never a capture"));
    await eventually("spill/ to be empty", async () => ((await bucket.head("spill/unreadable")) ? undefined : true));
  });

  test("is not what came with it", async () => {
    const [first, ...others] = wantedOf("beside", 3);
    await takeIn(ingest.winnow, [first as Wanted]);
    await ingest.send(toBytes("between two captures"));
    await takeIn(ingest.winnow, others);
    await letterOf("what lay between", toBytes("between two captures"));
    for (const one of others) expect(await ingest.detail(one)).toMatchObject({ flags: [] });
  });

  test("is a capture that D1 refuses every time; those that came with it have their rows before", async () => {
    const [bad, ...good] = wantedOf("poison", 4) as [Wanted, ...Wanted[]];
    const then = "begin select raise(abort, 'poison'); end";
    await ingest.rows(`create trigger poison before insert on exchanges when new.id = '${idOf(bad)}' ${then}`);
    await sendCaptures(ingest.winnow, [bad, ...good]);
    for (const one of good) expect(await ingest.detail(one)).toMatchObject({ flags: [] });
    const message = packCapture(captureOf(bad));
    const buried = (await ingest.objects("dead/")).filter(({ bytes }) => bytes.equals(message));
    expect(buried, "the others need not wait for the end of the bad one").toEqual([]);
    const { metadata } = await letterOf("the poison", message);
    expect(metadata.reason).toContain("failed five times");
    expect(ingest.lines.filter((line) => line.includes("poison"))).toHaveLength(5);
    expect(await ingest.rows("select 1 from exchanges where id = ?", idOf(bad))).toEqual([]);
  });
});

describe("the sweep", () => {
  const sweepAfter = (minutes: number) =>
    ingest.winnow.scheduled("ingest", undefined, new Date(Date.now() + minutes * 60_000));
  const isBuried = async (message: Uint8Array) =>
    (await ingest.objects("dead/")).some(({ bytes }) => bytes.equals(message));

  test("takes in again what failed, words and calls, once it can be; what cannot be read stays", async () => {
    const outage = wantedOf("outage", 3);
    const [spokenOf] = outage as [Wanted];
    const word = [thumbOf(spokenOf, { value: "up", afterMs: 1 })];
    const then = "begin select raise(abort, 'out'); end";
    await ingest.rows(`create trigger out before insert on exchanges when new.task = 'outage' ${then}`);
    await ingest.rows(`create trigger out_too before insert on feedback ${then}`);
    await sendCaptures(
      ingest.winnow,
      outage.map((one) => ({ ...one, header: { task: "outage" } })),
    );
    await ingest.send(word);
    await letterOf("the word", word);
    const messages = outage.map((one) => packCapture(captureOf({ ...one, header: { task: "outage" } })));
    for (const message of messages) await letterOf("an outage", message);
    await sweepAfter(6); // it is not over
    await ingest.rows("drop trigger out");
    await ingest.rows("drop trigger out_too");
    await sweepAfter(9); // and has been tried once: ten minutes from its burial on
    expect(await isBuried(messages[0] as Uint8Array)).toBe(true);
    await sweepAfter(11);
    for (const one of outage) expect(await ingest.detail(one)).toMatchObject({ flags: [], task: "outage" });
    expect((await ingest.detail(spokenOf)).feedback).toMatchObject([{ kind: "thumb", value: "up" }]);
    for (const message of [...messages, toBytes(JSON.stringify(word))]) expect(await isBuried(message)).toBe(false);
    expect(await ingest.objects("dead/")).toHaveLength(UNREADABLE.length + 3);
  });
});

test("dead letters are counted where an admin looks", async () => {
  const health = (await (await api(ingest.winnow, "/v1/health")).json()) as { deadLetters: number };
  expect(health.deadLetters).toBe(UNREADABLE.length + 3);
  expect(await ingest.objects("dead/")).toHaveLength(UNREADABLE.length + 3);
});

/** What a stranger can do who holds a page's traffic: speak about the exchanges in it, as often as a person would, and no more. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appTag } from "../../shared/core/app-tag.ts";
import { newExchangeId, signExchangeId } from "../../shared/core/ids.ts";
import { LOCAL_CLAIMS, makeKey } from "../../shared/core/keys.ts";
import {
  FEEDBACK_EXCHANGE_MINUTE_EVENTS_MAX,
  FEEDBACK_ID_AGE_MS_MAX,
  SETTINGS_AGE_MS_MAX,
} from "../../shared/core/limits.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { wholeMinute } from "../limits/whole-minute.ts";
import { SECRET, SIGNER } from "../whole-way/captures.ts";

const OPEN = "https://anywhere.example";
const OURS = "https://app.example";

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  const key = await makeKey({ ...LOCAL_CLAIMS, app: "shop", scopes: ["admin"] }, SIGNER);
  const set = await fetch(`${winnow.url}/v1/settings`, {
    method: "PUT",
    headers: { "x-winnow-key": key },
    body: JSON.stringify({ origins: [OURS] }),
  });
  expect(set.status).toBe(200);
});
afterAll(() => winnow?.stop());

function idOf(app: string, ageMs = 0): Promise<string> {
  return signExchangeId(newExchangeId(Date.now() - ageMs, appTag(app)), SIGNER);
}

function post(body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${winnow.url}/v1/feedback`, { method: "POST", headers, body: JSON.stringify(body) });
}

async function errorOf(response: Response) {
  return {
    status: response.status,
    ...((await response.json()) as { error: { code: string; message: string } }).error,
  };
}

describe("an id", () => {
  test("is the permission for some months, and after that a server's key is", async () => {
    const [young, old] = await Promise.all([
      idOf("demo", FEEDBACK_ID_AGE_MS_MAX - 60_000),
      idOf("demo", FEEDBACK_ID_AGE_MS_MAX + 60_000),
    ]);
    expect((await post({ id: young, kind: "copied" })).status).toBe(202);
    expect(await errorOf(await post({ id: old, kind: "copied" }))).toMatchObject({
      status: 401,
      code: "id_expired",
      message: expect.stringMatching(/180 days.*key of scope feedback/),
    });
    const key = await makeKey({ ...LOCAL_CLAIMS, scopes: ["feedback"] }, SIGNER);
    expect((await post({ id: old.split(".")[0], kind: "copied" }, { "x-winnow-key": key })).status).toBe(202);
  });

  test("speaks for its own exchange alone: no part of it can be changed", async () => {
    const signed = await idOf("demo");
    const other = await idOf("demo");
    const [uuid = "", mac = ""] = signed.split(".");
    for (const at of [0, 10, 14, 19, 35]) {
      const digit = uuid[at] === "0" ? "1" : "0";
      const altered = `${uuid.slice(0, at)}${digit}${uuid.slice(at + 1)}.${mac}`;
      const { status } = await errorOf(await post({ id: altered, kind: "copied" }));
      expect([at, status]).toEqual([at, at === 14 || at === 19 ? 400 : 401]); // there the form says that it is no UUIDv7
    }
    expect((await post({ id: `${uuid}.${other.split(".")[1]}`, kind: "copied" })).status).toBe(401);
  });
});

describe("a page", () => {
  test("of an origin that the app has not named is refused, with what to do", async () => {
    const id = await idOf("shop");
    expect((await post({ id, kind: "copied" }, { origin: OURS })).status).toBe(202);
    expect((await post({ id, kind: "copied" })).status).toBe(202); // no page
    const refused = await post({ id, kind: "copied" }, { origin: OPEN });
    expect(refused.headers.get("access-control-allow-origin")).toBe("*"); // so that the page can read why
    expect(await errorOf(refused)).toMatchObject({
      status: 403,
      code: "origin_refused",
      message: expect.stringMatching(/anywhere\.example.*origins.*PUT \/v1\/settings/),
    });
  });

  test("may be any where the app has named none", async () => {
    expect((await post({ id: await idOf("demo"), kind: "copied" }, { origin: OPEN })).status).toBe(202);
    expect(SETTINGS_AGE_MS_MAX).toBe(60_000);
  });

  test("gets none of its events in where one of them is of an app that has not named it", async () => {
    const ids = [await idOf("demo"), await idOf("shop")];
    const body = ids.map((id) => ({ id, kind: "copied" }));
    expect((await post(body, { origin: OPEN })).status).toBe(403);
  });
});

test("one exchange gets as many words in a minute as a person may change their mind, and others are not held up", async () => {
  await wholeMinute();
  const id = await idOf("demo");
  const statuses: number[] = [];
  let last: Response | undefined;
  for (let at = 0; at < FEEDBACK_EXCHANGE_MINUTE_EVENTS_MAX + 5; at++) {
    last = await post({ id, kind: "thumb", value: at % 2 === 0 ? "up" : "down" });
    statuses.push(last.status);
  }
  expect(statuses.filter((status) => status === 202)).toHaveLength(FEEDBACK_EXCHANGE_MINUTE_EVENTS_MAX);
  expect(statuses.at(-1)).toBe(429);
  expect(Number(last?.headers.get("retry-after"))).toBeGreaterThan(0);
  expect((await post({ id: await idOf("demo"), kind: "copied" })).status).toBe(202);
});

describe("a hostile body", () => {
  const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
  const CASES: [string, (id: string) => string, RegExp][] = [
    ["nests as deep as it may be long", () => nested(32_000), /nested too deep/],
    ["has a number beyond all numbers", (id) => `{"id":"${id}","kind":"rating","value":1e999}`, /value/],
    [
      "has a number of a thousand digits",
      (id) => `{"id":"${id}","kind":"rating","value":${"9".repeat(1_000)}}`,
      /value/,
    ],
    ["has half of a character", (id) => `{"id":"${id}","kind":"comment","text":"\\ud800"}`, /text.*surrogate/],
    ["names the prototype", (id) => `{"id":"${id}","kind":"copied","__proto__":{"app":"bank"}}`, /.*/],
    ["names a constructor", (id) => `{"id":"${id}","kind":"copied","constructor":{"app":"bank"}}`, /constructor/],
    ["is of a kind of the prototype's", (id) => `{"id":"${id}","kind":"constructor"}`, /kind is "constructor"/],
  ];
  test.each(CASES)("that %s is refused, or harmless", async (what, make, message) => {
    const body = make(await idOf("demo"));
    const response = await fetch(`${winnow.url}/v1/feedback`, { method: "POST", body });
    if (what === "names the prototype" && response.status === 202) {
      expect(({} as { app?: string }).app).toBeUndefined();
      return;
    }
    expect(await errorOf(response)).toMatchObject({ status: 400, message: expect.stringMatching(message) });
  });

  test("of ten megabytes is refused before it is read, with and without its length", async () => {
    const big = new Uint8Array(10 * 1024 * 1024).fill(32);
    const streamed = new ReadableStream({
      start(controller) {
        for (let at = 0; at < 160; at++) controller.enqueue(big.subarray(0, 65_536));
        controller.close();
      },
    });
    for (const body of [big, streamed]) {
      const sent = fetch(`${winnow.url}/v1/feedback`, { method: "POST", body, duplex: "half" } as RequestInit);
      const status = await sent.then(({ status }) => status).catch(() => "cut");
      expect([413, "cut"]).toContain(status); // cut: refused while it was being sent
    }
  });
});

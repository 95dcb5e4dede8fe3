/** POST /v1/feedback as browsers and servers send it, and what stands about the exchange afterwards. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeKey } from "../../shared/core/keys.ts";
import { FEEDBACK_BODY_BYTES_MAX, FEEDBACK_EVENTS_MAX } from "../../shared/core/limits.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { eventually } from "../local/launch-stubs.ts";
import { type Detail, detailOf, idOf, KEY, SECRET, SIGNER, say, signedIdOf, takeIn } from "../whole-way/captures.ts";

const NOW_MS = Date.now();
let winnow: Winnow;
let number = 0;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
});
afterAll(() => winnow?.stop());

/** An exchange of its own for a test; unless told otherwise it is there already. */
async function exchange(options: { arrives?: boolean } = {}) {
  const wanted = { name: `feedback-${++number}`, atMs: NOW_MS - number, header: { requestId: `req-${number}` } };
  if (options.arrives !== false) await takeIn(winnow, [wanted]);
  return { wanted, id: idOf(wanted), signed: await signedIdOf(wanted) };
}

function post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${winnow.url}/v1/feedback`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
}

/** What stands, once `holds` does. */
function standing(id: string, holds: (feedback: Detail["feedback"]) => boolean): Promise<Detail["feedback"]> {
  return eventually(`what stands about ${id}`, async () => {
    const { feedback } = await detailOf(winnow, id);
    return holds(feedback) ? feedback : undefined;
  });
}

async function errorOf(response: Response) {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  return { status: response.status, ...error };
}

const KINDS = [
  { kind: "thumb", value: "down" },
  { kind: "rating", value: 0.8 },
  { kind: "correction", text: "what it should have said" },
  { kind: "comment", text: "…" },
  { kind: "copied" },
  { kind: "regenerated" },
  { kind: "accepted" },
  { kind: "dismissed" },
  { kind: "retained" },
  { kind: "reverted" },
  { kind: "metric", name: "resolved", value: true },
];

// Each waits for the queue, which collects for two seconds: together they wait once.
describe.concurrent("feedback", () => {
  test.each(["application/json", "text/plain", "text/plain;charset=UTF-8"])(
    "of every kind is taken as %s",
    async (type) => {
      const { id, signed } = await exchange();
      const events = KINDS.map((event) => ({ id: signed, ...event }));
      const response = await post(JSON.stringify(events), { "content-type": type });
      expect([response.status, await response.json()]).toEqual([202, { accepted: KINDS.length }]);
      const feedback = await standing(id, ({ length }) => length === KINDS.length);
      expect(feedback.map(({ kind }) => kind).sort()).toEqual(KINDS.map(({ kind }) => kind).sort());
      expect(feedback.find(({ kind }) => kind === "correction")).toMatchObject({ text: "what it should have said" });
      expect(feedback.find(({ kind }) => kind === "metric")).toMatchObject({ name: "resolved", value: true });
    },
  );

  test("may come before its exchange", async () => {
    const { wanted, id, signed } = await exchange({ arrives: false });
    await say(winnow, [{ id: signed, kind: "thumb", value: "up" }]);
    await takeIn(winnow, [wanted]);
    expect((await detailOf(winnow, id)).feedback).toMatchObject([{ kind: "thumb", value: "up" }]);
  });

  test("that comes twice counts once, the newest word stands, and null takes it back", async () => {
    const { id, signed } = await exchange();
    const at = (seconds: number) => new Date(NOW_MS + seconds * 10).toISOString();
    const up = { id: signed, kind: "thumb", value: "up", at: at(1) };
    await post(JSON.stringify([up, up]));
    await post(JSON.stringify(up));
    expect(await standing(id, ({ length }) => length === 1)).toMatchObject([{ value: "up" }]);
    await post(JSON.stringify({ ...up, value: "down", at: at(2) }));
    await standing(id, ([only]) => only?.value === "down");
    await post(JSON.stringify(up)); // an old word that comes late
    await post(JSON.stringify({ id: signed, kind: "copied" }));
    expect(await standing(id, ({ length }) => length === 2)).toContainEqual(expect.objectContaining({ value: "down" }));
    await post(JSON.stringify({ ...up, value: null, at: at(3) }));
    expect(await standing(id, ({ length }) => length === 1)).toMatchObject([{ kind: "copied" }]);
  });

  test("of several actors stands side by side", async () => {
    const { id, signed } = await exchange();
    await post(JSON.stringify(["ada", "bob"].map((actor) => ({ id: signed, kind: "thumb", value: "up", actor }))));
    expect(await standing(id, ({ length }) => length === 2)).toHaveLength(2);
  });

  test("of a server may name the exchange by its bare id, and by the provider's and its own id, before and after", async () => {
    const { wanted, id } = await exchange({ arrives: false });
    const refs = [id, { responseId: `chatcmpl-${wanted.name}` }, { requestId: wanted.header.requestId }];
    const kinds = ["copied", "accepted", "retained"];
    const body = refs.map((ref, index) => ({ id: ref, kind: kinds[index] }));
    expect((await post(JSON.stringify(body), { "x-winnow-key": KEY })).status).toBe(202);
    await takeIn(winnow, [wanted]);
    await eventually("the waiting ones", async () => {
      await winnow.scheduled("ingest");
      return (await detailOf(winnow, id)).feedback.length === 3 ? true : undefined;
    });
    const late = { id: { responseId: `chatcmpl-${wanted.name}` }, kind: "dismissed" };
    expect((await post(JSON.stringify(late), { "x-winnow-key": KEY })).status).toBe(202);
    await standing(id, ({ length }) => length === 4);
  });

  test("that waits for its exchange may be more than D1 takes as parameters of one statement", async () => {
    const events = Array.from({ length: 60 }, (_, index) => ({ id: { requestId: `nobody-${index}` }, kind: "copied" }));
    expect((await post(JSON.stringify(events), { "x-winnow-key": KEY })).status).toBe(202);
    const db = await winnow.db();
    await eventually("the waiting ones", async () => {
      const sql = "select count(*) as total from feedback_waiting where event like '%nobody-%'";
      return (await db.prepare(sql).first<{ total: number }>())?.total === 60 ? true : undefined;
    });
  });

  test("of another app's server neither counts nor displaces what the app's own people said", async () => {
    const { id, signed } = await exchange();
    await say(winnow, [{ id: signed, kind: "thumb", value: "up", actor: "ada" }]);
    const foreign = await makeKey({ app: "bank", keyId: "k1", scopes: ["feedback"] }, SIGNER);
    const body = { id, kind: "thumb", value: "down", actor: "ada", at: new Date().toISOString() };
    expect((await post(JSON.stringify(body), { "x-winnow-key": foreign })).status).toBe(202);
    const db = await winnow.db();
    await eventually("the foreign word", async () => db.prepare("select 1 from feedback where app = 'bank'").first());
    expect((await detailOf(winnow, id)).feedback).toMatchObject([{ value: "up" }]);
  });
});

describe("what is refused", () => {
  test("is a forged or a missing mac, with what to do", async () => {
    const { id, signed } = await exchange({ arrives: false });
    const forged = `${signed.slice(0, -1)}${signed.endsWith("A") ? "B" : "A"}`;
    for (const wrong of [forged, id]) {
      const error = await errorOf(await post(JSON.stringify({ id: wrong, kind: "copied" })));
      expect(error).toMatchObject({ status: 401, code: "bad_mac", message: expect.stringContaining("x-winnow-id") });
    }
    const byReference = await errorOf(await post('{"id":{"responseId":"chatcmpl-1"},"kind":"copied"}'));
    expect(byReference).toMatchObject({ status: 401, message: expect.stringContaining("key of scope feedback") });
  });

  test("is a key that is forged or lacks the scope", async () => {
    const { id } = await exchange({ arrives: false });
    const body = JSON.stringify({ id, kind: "copied" });
    const proxyOnly = await makeKey({ app: "demo", keyId: "k1", scopes: ["proxy"] }, SIGNER);
    expect((await post(body, { "x-winnow-key": proxyOnly })).status).toBe(403);
    expect((await post(body, { "x-winnow-key": `${KEY.slice(0, -1)}!` })).status).toBe(401);
  });

  test("is a wrong field, by its name and value, and nothing of its body is taken", async () => {
    const { id, signed } = await exchange();
    const events = [
      { id: signed, kind: "copied" },
      { id: signed, kind: "thumb", value: "sideways" },
    ];
    const error = await errorOf(await post(JSON.stringify(events)));
    expect(error).toMatchObject({ status: 400, code: "bad_field" });
    expect(error.message).toMatch(/\[1\]\.value is "sideways"/);
    await say(winnow, [{ id: signed, kind: "accepted" }]);
    expect((await detailOf(winnow, id)).feedback).toMatchObject([{ kind: "accepted" }]);
  });

  test.each([
    ["{", 400, "not JSON"],
    ["[]", 400, "empty"],
    [new Uint8Array([0x22, 0xff, 0x22]), 400, "UTF-8"],
    [JSON.stringify(Array.from({ length: FEEDBACK_EVENTS_MAX + 1 }, () => ({}))), 400, "100 at most"],
    [" ".repeat(FEEDBACK_BODY_BYTES_MAX + 1), 413, "several bodies"],
    [" ".repeat(FEEDBACK_BODY_BYTES_MAX), 400, "not JSON"],
  ])("is a body such as %j: %s", async (body, status, reason) => {
    const error = await errorOf(await post(body));
    expect(error.status).toBe(status);
    expect(error.message).toContain(reason);
  });

  test("is a type that is neither JSON nor text, and a method that is not POST", async () => {
    expect((await post("a=1", { "content-type": "application/x-www-form-urlencoded" })).status).toBe(415);
    expect((await fetch(`${winnow.url}/v1/feedback`)).status).toBe(405);
  });
});

test("a browser of any origin may send it", async () => {
  const preflight = await fetch(`${winnow.url}/v1/feedback`, {
    method: "OPTIONS",
    headers: { origin: "https://app.example" },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
  expect(preflight.headers.get("access-control-allow-headers")).toContain("content-type");
  const refused = await post("{", { origin: "https://app.example" });
  expect(refused.headers.get("access-control-allow-origin")).toBe("*");
});

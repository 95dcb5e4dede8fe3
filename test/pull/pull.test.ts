/** Pulling: lists that skip nothing, files that can be checked and resumed, and errors that say what to do. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeKey } from "../../shared/core/keys.ts";
import type { Manifest } from "../../shared/core/manifest.ts";
import { api, KEY, SIGNER } from "../whole-way/captures.ts";
import { keyWith, launchWithBatches, type Pulled } from "./pulled-winnow.ts";

let pulled: Pulled;
let batch: string;

beforeAll(async () => {
  pulled = await launchWithBatches();
  [batch = ""] = pulled.batches;
}, 240_000);
afterAll(() => pulled?.winnow.stop());

function get(path: string, init: RequestInit & { key?: string } = {}): Promise<Response> {
  return api(pulled.winnow, `/v1/batches${path}`, { redirect: "manual", ...init });
}

interface List {
  batches: { id: string; task: string; status: string; counts: Record<string, number>; sha256: string }[];
  next: string | null;
}

async function list(query = ""): Promise<List> {
  return (await (await get(query)).json()) as List;
}

function sha256(bytes: ArrayBuffer | Uint8Array, encoding: "hex" | "base64" = "hex"): string {
  return createHash("sha256").update(new Uint8Array(bytes)).digest(encoding);
}

describe("the list of batches", () => {
  test("is oldest first, with what each holds", async () => {
    const { batches } = await list();
    expect(batches.map(({ id }) => id)).toEqual(pulled.batches);
    expect(batches.map(({ task }) => task)).toEqual(["mail", "parcels", "mail"]);
    expect(batches[0]).toMatchObject({ status: "ready", counts: { kto: expect.any(Number), sft: expect.any(Number) } });
  });

  test("goes on after the last one that was seen, and stays there until there is more", async () => {
    const seen: string[] = [];
    for (let since = "", page = 0; page < 5; page++) {
      const { batches, next } = await list(`?task=mail${since && `&since=${since}`}`);
      seen.push(...batches.map(({ id }) => id));
      since = next ?? "";
    }
    expect(seen).toEqual([pulled.batches[0], pulled.batches[2]]);
  });

  test("by status holds those alone", async () => {
    expect((await list("?status=held")).batches).toEqual([]);
    expect((await list("?status=ready")).batches).toHaveLength(3);
  });

  test("of nothing says so, and where to go on", async () => {
    expect(await list("?task=nothing")).toEqual({ batches: [], next: null });
    expect(await list(`?since=${pulled.batches[2]}`)).toEqual({ batches: [], next: pulled.batches[2] });
  });
});

describe("the newest batch", () => {
  test("is where latest leads", async () => {
    const [newest, ofTask] = await Promise.all([get("/latest"), get("/latest?task=parcels")]);
    expect([newest.status, newest.headers.get("location")]).toEqual([302, `/v1/batches/${pulled.batches[2]}`]);
    expect(ofTask.headers.get("location")).toBe(`/v1/batches/${pulled.batches[1]}`);
  });

  test("is not there for a task without one, and the answer says what makes it", async () => {
    const response = await get("/latest?task=nothing");
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { code: "not_found", message: expect.stringMatching(/task nothing.*POST \/v1\/runs/) },
    });
  });
});

describe("the manifest", () => {
  test("is what the list's digest is of, and holds the digest of every file to the byte", async () => {
    const response = await get(`/${batch}`);
    const bytes = await response.arrayBuffer();
    const manifest = JSON.parse(Buffer.from(bytes).toString()) as Manifest;
    expect((await list()).batches[0]?.sha256).toBe(sha256(bytes));
    expect(manifest.files.length).toBeGreaterThan(4);
    expect(manifest.files.map(({ file }) => file)).toContain("canonical"); // what the others are made of
    for (const { file, format, sha256: told, bytes: size } of manifest.files) {
      const path = format === "winnow" ? `/${batch}/files/${file}` : `/${batch}/files/${file}?format=${format}`;
      const body = await (await get(path)).arrayBuffer();
      expect([file, format, sha256(body), body.byteLength]).toEqual([file, format, told, size]);
    }
  });

  test("has a funnel that adds up to the window", async () => {
    const { funnel } = (await (await get(`/${batch}`)).json()) as Manifest;
    const { window, ...buckets } = funnel;
    expect(window).toBe(12);
    expect(Object.values(buckets).reduce((sum, count) => sum + count, 0)).toBe(12);
  });
});

describe("a file", () => {
  const path = () => `/${batch}/files/kto?format=trl`;
  let whole: Uint8Array;
  let etag: string;

  beforeAll(async () => {
    const response = await get(path());
    whole = new Uint8Array(await response.arrayBuffer());
    etag = response.headers.get("etag") ?? "";
  });

  test("comes with its digest, its length and a name", async () => {
    const response = await get(path());
    expect(Object.fromEntries(response.headers)).toMatchObject({
      etag: `"${sha256(whole)}"`,
      "content-digest": `sha-256=:${sha256(whole, "base64")}:`,
      "content-length": String(whole.byteLength),
      "accept-ranges": "bytes",
      "content-type": "application/jsonl",
      "content-disposition": `attachment; filename="${batch}.kto.trl.jsonl"`,
    });
  });

  test("is as its default form where none is asked for", async () => {
    const plain = await (await get(`/${batch}/files/kto`)).arrayBuffer();
    expect(sha256(plain)).toBe(sha256(whole));
  });

  test("that is known already is not sent again", async () => {
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
      const response = await get(path(), { headers: { "if-none-match": known } });
      expect([known, response.status, await response.text()]).toEqual([known, 304, ""]);
    }
    expect((await get(path(), { headers: { "if-none-match": '"other"' } })).status).toBe(200);
    expect((await get(path(), { headers: { "if-none-match": etag, range: "bytes=0-9" } })).status).toBe(304);
  });

  test.each([
    ["bytes=0-9", 0, 10],
    ["bytes=5-", 5, undefined],
    ["bytes=-7", -7, undefined],
    ["bytes=3-999999999", 3, undefined],
  ])("is sent from a place on: %s", async (range, from, to) => {
    const response = await get(path(), { headers: { range } });
    const expected = whole.slice(from, to);
    const offset = from < 0 ? whole.byteLength + from : from;
    expect(response.status).toBe(206);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(expected);
    expect(response.headers.get("content-range")).toBe(
      `bytes ${offset}-${offset + expected.byteLength - 1}/${whole.byteLength}`,
    );
    expect(response.headers.get("repr-digest")).toBe(`sha-256=:${sha256(whole, "base64")}:`);
  });

  test("resumed in pieces is the whole", async () => {
    const pieces: Buffer[] = [];
    for (let at = 0; at < whole.byteLength; at += 333) {
      const headers = { range: `bytes=${at}-${at + 332}`, "if-range": etag };
      const response = await get(path(), { headers });
      expect(response.status).toBe(206);
      pieces.push(Buffer.from(await response.arrayBuffer()));
    }
    expect(sha256(Buffer.concat(pieces))).toBe(sha256(whole));
  });

  test("is sent whole where the part that is there is of another, and where the range is none", async () => {
    const cases: Record<string, string>[] = [
      { range: "bytes=5-", "if-range": '"other"' },
      { range: "bytes=5-", "if-range": `W/${etag}` }, // a weak tag says nothing of bytes
      { range: "bytes=5-", "if-range": new Date().toUTCString() },
      { range: "bytes=9-3" },
      { range: "lines=1-2" },
      { range: "bytes=0-1,5-6" },
    ];
    for (const headers of cases) {
      const response = await get(path(), { headers });
      expect([headers, response.status]).toEqual([headers, 200]);
      expect((await response.arrayBuffer()).byteLength).toBe(whole.byteLength);
    }
  });

  test("has no bytes past its end, and says how many it has", async () => {
    const response = await get(path(), { headers: { range: `bytes=${whole.byteLength}-` } });
    expect(response.status).toBe(416);
    expect(response.headers.get("content-range")).toBe(`bytes */${whole.byteLength}`);
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining(String(whole.byteLength)) },
    });
  });

  test("is told of without its bytes to HEAD", async () => {
    const response = await get(path(), { method: "HEAD", headers: { range: "bytes=0-4" } });
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(response.headers.get("etag")).toBe(etag);
    expect(response.headers.get("content-length")).toBe(String(whole.byteLength));
  });

  test("holds a line of JSON for each row of its count", async () => {
    const lines = Buffer.from(whole).toString().trimEnd().split("\n");
    const { batches } = await list();
    expect(lines).toHaveLength(batches[0]?.counts.kto ?? Number.NaN);
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({ prompt: expect.any(Array), label: expect.any(Boolean) });
    expect(Buffer.from(whole).toString()).toContain("Größe");
  });
});

describe("who may pull", () => {
  test.each([
    ["", 401, "key_missing"],
    ["wk_demo_k1_f_aaaaaaaaaaaaaaaaaaaaaa", 401, "key_wrong"],
  ])("is asked for a key of winnow's: %j", async (key, status, code) => {
    const response = await fetch(
      `${pulled.winnow.url}/v1/batches`,
      key === "" ? {} : { headers: { "x-winnow-key": key } },
    );
    expect([response.status, await response.json()]).toEqual([
      status,
      { error: { code, message: expect.stringMatching(/key/) } },
    ]);
  });

  test("needs the scope, and is told which", async () => {
    for (const path of ["", "/latest", `/${batch}`, `/${batch}/files/sft`]) {
      const response = await get(path, { key: await keyWith("proxy", "feedback") });
      expect([path, response.status]).toEqual([path, 403]);
      expect(await response.json()).toMatchObject({
        error: { code: "scope_missing", message: expect.stringMatching(/pull/) },
      });
    }
  });

  test("sees the batches of its own app alone, and nothing tells that there are others", async () => {
    const foreign = await makeKey({ app: "bank", keyId: "k1", scopes: ["pull"] }, SIGNER);
    expect(await (await get("", { key: foreign })).json()).toEqual({ batches: [], next: null });
    const none = await get("/018f0000-0000-7000-8000-000000000000", { key: foreign });
    const others = await get(`/${batch}`, { key: foreign });
    const shape = async (response: Response) => [
      response.status,
      (await response.text()).replace(/batch \S+;/, "batch ;"),
    ];
    expect(await shape(others)).toEqual(await shape(none));
    expect((await get(`/${batch}/files/sft`, { key: foreign })).status).toBe(404);
    expect((await get("?app=demo", { key: foreign })).status).toBe(403);
  });
});

describe("a mistake", () => {
  test.each([
    ["?since=nothing", 400, /since.*nothing/],
    ["?status=done", 400, /status.*ready or held/],
    ["?colour=red", 400, /colour/],
    ["/latest?since=x", 400, /since/],
    ["/BATCH/files/sft?formt=trl", 400, /formt/],
    ["/nothing", 404, /nothing.*GET \/v1\/batches/],
    ["/BATCH/files/provenance?format=word", 400, /word is not one of openai.*trl/],
    ["/BATCH/files/notes", 404, /notes.*sft.*provenance/],
    ["/BATCH/files/sft?format=csv", 400, /format.*csv.*openai.*trl/],
    ["/BATCH/files/kto?format=openai", 404, /openai.*kto.*format=trl/],
  ])("is told with the field, the value and the remedy: %s", async (path, status, message) => {
    const response = await get(path.replace("BATCH", batch), { key: KEY });
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect([response.status, error.message]).toEqual([status, expect.stringMatching(message)]);
    expect(error.code).toMatch(/^[a-z_]+$/);
  });
});

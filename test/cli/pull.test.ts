/** `winnow pull` against the real Workers: what lies on the disk afterwards, and what happens when the way is bad. */
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Manifest } from "../../shared/core/manifest.ts";
import { EXPORT_FORMATS } from "../../shared/export/formats.ts";
import { keyWith, launchWithBatches, type Pulled } from "../pull/pulled-winnow.ts";
import { api } from "../whole-way/captures.ts";
import { type CliRun, cliOf } from "./cli-run.ts";

let pulled: Pulled;
let winnow: ReturnType<typeof cliOf>;
let root: string;
let out: string;
let consumers = 0;

beforeAll(async () => {
  pulled = await launchWithBatches();
  winnow = cliOf(pulled.winnow, await keyWith("pull"));
  root = await mkdtemp(join(tmpdir(), "winnow-pull-"));
}, 240_000);
afterAll(async () => {
  await pulled?.winnow.stop();
  await rm(root, { recursive: true, force: true });
});
beforeEach(async () => {
  out = await mkdtemp(join(root, "out-"));
});

function newConsumer(): string {
  return `consumer-${++consumers}`;
}

async function unacknowledged(consumer: string, task?: string): Promise<string[]> {
  const query = new URLSearchParams({ consumer, ...(task !== undefined && { task }) });
  const { batches } = (await (await api(pulled.winnow, `/v1/batches?${query}`)).json()) as {
    batches: { id: string }[];
  };
  return batches.map(({ id }) => id);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

async function manifestIn(batch: string): Promise<Manifest> {
  return JSON.parse(await readFile(join(out, batch, "manifest.json"), "utf8")) as Manifest;
}

function eventsOf({ events }: CliRun, name: string) {
  return events.filter(({ event }) => event === name);
}

/** The first answer for a file comes through `change`; every other as it is. */
function onceChanged(change: (response: Response) => Promise<Response> | Response, path = "/files/kto"): typeof fetch {
  let isDone = false;
  return async (input, init) => {
    const response = await fetch(input, init);
    if (isDone || !String(input).includes(path)) return response;
    isDone = true;
    return change(response);
  };
}

/** As a connection that breaks after so many bytes. */
function cutAfter(bytes: number) {
  return async (response: Response): Promise<Response> => {
    const whole = new Uint8Array(await response.arrayBuffer());
    let isSent = false;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (isSent) controller.error(new Error("connection reset"));
        else controller.enqueue(whole.subarray(0, bytes));
        isSent = true;
      },
    });
    return new Response(body, { status: response.status, headers: response.headers });
  };
}

describe("a pull", () => {
  test("brings every new batch, each file with the bytes that its manifest names, and acknowledges them", async () => {
    const consumer = newConsumer();
    const run = await winnow(["pull", "--consumer", consumer, "--out", out]);
    expect(run).toMatchObject({ exitCode: 0, stderr: "" });
    for (const batch of pulled.batches) {
      const manifest = await manifestIn(batch);
      const named = manifest.files.filter(({ file, format, rows }) => {
        const isDefault = file !== "canonical" && format === (file === "kto" ? "trl" : "openai");
        return rows > 0 && (isDefault || file === "provenance");
      });
      const names = named.map(({ file, format }) => `${file}.${format}.jsonl`);
      expect((await readdir(join(out, batch))).sort()).toEqual(
        [...names, "README.md", "manifest.json", "plots"].sort(),
      );
      expect(names).toContain("kto.trl.jsonl");
      const card = await readFile(join(out, batch, "README.md"), "utf8");
      for (const picture of await readdir(join(out, batch, "plots"))) expect(card).toContain(`plots/${picture}`);
      const kto = manifest.files.find(({ file, format }) => file === "kto" && format === "trl");
      const bytes = await readFile(join(out, batch, "kto.trl.jsonl"));
      expect(sha256(bytes)).toBe(kto?.sha256);
      expect(bytes.length).toBeGreaterThan(0);
      expect(run.stdout).toContain(`${batch}  ${manifest.task}  ready  `);
    }
    expect(await unacknowledged(consumer)).toEqual([]);
  });

  test("that finds nothing new says so by its exit code, so that `pull && train` does not train", async () => {
    const consumer = newConsumer();
    expect((await winnow(["pull", "--consumer", consumer, "--out", out])).exitCode).toBe(0);
    const again = await winnow(["pull", "--consumer", consumer, "--out", out]);
    expect(again).toMatchObject({ exitCode: 3, stdout: "nothing new\n" });
  });

  test.each(EXPORT_FORMATS)("brings what %s can express, and no other format", async (format) => {
    const run = await winnow(["pull", "--all", "--format", format, "--out", out, "--json"]);
    expect(run.exitCode).toBe(0);
    const files = eventsOf(run, "file").filter(({ batch }) => batch === pulled.batches[0]);
    const manifest = await manifestIn(pulled.batches[0] ?? "");
    const wanted = manifest.files.filter(
      ({ file, format: written, rows }) => rows > 0 && (written === format || file === "provenance"),
    );
    expect(files.map(({ sha256: digest }) => digest)).toEqual(wanted.map((file) => file.sha256));
    for (const { file, sha256: digest } of files) expect(sha256(await readFile(String(file)))).toBe(digest);
    const names = await readdir(join(out, pulled.batches[0] ?? ""));
    expect(names.includes("dataset_info.json")).toBe(format === "sharegpt");
  });

  test("since a batch brings what came after it, and says where to go on", async () => {
    const [first = "", second = "", third = ""] = pulled.batches;
    const run = await winnow(["pull", "--since", first, "--out", out, "--json"]);
    expect(eventsOf(run, "batch").map(({ batch }) => batch)).toEqual([second, third]);
    expect(eventsOf(run, "done")).toEqual([{ event: "done", batches: 2, held: 0, next: third }]);
    expect(run.stderr).toContain(`--since ${third}`);
    const none = await winnow(["pull", "--since", third, "--out", out, "--json"]);
    expect(none).toMatchObject({ exitCode: 3, events: [{ event: "done", batches: 0, held: 0, next: third }] });
  });

  test("of one task keeps a place of its own", async () => {
    const consumer = newConsumer();
    const run = await winnow([
      "pull",
      "--consumer",
      consumer,
      "--task",
      "parcels",
      "--out",
      out,
      "--file",
      "kto",
      "--json",
    ]);
    expect(eventsOf(run, "batch").map(({ batch, acknowledged }) => [batch, acknowledged])).toEqual([
      [pulled.batches[1], true],
    ]);
    expect((await readdir(join(out, pulled.batches[1] ?? ""))).sort()).toEqual([
      "README.md",
      "kto.trl.jsonl",
      "manifest.json",
      "plots",
    ]);
    expect(await unacknowledged(consumer, "parcels")).toEqual([]);
    expect(await unacknowledged(consumer)).toHaveLength(3);
  });

  test("tells of held batches and does not bring them, until they are released", async () => {
    const [, held = ""] = pulled.batches;
    const db = await pulled.winnow.db();
    await db.prepare("update batches set status = 'held' where id = ?").bind(held).run();
    try {
      const consumer = newConsumer();
      const run = await winnow(["pull", "--consumer", consumer, "--out", out, "--json"]);
      expect(eventsOf(run, "held").map(({ batch }) => batch)).toEqual([held]);
      expect(run.stderr).toContain(`held, and not pulled: ${held} (parcels)`);
      expect(await readdir(out)).toEqual([pulled.batches[0], pulled.batches[2]].sort());
      const all = await winnow(["pull", "--all", "--out", join(out, "all"), "--json"]);
      expect(eventsOf(all, "batch")).toHaveLength(2);
    } finally {
      await db.prepare("update batches set status = 'ready' where id = ?").bind(held).run();
    }
  });
});

describe("when the way is bad, a pull", () => {
  test("goes on where the connection broke, by a range of the same file", async () => {
    const ranges: (string | null)[] = [];
    const cut = onceChanged(cutAfter(100));
    const watching: typeof fetch = (input, init) => {
      if (String(input).includes("/files/kto")) ranges.push(new Headers(init?.headers).get("range"));
      return cut(input, init);
    };
    const task = ["--task", "parcels", "--file", "kto"];
    const run = await winnow(["pull", "--all", ...task, "--out", out, "--json"], { fetch: watching });
    expect(run.exitCode).toBe(0);
    expect(ranges).toEqual([null, "bytes=100-"]);
    expect(eventsOf(run, "file")).toMatchObject([{ state: "downloaded" }]);
  });

  test("goes on with what an earlier one left behind, and begins anew where that was spoilt", async () => {
    const [, batch = ""] = pulled.batches;
    const args = ["pull", "--all", "--task", "parcels", "--file", "kto", "--out", out, "--json"];
    await winnow(args);
    const file = join(out, batch, "kto.trl.jsonl");
    const right = await readFile(file);
    const states: unknown[] = [];
    for (const part of [right.subarray(0, 50), Buffer.from("x".repeat(50)), Buffer.concat([right, right]), right]) {
      await rm(file);
      await writeFile(`${file}.part`, part);
      const run = await winnow(args);
      expect(run.exitCode).toBe(0);
      states.push(...eventsOf(run, "file").map(({ state }) => state));
      expect(await readFile(file)).toEqual(right);
      expect(await readdir(join(out, batch))).not.toContain("kto.trl.jsonl.part");
    }
    expect(states).toEqual(["resumed", "downloaded", "downloaded", "resumed"]);
    expect(eventsOf(await winnow(args), "file")).toMatchObject([{ state: "present" }]);
  });

  test("neither keeps nor acknowledges bytes that are not the manifest's", async () => {
    const consumer = newConsumer();
    const spoilt: typeof fetch = async (input, init) => {
      const response = await fetch(input, init);
      if (!String(input).includes("/files/kto")) return response;
      const bytes = new Uint8Array(await response.arrayBuffer());
      bytes[0] = 0x20;
      return new Response(bytes, { status: response.status, headers: response.headers });
    };
    const run = await winnow(["pull", "--consumer", consumer, "--out", out, "--json"], { fetch: spoilt });
    expect(run.exitCode).toBe(4);
    expect(eventsOf(run, "error")).toMatchObject([{ code: "digest_differs", exitCode: 4 }]);
    expect(await readdir(join(out, pulled.batches[0] ?? ""))).not.toContain("kto.trl.jsonl");
    expect(await readdir(join(out, pulled.batches[0] ?? ""))).not.toContain("manifest.json");
    expect(await unacknowledged(consumer)).toHaveLength(3);
  });

  test("stops at a digest in the answer, or a manifest, that is not the one that was announced", async () => {
    const otherDigest = onceChanged((response) => {
      const headers = new Headers(response.headers);
      headers.set("repr-digest", `sha-256=:${"A".repeat(43)}=:`);
      return new Response(response.body, { status: response.status, headers });
    });
    expect((await winnow(["pull", "--all", "--out", out], { fetch: otherDigest })).exitCode).toBe(4);
    const [first = ""] = pulled.batches;
    const otherManifest: typeof fetch = async (input, init) =>
      String(input).endsWith(`/v1/batches/${first}`)
        ? new Response('{"schema":"winnow.manifest.1"}')
        : fetch(input, init);
    const run = await winnow(["pull", "--all", "--out", out], { fetch: otherManifest });
    expect(run).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining(`the manifest of batch ${first} has SHA-256`),
    });
  });

  test("leaves alone a file that somebody has changed, unless it is told to replace it", async () => {
    const [first = ""] = pulled.batches;
    const args = ["pull", "--all", "--file", "sft", "--out", out];
    await winnow(args);
    const file = join(out, first, "sft.openai.jsonl");
    const right = await readFile(file);
    await writeFile(file, "mine\n");
    expect(await winnow(args)).toMatchObject({ exitCode: 4, stderr: expect.stringContaining("--force") });
    expect(await readFile(file, "utf8")).toBe("mine\n");
    expect((await winnow([...args, "--force"])).exitCode).toBe(0);
    expect(await readFile(file)).toEqual(right);
  });

  test("tries again what may be tried again, and gives up with the server's own words", async () => {
    let tries = 0;
    const busy: typeof fetch = async (input, init) => {
      if (++tries <= 3) return Response.json({ error: { code: "unavailable", message: "later" } }, { status: 503 });
      return fetch(input, init);
    };
    expect((await winnow(["pull", "--all", "--out", out], { fetch: busy })).exitCode).toBe(0);
    tries = Number.NEGATIVE_INFINITY;
    const given = await winnow(["pull", "--all", "--out", out], { fetch: busy });
    expect(given).toMatchObject({ exitCode: 1, stderr: "winnow: later\n" });
  });

  test("goes on past files that were erased since, and names them", async () => {
    const gone: typeof fetch = (input, init) =>
      String(input).includes("/files/")
        ? Promise.resolve(Response.json({ error: { code: "batch_erased", message: "erased" } }, { status: 410 }))
        : fetch(input, init);
    const run = await winnow(["pull", "--all", "--task", "parcels", "--file", "sft", "--out", out, "--json"], {
      fetch: gone,
    });
    expect(run.exitCode).toBe(0);
    expect(eventsOf(run, "batch")).toMatchObject([{ erased: ["sft.openai.jsonl"] }]);
  });

  test("is not written over by another one in the same folder", async () => {
    await writeFile(join(out, ".winnow-pull.lock"), String(process.pid));
    const run = await winnow(["pull", "--all", "--out", out]);
    expect(run).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`process ${process.pid}`) });
    await writeFile(join(out, ".winnow-pull.lock"), "999999999"); // nobody: it was killed
    expect((await winnow(["pull", "--all", "--out", out])).exitCode).toBe(0);
    expect(await readdir(out)).not.toContain(".winnow-pull.lock");
  });

  test("writes to no other place than its folder, whatever a server calls a batch", async () => {
    const batches = [{ id: "../../outside", task: "t", status: "ready", createdAt: "", counts: {}, sha256: "" }];
    const hostile: typeof fetch = async () => Response.json({ batches, next: null });
    const run = await winnow(["pull", "--all", "--out", out], { fetch: hostile });
    expect(run).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("is no batch's id") });
    expect(await readdir(out)).toEqual([]);
  });
});

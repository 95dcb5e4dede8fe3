/** `winnow import` against the real Workers: files of every source, rejections by line, and how it goes on. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { lineOf, ndjson } from "../import/lines.ts";
import { eventually } from "../local/launch-stubs.ts";
import { KEY, SECRET } from "../whole-way/captures.ts";
import { cli, cliOf } from "./cli-run.ts";

let running: Winnow;
let winnow: ReturnType<typeof cliOf>;
let root: string;

beforeAll(async () => {
  running = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  winnow = cliOf(running, KEY);
  root = await mkdtemp(join(tmpdir(), "winnow-import-"));
});
afterAll(async () => {
  await running?.stop();
  await rm(root, { recursive: true, force: true });
});

async function fileOf(name: string, text: string | Uint8Array): Promise<string> {
  const path = join(root, name);
  await writeFile(path, text);
  return path;
}

async function countOf(task: string): Promise<number> {
  const db = await running.db();
  const row = await db
    .prepare("select count(*) as total from exchanges where task = ?")
    .bind(task)
    .first<{ total: number }>();
  return row?.total ?? 0;
}

function rows(task: string, count: number): Promise<number> {
  return eventually(`${count} rows of ${task}`, async () =>
    (await countOf(task)) >= count ? countOf(task) : undefined,
  );
}

function calls(task: string, count: number): unknown[] {
  return Array.from({ length: count }, (_, at) => lineOf(at, { task }));
}

describe("winnow import", () => {
  test("sends a file a chunk at a time; the same command again adds nothing", async () => {
    const file = await fileOf("many.jsonl", ndjson(calls("many", 2_500)));
    const bodies: number[] = [];
    const counting: typeof fetch = (input, init) => {
      bodies.push(String(init?.body).trimEnd().split("\n").length);
      return fetch(input, init);
    };
    const run = await winnow(["import", file, "--json"], { fetch: counting });
    expect(run).toMatchObject({ exitCode: 0, stderr: "", events: [{ event: "done", accepted: 2_500, rejected: 0 }] });
    expect(bodies).toEqual([1_000, 1_000, 500]);
    expect(await rows("many", 2_500)).toBe(2_500);
    expect((await winnow(["import", file])).stdout).toBe("2500 calls taken, 0 rejected\n");
    await winnow(["import", await fileOf("last.jsonl", ndjson([lineOf(9_999, { task: "many" })]))]);
    expect(await rows("many", 2_501)).toBe(2_501);
  });

  test("tells rejected lines by their number in the file, those of the server too, and writes all of them", async () => {
    const good = calls("rejecting", 1_200) as object[];
    const lines: unknown[] = [...good];
    lines[2] = "{broken";
    lines[1_100] = { ...good[1_100], provider: "nobody" };
    lines[1_150] = "";
    const report = join(root, "rejected.jsonl");
    const file = await fileOf("rejecting.jsonl", ndjson(lines));
    const run = await winnow(["import", file, "--rejected", report]);
    expect(run).toMatchObject({ exitCode: 5, stdout: "1197 calls taken, 2 rejected\n" });
    expect(run.stderr).toContain("line 3: the line is not JSON");
    expect(run.stderr).toContain("line 1101: provider nobody is not known");
    const written = (await readFile(report, "utf8"))
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(written).toEqual([
      { line: 3, reason: expect.stringContaining("not JSON") },
      { line: 1_101, reason: expect.stringContaining("nobody") },
    ]);
  });

  test("shows a few rejections, and says where all of them are", async () => {
    const file = await fileOf("bad.jsonl", "{}\n".repeat(9));
    const { stderr, exitCode } = await winnow(["import", file]);
    expect(exitCode).toBe(5);
    expect(stderr.trimEnd().split("\n")).toHaveLength(6);
    expect(stderr).toContain("and 4 more; --rejected FILE writes all of them");
  });

  test("of a dry run sends nothing, and needs neither address nor key", async () => {
    const file = await fileOf("dry.jsonl", ndjson([...calls("dry", 2), "{}"]));
    const refuse: typeof fetch = () => Promise.reject(new Error("asked"));
    const run = await cli(["import", file, "--dry-run"], { fetch: refuse });
    expect(run).toMatchObject({ exitCode: 5, stdout: "2 calls would be sent, 1 rejected\n" });
  });

  test("reads stdin, and gzip by the name of the file", async () => {
    async function* stdin() {
      const bytes = Buffer.from(ndjson(calls("piped", 3)));
      yield bytes.subarray(0, 100);
      yield bytes.subarray(100);
    }
    expect((await winnow(["import", "-"], { stdin: stdin() })).stdout).toBe("3 calls taken, 0 rejected\n");
    const packed = await fileOf("packed.jsonl.gz", gzipSync(ndjson(calls("packed", 4))));
    expect((await winnow(["import", packed])).stdout).toBe("4 calls taken, 0 rejected\n");
    await rows("piped", 3);
    await rows("packed", 4);
    const broken = await fileOf("broken.jsonl.gz", "no gzip");
    expect(await winnow(["import", broken])).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("cannot be unpacked"),
    });
  });

  test("tries again while the queue is full; when that is in vain, says from where to go on", async () => {
    const file = await fileOf("full.jsonl", ndjson(calls("full", 2_200)));
    let requests = 0;
    const full =
      (from: number, to: number): typeof fetch =>
      (input, init) => {
        requests++;
        const error = { code: "unavailable", message: "the queue does not take more now" };
        return requests >= from && requests < to
          ? Promise.resolve(Response.json({ error }, { status: 503 }))
          : fetch(input, init);
      };
    expect((await winnow(["import", file], { fetch: full(2, 4) })).exitCode).toBe(0);
    requests = 0;
    const given = await winnow(["import", file], { fetch: full(2, 99) });
    expect(given.exitCode).toBe(1);
    expect(given.stderr).toMatch(/every line up to 999\b.*--skip 999\n/);
    const rest = await winnow(["import", file, "--skip", "999"]);
    expect(rest.stdout).toBe("1201 calls taken, 0 rejected\n");
  });

  test("draws a line of progress on a terminal alone, and clears it", async () => {
    const file = await fileOf("progress.jsonl", ndjson(calls("progress", 50)));
    let nowMs = 0;
    const { stderr } = await winnow(["import", file], { stderrIsTty: true, nowMs: () => (nowMs += 1_000) });
    expect(stderr).toMatch(/\[Kimport \[[#.]{24}\] +\d+% {2}line \d+, \d+ taken/);
    expect(stderr.endsWith("\r\u001b[K")).toBe(true);
  });
});

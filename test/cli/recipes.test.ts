/** The README's recipes, as far as they run here: curl and the uploads for real, the trainers' by what they name. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubPath } from "../../shared/card/file-names.ts";
import { isObject } from "../../shared/core/json.ts";
import { PARQUET } from "../../shared/export/parquet-file.ts";
import { ROOT, readText } from "../house/source-files.ts";
import { keyWith, launchWithBatches, type Pulled } from "../pull/pulled-winnow.ts";
import { api } from "../whole-way/captures.ts";
import { cliOf } from "./cli-run.ts";

let pulled: Pulled;
let key: string;
let folder: string;

beforeAll(async () => {
  pulled = await launchWithBatches();
  key = await keyWith("pull");
  folder = await mkdtemp(join(ROOT, "node_modules", ".recipes-")); // where the SDK is found
}, 240_000);
afterAll(async () => {
  await pulled?.winnow.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

function recipe(name: string): string {
  const [, code] =
    new RegExp(`<!-- recipe: ${name} -->\\n\`\`\`\\w+\\n([\\s\\S]*?)\`\`\``).exec(readText("README.md")) ?? [];
  if (code === undefined) throw new Error(`the README has no recipe ${name}`);
  return code;
}

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

async function run(
  command: string,
  args: string[],
  options: { cwd: string; env?: Record<string, string> },
): Promise<Ended> {
  const env = { ...process.env, WINNOW_URL: pulled.winnow.url, WINNOW_KEY: key, ...options.env };
  const child = spawn(command, args, { cwd: options.cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const said = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    said.stdout += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    said.stderr += chunk.toString();
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...said };
}

async function pullAs(format: string): Promise<string> {
  const cwd = join(folder, format);
  await mkdir(cwd);
  const args = ["pull", "--all", "--task", "mail", "--format", format, "--out", join(cwd, "data")];
  expect((await cliOf(pulled.winnow, key)(args)).exitCode).toBe(0);
  return cwd;
}

const hasTools = spawnSync("bash", ["-c", "curl --version && command -v sha256sum"]).status === 0;
if (!hasTools) console.warn("recipes: bash, curl or sha256sum is missing here, so curl's recipe is not run");

test.skipIf(!hasTools)("curl's recipe pulls every batch, checks it, and acknowledges it", async () => {
  const cwd = join(folder, "curl");
  await mkdir(cwd);
  const ended = await run("bash", ["-c", recipe("curl")], { cwd });
  expect(ended).toEqual({ code: 0, stdout: "", stderr: "" });
  expect((await readdir(join(cwd, "data"))).sort()).toEqual([...pulled.batches].sort());
  const [first = ""] = pulled.batches;
  const sft = await readFile(join(cwd, "data", first, "sft.openai.jsonl"), "utf8");
  expect(sft).toBe(await (await api(pulled.winnow, `/v1/batches/${first}/files/sft?format=openai`)).text());
  const left = (await (await api(pulled.winnow, "/v1/batches?consumer=curl-train")).json()) as { batches: unknown[] };
  expect(left.batches).toEqual([]);
});

test("the upload sends the files and starts the job, with OpenAI's own SDK", async () => {
  const cwd = await pullAs("openai");
  await writeFile(join(folder, "upload.mjs"), recipe("upload.mjs"));
  const received: { path: string; body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    received.push({ path: request.url ?? "", body });
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ id: `id-${received.length}` }));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const env = {
    OPENAI_API_KEY: "sk-test",
    OPENAI_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
  };
  const [batch = ""] = await readdir(join(cwd, "data"));
  try {
    const ended = await run(process.execPath, [join(folder, "upload.mjs"), join(cwd, "data", batch), "gpt-test"], {
      cwd,
      env,
    });
    expect(ended).toMatchObject({ code: 0, stderr: "" });
    expect(ended.stdout.trim()).toBe(`id-${received.length}`);
  } finally {
    server.close();
  }
  const job = received.pop();
  expect(job?.path).toBe("/v1/fine_tuning/jobs");
  expect(JSON.parse(job?.body ?? "")).toMatchObject({ model: "gpt-test", training_file: "id-1" });
  const [training] = received;
  expect(training?.path).toBe("/v1/files");
  expect(training?.body).toContain(await readFile(join(cwd, "data", batch, "sft.openai.jsonl"), "utf8"));
  expect(training?.body).toContain("fine-tune");
});

test("TRL's recipe names files and columns that are there, and is Python", async () => {
  const cwd = await pullAs("parquet");
  const code = recipe("trl");
  const [batch = ""] = pulled.batches;
  expect(code).toContain("data/*/data/kto/*.parquet");
  const bytes = await readFile(join(cwd, "data", batch, hubPath("kto")));
  const decoded = await PARQUET.decode({ file: "kto", bytes });
  const [line = ""] = decoded.ok ? decoded.lines : [];
  const columns = [...code.matchAll(/"(prompt|completion|label|example_id)"/g)].map(([, name]) => name ?? "");
  expect(new Set(columns).size).toBe(4);
  for (const name of columns) expect(Object.keys(JSON.parse(line) as object)).toContain(name);
  const python = spawnSync("python3", ["-c", "import ast, sys; ast.parse(sys.stdin.read())"], {
    input: code,
    encoding: "utf8",
  });
  if (python.error === undefined) expect(python.stderr).toBe("");
  else console.warn("recipes: python3 is missing here, so the syntax of TRL's recipe is not checked");
});

test("Axolotl's recipe names the field that each line has", async () => {
  const yaml = recipe("axolotl");
  const [, field = ""] = /field_messages: (\w+)/.exec(yaml) ?? [];
  const [batch = ""] = pulled.batches;
  const sft = await (await api(pulled.winnow, `/v1/batches/${batch}/files/sft?format=openai`)).text();
  for (const line of sft.trimEnd().split("\n")) {
    const row = JSON.parse(line) as unknown;
    expect(isObject(row) && Array.isArray(row[field])).toBe(true);
  }
});

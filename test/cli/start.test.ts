/** The program as it is started: on the Node that comes with the packages, on an older one, from a package; and Ctrl-C. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { CODE_VERSION } from "../../shared/core/version.ts";
import { makeCli } from "../../workers/local/make-cli.ts";
import { ROOT } from "../house/source-files.ts";

const BIN = join(ROOT, "workers", "cli", "winnow.mjs");

let root: string;
let server: Server;
let url: string;
/** Requests for a list of keys that wait for an answer. */
let asked: () => void;
const children: ChildProcess[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "winnow-cli-"));
  server = createServer(() => asked()).listen(0, "127.0.0.1"); // never answers
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(root, { recursive: true, force: true });
});

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function start(
  args: readonly string[],
  { node = process.execPath, bin = BIN } = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(node, [bin, ...args], { env: { ...process.env, WINNOW_URL: url, WINNOW_KEY: "wk_test_key" } });
  children.push(child);
  const said = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk: Buffer) => {
    said.stdout += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    said.stderr += chunk.toString();
  });
  const ended = once(child, "close").then(([code]) => ({ code: code as number | null, ...said }));
  return { child, ended };
}

test("answers on the Node of the packages, with nothing on stderr", async () => {
  expect(await start(["--version"]).ended).toEqual({ code: 0, stdout: `${CODE_VERSION}\n`, stderr: "" });
});

test("ends with the exit code that the command came to", async () => {
  expect(await start(["pull"]).ended).toMatchObject({ code: 2, stdout: "" });
});

test("installed from a package it is one file, whatever the Node", async () => {
  const cli = join(root, "app", "node_modules", "winnow", "workers", "cli");
  await mkdir(cli, { recursive: true });
  await makeCli(join(cli, "winnow.bundle.mjs"));
  const bin = join(cli, "winnow.mjs");
  await cp(BIN, bin);
  const node = await nodeOfVersion("20.19.0");
  const began = "began as 20.19.0\n";
  expect(await start(["--version"], { node, bin }).ended).toEqual({
    code: 0,
    stdout: `${CODE_VERSION}\n`,
    stderr: began,
  });
  expect(
    await start(["pull", "--all", "--out", "x", "--format", "bedrock", "--file", "kto"], { bin }).ended,
  ).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("bedrock has no form for kto"),
  });
});

/** A Node that says it is of another version, and is otherwise the one that runs this. */
async function nodeOfVersion(version: string): Promise<string> {
  const pretend = join(root, `pretend-${version}.mjs`);
  await writeFile(
    pretend,
    `Object.defineProperty(process.versions, "node", { value: "${version}" });\nprocess.stderr.write("began as ${version}\\n");\n`,
  );
  const file = join(root, `node-${version}`);
  await writeFile(file, `#!/bin/sh\nexec "${process.execPath}" --import "${pretend}" "$@"\n`);
  await chmod(file, 0o755);
  return file;
}

test.each(["20.19.0", "22.17.1"])("on Node %s hands over to the Node of the packages", async (version) => {
  const node = await nodeOfVersion(version);
  const ended = await start(["--version"], { node }).ended;
  expect(ended).toEqual({ code: 0, stdout: `${CODE_VERSION}\n`, stderr: `began as ${version}\n` });
  expect(await start(["pull"], { node }).ended).toMatchObject({ code: 2 });
});

test("on an old Node without packages says what brings one", async () => {
  const bin = join(root, "alone", "workers", "cli", "winnow.mjs");
  await mkdir(join(root, "alone", "workers", "cli"), { recursive: true });
  await cp(BIN, bin);
  const { code, stderr } = await start(["--version"], { node: await nodeOfVersion("20.19.0"), bin }).ended;
  expect(code).toBe(1);
  expect(stderr).toContain(`this is Node 20.19.0, and 22.18 or later is needed; \`npm ci\` in ${join(root, "alone")}`);
});

test.each(["SIGINT", "SIGTERM"] as const)(
  "%s ends it at once and cleanly, with a word on how to go on",
  async (signal) => {
    const waiting = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const { child, ended } = start(["keys", "list"]);
    await waiting;
    child.kill(signal);
    expect(await ended).toEqual({ code: 130, stdout: "", stderr: expect.stringMatching(/^winnow: stopped; .*\n$/) });
  },
);

test("of a process that took over, Ctrl-C in the terminal ends both, with the same exit code", async () => {
  const waiting = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const node = await nodeOfVersion("20.19.0");
  const child = spawn(node, [BIN, "keys", "list"], {
    env: { ...process.env, WINNOW_URL: url, WINNOW_KEY: "wk_test_key" },
    detached: true, // a process group of its own, as a terminal's foreground job has
    stdio: "ignore",
  });
  children.push(child);
  await waiting;
  process.kill(-(child.pid ?? 0), "SIGINT");
  expect((await once(child, "close"))[0]).toBe(130);
});

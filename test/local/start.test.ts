/** `npm start` with the real Workers: the one line, what stands behind it, and that nothing is left when it ends. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ROOT } from "../../workers/local/worker-configs.ts";
import { eventually, SECRET } from "./launch-stubs.ts";

const START = join(ROOT, "workers", "local", "start.ts");
let stateDir: string;
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "winnow-start-"));
});
afterAll(() => rm(stateDir, { recursive: true, force: true }));

interface Started {
  child: ChildProcess;
  output: { stdout: string; stderr: string };
  ended: Promise<number | null>;
}
const started: Started[] = [];
afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await ended;
  }
});

/** In a process group of its own, as a terminal would start it. */
function start(environment: Record<string, string> = {}, command = [process.execPath, START]): Started {
  const [file = "", ...args] = command;
  const env = { ...process.env, WINNOW_SECRET: SECRET, PORT: "0", STATE_DIR: stateDir, ...environment };
  const child = spawn(file, args, { env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  child.stderr?.on("data", (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  const one = { child, output, ended: once(child, "close").then(([code]) => code as number | null) };
  started.push(one);
  return one;
}

async function ready({ child, output }: Started): Promise<{ url: string; key: string }> {
  const line = await eventually("the ready line", async () => {
    if (child.exitCode !== null) throw new Error(`it ended: ${output.stderr}`);
    return /^winnow ready: (http:\/\/127\.0\.0\.1:\d+) key (wk_\S+)\n$/.exec(output.stdout);
  });
  return { url: line[1] ?? "", key: line[2] ?? "" };
}

/** The process and all below it. */
function family(pid: number): number[] {
  const rows = execFileSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  const pairs = rows.map((row) => row.trim().split(/\s+/).map(Number));
  const below = pairs.filter(([, parent]) => parent === pid).flatMap(([child]) => family(child ?? 0));
  return [pid, ...below];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function allGone(pids: readonly number[]): Promise<void> {
  await eventually("all processes to be gone", async () => (pids.some(isAlive) ? undefined : true));
}

function pidOf({ child }: Started): number {
  if (child.pid === undefined) throw new Error("it did not start");
  return child.pid;
}

function clientOf({ url, key }: { url: string; key: string }): OpenAI {
  return new OpenAI({ baseURL: `${url}/standin/v1`, apiKey: key, maxRetries: 0 });
}

describe("npm start", () => {
  test("prints one line, answers by its key, and keeps what was called a moment before Ctrl-C", async () => {
    const first = start();
    const winnow = await ready(first);
    const { data, response } = await clientOf(winnow)
      .chat.completions.create({ model: "standin-1", messages: [{ role: "user", content: "Hi" }] })
      .withResponse();
    expect(data.choices[0]?.message.content).toContain("Hi");
    const id = response.headers.get("x-winnow-id")?.split(".")[0];
    const pids = family(pidOf(first));
    expect(pids.length).toBeGreaterThanOrEqual(3);
    process.kill(-pidOf(first), "SIGINT"); // to the whole group, as a terminal does
    expect(await first.ended).toBe(0);
    expect(pids.filter(isAlive)).toEqual([]);
    expect(first.output.stdout.trim().split("\n")).toHaveLength(1);

    const second = start();
    const again = await ready(second);
    expect(again.key).toBe(winnow.key);
    const exchange = await fetch(`${again.url}/v1/exchanges/${id}`, { headers: { "x-winnow-key": again.key } });
    expect(exchange.status).toBe(200);
    second.child.kill("SIGTERM");
    expect(await second.ended).toBe(0);
  });

  test("takes the key, the port and the providers that it is given", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    const { port } = holder.address() as AddressInfo;
    await new Promise((resolve) => holder.close(resolve));
    const environment = {
      PORT: String(port),
      WINNOW_KEY: "wk_chosen-by-the-test",
      PROVIDERS: '{"mine":{"baseUrl":"http://127.0.0.1:9"}}',
    };
    const winnow = await ready(start(environment));
    expect(winnow).toEqual({ url: `http://127.0.0.1:${port}`, key: "wk_chosen-by-the-test" });
    const models = await clientOf(winnow).models.list();
    expect(models.data.length).toBeGreaterThan(0);
    const headers = { "x-winnow-key": winnow.key };
    expect((await fetch(`${winnow.url}/mine/v1/models`, { headers })).status).toBe(502); // known, but nobody is there
    expect((await fetch(`${winnow.url}/nobodys/v1/models`, { headers })).status).toBe(404);
  });

  test("ends, with all its processes, when it is killed outright", async () => {
    const one = start();
    await ready(one);
    const pids = family(pidOf(one));
    one.child.kill("SIGKILL");
    await allGone(pids);
  });

  test("ends when npm is killed and the shell in between lives on", async () => {
    // stands for npm: it runs the script by `sh -c`, as npm does
    const npm = `require("child_process").spawn("sh", ["-c", process.argv[1]], {stdio: "inherit"})`;
    const script = `"${process.execPath}" "${START}"; true`; // a second command, so that no shell hands its process over
    const one = start({ npm_lifecycle_event: "start" }, [process.execPath, "-e", npm, script]);
    await ready(one);
    const pids = family(pidOf(one));
    expect(pids.length).toBeGreaterThanOrEqual(5);
    one.child.kill("SIGKILL");
    await allGone(pids);
  });

  test("can be stopped while it starts", async () => {
    const one = start();
    const pids = await eventually("the second process", async () => {
      const found = family(pidOf(one));
      return found.length > 1 ? found : undefined;
    });
    one.child.kill("SIGINT");
    expect(await one.ended).toBe(0);
    await allGone(pids);
  });

  test("says that its port is taken, and fails", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "127.0.0.1", resolve));
    const { port } = holder.address() as AddressInfo;
    const one = start({ PORT: String(port) });
    expect(await one.ended).toBe(1);
    expect(one.output).toEqual({ stdout: "", stderr: expect.stringContaining(`port ${port} is in use`) });
    await new Promise((resolve) => holder.close(resolve));
  });

  test("says what is wrong with a setting, without a stack, and fails", async () => {
    const one = start({ PORT: "http" });
    expect(await one.ended).toBe(1);
    const stderr = 'winnow: PORT is "http"; it is a number from 0 (any free port) to 65535\n';
    expect(one.output).toEqual({ stdout: "", stderr });
  });
});

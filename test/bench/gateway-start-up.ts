/** Size of the gateway's code, and how long a process takes from its start to the gateway's first answer. */
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { bundle } from "../../workers/local/bundle-worker.ts";
import { type Child, startChild } from "./child.ts";
import { GATEWAY_ENTRY, startGateway, startPassThrough } from "./gateway-setup.ts";
import { Caller, JSON_KIND } from "./load.ts";
import { readCpuMs } from "./process-cpu.ts";
import { median } from "./statistics.ts";
import { note, printTable } from "./table.ts";
import type { Workerd } from "./workerd.ts";

const BUNDLE_BYTES_MAX = 150_000;

export async function benchStartUp(options: { key: string; rounds: number }): Promise<void> {
  printSizes(await measureSizes());
  printStartUp(await measureStartUp(options));
}

interface Size {
  name: string;
  bytes: number;
  gzipBytes: number;
}

async function measureSizes(): Promise<Size[]> {
  const sizeOf = (name: string, code: string): Size => ({
    name,
    bytes: Buffer.byteLength(code),
    gzipBytes: gzipSync(code).byteLength,
  });
  return [
    sizeOf("minified", await bundle(GATEWAY_ENTRY, { minify: true })),
    sizeOf("not minified", await bundle(GATEWAY_ENTRY)),
  ];
}

interface StartUp {
  name: string;
  /** Milliseconds from the spawn to the end of the first proxied answer. */
  firstAnswerMs: number[];
  /** Of the process, until then. */
  cpuMs: number[];
  /** Of the module alone, in Node. */
  loadMs: number[];
}

/** Fresh processes of the pass-through and of the gateway in turn. */
async function measureStartUp(options: { key: string; rounds: number }): Promise<StartUp[]> {
  const { key, rounds } = options;
  const provider = await startChild(join(import.meta.dirname, "provider.ts"));
  const sink = await startChild(join(import.meta.dirname, "sink.ts"));
  const floor: StartUp = { name: "pass-through", firstAnswerMs: [], cpuMs: [], loadMs: [] };
  const gateway: StartUp = { name: "gateway", firstAnswerMs: [], cpuMs: [], loadMs: [] };
  try {
    for (let round = 0; round < rounds; round++) {
      await startOnce({ into: floor, key, start: () => startPassThrough(provider) });
      await startOnce({ into: gateway, key, start: () => startGateway({ provider, sink }) });
    }
    gateway.loadMs.push(...(await loadInNode(rounds)));
    return [floor, gateway];
  } finally {
    await stopAll([provider, sink]);
  }
}

async function stopAll(children: readonly Child[]): Promise<void> {
  await Promise.all(children.map((child) => child.stop()));
}

async function startOnce(options: { into: StartUp; key: string; start: () => Promise<Workerd> }): Promise<void> {
  const { into, key, start } = options;
  const caller = new Caller({ key, parallel: 1 });
  const workerd = await start();
  try {
    await caller.call(workerd.url, JSON_KIND);
    into.firstAnswerMs.push(performance.now() - workerd.spawnedAtMs);
    into.cpuMs.push(readCpuMs(workerd.pid));
  } finally {
    caller.close();
    await workerd.stop();
  }
}

const LOAD = `const startedAt = performance.now();
await import(process.argv[1]);
console.log(performance.now() - startedAt);`;

/** The global scope of the gateway's module, by the same engine that workerd has. */
async function loadInNode(rounds: number): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), "winnow-bench-"));
  const file = join(folder, "gateway.mjs");
  try {
    await writeFile(file, await bundle(GATEWAY_ENTRY, { minify: true }));
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", LOAD, file]);
      times.push(Number(stdout));
    }
    return times;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function printSizes(sizes: readonly Size[]): void {
  printTable(
    "GATEWAY, size of its code, bytes",
    ["", "plain", "gzipped", "aim"],
    sizes.map(({ name, bytes, gzipBytes }) => [
      name,
      bytes.toString(),
      gzipBytes.toString(),
      gzipBytes <= BUNDLE_BYTES_MAX ? "≤ 150 KB: met" : "≤ 150 KB: missed",
    ]),
  );
}

function printStartUp(rows: readonly StartUp[]): void {
  printTable(
    `GATEWAY, start-up, ms, median of ${rows[0]?.firstAnswerMs.length ?? 0} fresh processes in turn (min–max)`,
    ["", "to the first answer", "CPU until then", "code alone"],
    rows.map(({ name, firstAnswerMs, cpuMs, loadMs }) => [
      name,
      spread(firstAnswerMs),
      spread(cpuMs),
      loadMs.length === 0 ? "" : spread(loadMs),
    ]),
  );
  note(
    "From the spawn of a workerd process to the end of its first proxied answer, the gateway's first look at its settings",
    "included; Cloudflare starts an isolate, not a process, so it is the difference to the pass-through that counts there.",
    "'Code alone' is wall time: the minified module read, compiled and evaluated in a fresh Node, whose V8 is like workerd's.",
  );
}

function spread(values: readonly number[]): string {
  return `${median(values).toFixed(1)} (${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})`;
}

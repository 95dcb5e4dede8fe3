/**
 * One file of a batch, known by its SHA-256. What is there of it already (`<name>.part`) is gone on from: Range with
 * If-Range, whose ETag is the digest (RFC 9110, sections 13.1.5 and 14.2). It gets its name once every byte is right.
 */
import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { ApiClient } from "./api-client.ts";
import { IDLE_MS_MAX, REQUEST_TRIES_MAX, RETRY_WAIT_MS } from "./bounds.ts";
import { CliError, EXIT } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

export interface Download {
  terminal: Terminal;
  api: ApiClient;
  /** Of the API. */
  path: string;
  /** On the disk. */
  target: string;
  bytes: number;
  sha256: string;
  /** Replace a file that is there and differs. */
  force: boolean;
  onBytes(done: number): void;
}

/** @throws CliError (integrity) where the server's bytes are not those of the digest; nothing of the name is there then */
export async function downloadFile(download: Download): Promise<"downloaded" | "resumed" | "present"> {
  const { target, sha256, force } = download;
  const there = await hashOf(target);
  if (there?.hash.digest("hex") === sha256) return "present";
  if (there !== undefined && !force) {
    const message = `${target} is there, and differs from what the manifest says; move it away, or replace it with --force`;
    throw new CliError("file_differs", message, EXIT.integrity);
  }
  const part = `${target}.part`;
  await mkdir(dirname(part), { recursive: true });
  const began = await fill(download, part);
  await rename(part, target);
  return began > 0 ? "resumed" : "downloaded";
}

/** @returns how many bytes were there before */
async function fill(download: Download, part: string): Promise<number> {
  const { terminal, target, sha256 } = download;
  let began: number | undefined;
  for (let tries = 1; ; tries++) {
    const step = await addBytes(download, part);
    began ??= step.from;
    if (step.end === "whole") return began;
    if (step.end === "wrong") {
      await rm(part, { force: true });
      // a part that was spoilt on the disk is no fault of the server's
      if (step.from > 0) began = 0;
      else
        throw new CliError(
          "digest_differs",
          `${target}: its bytes have not the SHA-256 ${sha256} of the manifest; pull again, and if it stays so ask whoever runs winnow`,
          EXIT.integrity,
        );
    }
    if (tries >= REQUEST_TRIES_MAX) throw step.error ?? brokenOff(target);
    await terminal.wait(RETRY_WAIT_MS * 2 ** (tries - 1));
  }
}

interface Step {
  /** Bytes that were there when it began. */
  from: number;
  end: "whole" | "wrong" | "broken";
  error?: CliError;
}

async function addBytes(download: Download, part: string): Promise<Step> {
  const { bytes, sha256 } = download;
  let { hash, size: from } = (await hashOf(part)) ?? { hash: createHash("sha256"), size: 0 };
  if (from > bytes) return { from, end: "wrong" };
  const file = await open(part, from > 0 ? "r+" : "w");
  try {
    if (from < bytes || bytes === 0) {
      const response = await ask(download, from);
      if (from > 0 && !isRest(response, from)) {
        [hash, from] = [createHash("sha256"), 0];
        await file.truncate(0);
      }
      const written = await write({ download, response, file, hash, from });
      if (written < bytes) return { from, end: "broken" };
      if (written > bytes) return { from: 0, end: "wrong" };
    }
    await file.sync();
    return { from, end: hash.digest("hex") === sha256 ? "whole" : "wrong" };
  } finally {
    await file.close();
  }
}

async function ask({ api, path, sha256, target }: Download, from: number): Promise<Response> {
  const headers = from > 0 ? { range: `bytes=${from}-`, "if-range": `"${sha256}"` } : undefined;
  const response = await api.send(path, { ...(headers !== undefined && { headers }) });
  const digest = response.headers.get("repr-digest") ?? response.headers.get("content-digest");
  if (digest === `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`) return response;
  await response.body?.cancel();
  throw new CliError(
    "digest_differs",
    `${target}: the server says ${digest ?? "no digest"}, and the manifest sha-256 ${sha256}; pull again, and if it stays so ask whoever runs winnow`,
    EXIT.integrity,
  );
}

function isRest(response: Response, from: number): boolean {
  return response.status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${from}-`) === true;
}

/** @returns how many bytes the file has then; fewer than it should, where the connection broke */
async function write(options: {
  download: Download;
  response: Response;
  file: FileHandle;
  hash: Hash;
  from: number;
}): Promise<number> {
  const { download, response, file, hash, from } = options;
  const { terminal, bytes, onBytes } = download;
  let at = from;
  const reader = response.body?.getReader();
  for (;;) {
    const chunk = await nextChunk(reader, terminal);
    if (chunk === undefined) return at;
    await file.write(chunk, 0, chunk.length, at);
    hash.update(chunk);
    at += chunk.length;
    onBytes(at);
    if (at > bytes) {
      await reader?.cancel();
      return at;
    }
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** undefined: the end, or what ended it. */
async function nextChunk(reader: Reader | undefined, terminal: Terminal): Promise<Uint8Array | undefined> {
  if (reader === undefined) return undefined;
  const idle = new AbortController();
  const timer = wait(IDLE_MS_MAX, undefined, { signal: idle.signal }).catch(() => undefined);
  try {
    const read = await Promise.race([reader.read(), timer]);
    if (read === undefined) await reader.cancel();
    return read?.value;
  } catch {
    if (terminal.signal.aborted) throw terminal.signal.reason;
    return undefined;
  } finally {
    idle.abort();
  }
}

async function hashOf(path: string): Promise<{ hash: Hash; size: number } | undefined> {
  const hash = createHash("sha256");
  let size = 0;
  try {
    for await (const chunk of createReadStream(path)) {
      hash.update(chunk as Buffer);
      size += (chunk as Buffer).length;
    }
    return { hash, size };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function brokenOff(target: string): CliError {
  const message = `the connection broke ${REQUEST_TRIES_MAX} times while ${target} came; the same command goes on where it is`;
  return new CliError("broken_off", message);
}

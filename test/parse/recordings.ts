/** Recorded calls of real providers: ../shared/data/traffic.jsonl, which is no part of the project and may be missing. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../shared/core/json.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";
import { captureOf, streamCaptureOf } from "./capture-of.ts";

export interface Recording {
  format: string;
  host: string;
  path: string;
  request: Json;
  status: number;
  contentType: string;
  sse: boolean;
  body: string;
}

const file = join(import.meta.dirname, "../../../shared/data/traffic.jsonl");

export const areRecordingsThere = existsSync(file);
if (!areRecordingsThere) {
  console.warn(`recorded traffic: skipped, ${file} is not there (real data is not part of the project)`);
}

/** All of them, or those of one format. Empty where the file is missing. */
export function readRecordings(format?: string): Recording[] {
  if (!areRecordingsThere) return [];
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const recordings = lines.map((line) => JSON.parse(line) as Recording);
  return format === undefined ? recordings : recordings.filter((recording) => recording.format === format);
}

export function parseRecording({ host, path, request, status, contentType, body }: Recording) {
  const header = { provider: providerOf(host), path, status, responseType: contentType };
  const { request: sent } = captureOf({ request });
  return parseCapture({ ...streamCaptureOf(body, header), request: sent });
}

/** What a failed expectation says of the recording. */
export function where({ host, path, body }: Recording): string {
  return `${host}${path} ${body.slice(0, 60)}`;
}

function providerOf(host: string): string {
  return host.split(".").at(-2) ?? host;
}

/**
 * What a run writes down for its later steps, and for whoever asks afterwards, in R2. A task's files:
 *
 *     runs/<run>/window/<app>/<task>.bin          its exchanges, and which were drawn (shared/sample/drawing-bytes.ts)
 *     runs/<run>/late/<app>/<task>.ndjson.gz      exchanges that made rows before, and of which something was said since
 *     runs/<run>/asked/<app>/<task>.ndjson.gz     what the app's judge said of some of them
 *     runs/<run>/judged/<app>/<task>.ndjson.gz    the judgement of each drawn one
 *     runs/<run>/trail/<app>/<task>.ndjson.gz     what became of each drawn one
 *     scorers/<app>/<run>-<task>.bin              the scorer that was learned, under its first task
 *
 * The task stands there as its fingerprint.
 */
import { gunzip, gzip } from "../core/gzip.ts";
import { fingerprint } from "../core/hash.ts";
import { RUN_FILE_BYTES_MAX } from "../core/limits.ts";
import { toBytes, toText } from "../core/text.ts";
import { Drawing } from "../sample/drawing-bytes.ts";

export interface TaskOfRun {
  run: string;
  app: string;
  task: string;
}

export type RunLines = "late" | "asked" | "judged" | "trail";

export async function putDrawing(bucket: R2Bucket, of: TaskOfRun, bytes: Uint8Array): Promise<void> {
  await bucket.put(drawingKey(of), bytes);
}

export async function getDrawing(bucket: R2Bucket, of: TaskOfRun): Promise<Drawing | undefined> {
  const object = await bucket.get(drawingKey(of));
  return object === null ? undefined : new Drawing(new Uint8Array(await object.arrayBuffer()));
}

export async function putRunLines(
  bucket: R2Bucket,
  options: TaskOfRun & { kind: RunLines; values: Iterable<unknown> },
): Promise<void> {
  let text = "";
  for (const value of options.values) text += `${JSON.stringify(value)}\n`;
  await bucket.put(linesKey(options), await gzip(toBytes(text)));
}

/** undefined: there is no such file. */
export async function getRunLines<T>(
  bucket: R2Bucket,
  options: TaskOfRun & { kind: RunLines },
): Promise<T[] | undefined> {
  const text = await getRunText(bucket, options);
  return text === undefined ? undefined : [...linesIn<T>(text)];
}

/** One after the other, for whoever keeps little of each; none where there is no such file. */
export async function eachRunLine<T>(
  bucket: R2Bucket,
  options: TaskOfRun & { kind: RunLines },
): Promise<Generator<T, void>> {
  return linesIn<T>((await getRunText(bucket, options)) ?? "");
}

function* linesIn<T>(text: string): Generator<T, void> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const line = text.slice(at, end === -1 ? text.length : end);
    if (line !== "") yield JSON.parse(line) as T;
    at += line.length + 1;
  }
}

/** The line that begins with this id. */
export async function findRunLine<T>(
  bucket: R2Bucket,
  options: TaskOfRun & { kind: RunLines; id: string },
): Promise<T | undefined> {
  const text = (await getRunText(bucket, options)) ?? "";
  const at = text.indexOf(`{"id":"${options.id}"`);
  return at === -1 ? undefined : (JSON.parse(text.slice(at, text.indexOf("\n", at))) as T);
}

/** @returns the name by which it is known */
export async function putScorer(bucket: R2Bucket, options: TaskOfRun & { bytes: Uint8Array }): Promise<string> {
  const { run, app, task, bytes } = options;
  const key = `scorers/${app}/${run}-${fingerprint(task)}.bin`;
  await bucket.put(key, bytes);
  return key;
}

async function getRunText(bucket: R2Bucket, options: TaskOfRun & { kind: RunLines }): Promise<string | undefined> {
  const object = await bucket.get(linesKey(options));
  if (object === null) return undefined;
  return toText(await gunzip(new Uint8Array(await object.arrayBuffer()), RUN_FILE_BYTES_MAX));
}

function drawingKey({ run, app, task }: TaskOfRun): string {
  return `runs/${run}/window/${app}/${fingerprint(task)}.bin`;
}

function linesKey({ run, app, task, kind }: TaskOfRun & { kind: RunLines }): string {
  return `runs/${run}/${kind}/${app}/${fingerprint(task)}.ndjson.gz`;
}

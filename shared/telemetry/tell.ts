/**
 * What winnow says of itself: one JSON line an event, and, where a dataset is bound, one data point of Workers Analytics Engine
 * (https://developers.cloudflare.com/analytics/analytics-engine/). Numbers and names alone: no prompt, no answer, no key. An
 * error is told by its kind and its words, without what they quote: V8 quotes the text that it could not parse.
 */
import { findSecrets } from "../core/secret-patterns.ts";

/** What an event may hold. */
export interface Told {
  event: string;
  /** Of a loss, or of what was refused. */
  reason?: string;
  /** Of the night. */
  step?: string;
  path?: string;
  /** Of what failed: anything that was thrown. */
  error?: unknown;
  [number: string]: unknown;
}

export interface Listener {
  print(line: string): void;
  /** undefined: the lines are all there is, as on a machine of one's own. */
  dataset?: AnalyticsEngineDataset | undefined;
}

/** @param env of a Worker; the dataset is bound as COUNTERS where a deployment wants one */
export function listenerOf(env: object, print: Listener["print"]): Listener {
  return { print, dataset: (env as { COUNTERS?: AnalyticsEngineDataset }).COUNTERS };
}

/** A line is for reading: what is longer says nothing more. */
const TEXT_CHARS_MAX = 300;
/** Analytics Engine: 20 doubles a point. */
const DOUBLES_MAX = 20;

/** Never throws: what winnow says of itself may not fail what it does. */
export function tell(to: Listener, told: Told): void {
  try {
    const { event, error, ...fields } = told;
    const shown = Object.entries(fields).flatMap(([name, value]) => {
      const safe = typeof value === "string" ? withoutSecrets(value) : value;
      return typeof safe === "string" || typeof safe === "number" || typeof safe === "boolean" ? [[name, safe]] : [];
    });
    const line = { event, ...Object.fromEntries(shown), ...(error !== undefined && { error: describeError(error) }) };
    to.print(JSON.stringify(line));
    to.dataset?.writeDataPoint(dataPointOf(line));
  } catch {
    // the listener is gone
  }
}

/**
 * `index1` and `blob1` are the event, `blob2` its reason or the first word of its step; `double1` is one, so that a sum counts
 * events, and the numbers follow in the order of their names, which are in `blob3`.
 */
export function dataPointOf(line: { event: string; [field: string]: unknown }): AnalyticsEngineDataPoint {
  const { event, reason, step } = line;
  const numbers = Object.entries(line)
    .filter((entry): entry is [string, number] => typeof entry[1] === "number")
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .slice(0, DOUBLES_MAX - 1);
  const label = typeof reason === "string" ? reason : typeof step === "string" ? (step.split(" ")[0] ?? "") : "";
  return {
    indexes: [event],
    blobs: [event, label, numbers.map(([name]) => name).join(",")],
    doubles: [1, ...numbers.map(([, value]) => value)],
  };
}

/** `SyntaxError: Unexpected token …, … is not valid JSON` */
export function describeError(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  // what an unclosed quote begins is cut to the end
  const unquoted = text.slice(0, 10 * TEXT_CHARS_MAX).replace(/"[^"]*("|$)|`[^`]*(`|$)|(?<!\w)'[^']*('|$)/g, "…");
  return withoutSecrets(unquoted);
}

/** Keys, whatever is as long as one, and the mac of an id, which is the permission to speak about its exchange. */
function withoutSecrets(text: string): string {
  const bounded = text.slice(0, TEXT_CHARS_MAX);
  const spans = findSecrets(bounded);
  const masked = spans.reduceRight((rest, { start, end }) => `${rest.slice(0, start)}…${rest.slice(end)}`, bounded);
  return masked.replace(/([0-9a-f]{12})\.[\w-]{22}(?![\w-])/g, "$1").replace(/\bwk_[\w-]+|[\w-]{40,}/g, "…");
}

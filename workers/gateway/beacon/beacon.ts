/**
 * /beacon.js: what people say of answers, from a page to winnow. A vote is kept in the page's storage until winnow has it,
 * over reloads and while offline; sending it twice is harmless, since winnow keeps the newest word of each kind.
 *
 *     vote ──▶ queue (memory, and storage where there is any) ──▶ fetch, in batches ──▶ 202: out of the queue
 *                         └─ the page hides ──▶ sendBeacon; what it has taken is sent again when the page is back
 */
import type { Beacon, WatchOptions } from "../../../shared/core/beacon.ts";

/** Put in by the build: this script's own address, which is winnow's. */
declare const SCRIPT_URL: string;

interface Waiting {
  id: string;
  kind: string;
  name?: string;
  value?: unknown;
  text?: string;
  at: string;
}

const ADDRESS = new URL("/v1/feedback", SCRIPT_URL).href;
const EVENTS_MAX = 100;
const BYTES_MAX = 60_000;
const QUEUE_MAX = 300;
const AGE_MS_MAX = 7 * 864e5;
const WAIT_MS = 300;
const WAIT_MS_MAX = 60_000;
const PREFIX = "winnow:";
/** Of this page alone: two pages that wrote one place would take each other's votes away. */
const PLACE = PREFIX + Math.random().toString(36).slice(2);

let queue: Waiting[] = [];
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let isSending = false;
let lastMs = 0;
/** Answers with which something was done. */
const touched = new Set<string>();

/** Storage may be blocked, or full: memory has to do then. */
function stored<T>(use: (storage: Storage) => T): T | undefined {
  try {
    return use(localStorage);
  } catch {
    return undefined;
  }
}

function save(): void {
  stored((storage) => (queue.length > 0 ? storage.setItem(PLACE, JSON.stringify(queue)) : storage.removeItem(PLACE)));
}

/** What pages have left that are gone, or still there: sending it twice is harmless. */
function adopt(): void {
  stored((storage) => {
    for (const place of Object.keys(storage).filter((key) => key.startsWith(PREFIX))) {
      for (const event of JSON.parse(storage.getItem(place) ?? "[]") as Waiting[]) {
        if (Date.now() - Date.parse(event.at) < AGE_MS_MAX) put(event);
      }
      storage.removeItem(place);
    }
  });
  save();
}

/** Of one kind on one answer the newest stays. */
function put(event: Waiting): void {
  const same = queue.find(({ id, kind, name }) => id === event.id && kind === event.kind && name === event.name);
  if (same !== undefined && same.at > event.at) return;
  queue = [...queue.filter((one) => one !== same), event].slice(-QUEUE_MAX);
}

function say(id: string, kind: string, more: object = {}): void {
  if (kind !== "metric") touched.add(id);
  lastMs = Math.max(Date.now(), lastMs + 1); // of two votes in one millisecond the later one counts
  put({ id, kind, ...more, at: new Date(lastMs).toISOString() });
  save();
  plan(WAIT_MS);
}

function plan(waitMs: number): void {
  clearTimeout(timer);
  timer = setTimeout(flush, waitMs);
}

function nextBatch(): { events: Waiting[]; body: string } {
  // one that is refused takes its whole batch with it: after a refusal they go one by one
  let events = queue.slice(0, failures < 0 ? 1 : EVENTS_MAX);
  let body = JSON.stringify(events);
  while (body.length > BYTES_MAX && events.length > 1) {
    events = events.slice(0, events.length >> 1);
    body = JSON.stringify(events);
  }
  return { events, body };
}

async function flush(): Promise<void> {
  if (isSending || queue.length === 0) return;
  isSending = true;
  const { events, body } = nextBatch();
  let waitMs = WAIT_MS;
  try {
    const { status, headers } = await fetch(ADDRESS, { method: "POST", body, keepalive: true });
    if (status < 300) done(events);
    else if (status === 429 || status >= 500) waitMs = later(Number(headers.get("retry-after")) * 1e3);
    else if (events.length > 1) failures = -1;
    else {
      console.warn(`winnow: ${events[0]?.kind} was refused with status ${status}`);
      done(events);
    }
  } catch {
    waitMs = later(0);
  }
  isSending = false;
  if (queue.length > 0) plan(waitMs);
}

function done(events: readonly Waiting[]): void {
  failures = Math.min(failures, 0);
  queue = queue.filter((one) => !events.includes(one));
  if (queue.length === 0) failures = 0;
  save();
}

/** Exponential, with jitter, so that a thousand pages don't come back at once. */
function later(askedMs: number): number {
  failures = Math.max(failures, 0) + 1;
  return Math.max(askedMs || 0, Math.min(WAIT_MS_MAX, 500 * 2 ** failures) * (0.5 + Math.random() / 2));
}

function leave(): void {
  if (queue.length > 0) navigator.sendBeacon(ADDRESS, nextBatch().body);
}

function watch(element: HTMLElement, id: string, { original, dwell }: WatchOptions = {}): () => void {
  const read = () => ("value" in element ? String(element.value) : element.innerText);
  const first = original ?? read();
  let said = first;
  let seenMs = document.hidden ? 0 : Date.now();
  let totalMs = 0;
  const copied = () => say(id, "copied");
  const edited = () => {
    const text = read();
    if (text === said || text.trim() === "") return;
    said = text;
    if (text === first) say(id, "correction", { value: null });
    else say(id, "correction", { text });
  };
  const looked = () => {
    if (seenMs > 0) totalMs += Date.now() - seenMs;
    seenMs = document.hidden ? 0 : Date.now();
    if (!dwell || !document.hidden) return;
    say(id, "metric", { name: "dwell_s", value: Math.round(totalMs / 1e3) });
    say(id, "metric", { name: "abandoned", value: !touched.has(id) });
  };
  element.addEventListener("copy", copied);
  element.addEventListener("focusout", edited);
  // before the one that sends what waits
  document.addEventListener("visibilitychange", looked, true);
  return () => {
    element.removeEventListener("copy", copied);
    element.removeEventListener("focusout", edited);
    document.removeEventListener("visibilitychange", looked, true);
  };
}

export const winnow: Beacon = {
  thumb: (id, value) => say(id, "thumb", { value }),
  rate: (id, value) => say(id, "rating", { value }),
  correct: (id, text) => say(id, "correction", text === null ? { value: null } : { text }),
  comment: (id, text) => say(id, "comment", text === null ? { value: null } : { text }),
  accept: (id) => say(id, "accepted"),
  dismiss: (id) => say(id, "dismissed"),
  copied: (id) => say(id, "copied"),
  regenerated: (id) => say(id, "regenerated"),
  metric: (id, name, value) => say(id, "metric", { name, value }),
  watch,
  flush,
};

adopt();
document.addEventListener("visibilitychange", () => document.hidden && leave());
addEventListener("pagehide", leave);
addEventListener("online", () => plan(0));
plan(WAIT_MS);

/** How the demo talks to winnow's own API, waits, and shows how far it is. */
import { setTimeout as wait } from "node:timers/promises";
import type { RunningWinnow } from "./demo-winnow.ts";

const WAIT_MS_MAX = 600_000;
const LOOK_MS = 250;
/** Nothing heard for longer makes people wonder. */
const SHOW_MS = 3_000;

export async function callApi<T>(winnow: RunningWinnow, path: string, body?: object): Promise<T> {
  const response = await fetch(winnow.url + path, {
    ...(body && { method: "POST", body: JSON.stringify(body) }),
    headers: { "x-winnow-key": winnow.key, "content-type": "application/json" },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return JSON.parse(text) as T;
}

/** @throws when `look` saw nothing for ten minutes */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const startedAt = performance.now();
  let shownAt = startedAt;
  while (performance.now() - startedAt < WAIT_MS_MAX) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() - shownAt > SHOW_MS) {
      shownAt = performance.now();
      console.log(`          waiting for ${what}, ${((shownAt - startedAt) / 1_000).toFixed(0)} s`);
    }
    await wait(LOOK_MS);
  }
  throw new Error(`waited ${WAIT_MS_MAX / 1_000} s for ${what}, in vain`);
}

/** One line every few seconds while something is counted up, and one at its end. */
export class Progress {
  readonly #what: string;
  readonly #total: number;
  readonly #startedAt = performance.now();
  #shownAt = this.#startedAt;
  #done = 0;

  constructor(what: string, total: number) {
    this.#what = what;
    this.#total = total;
  }

  get isDone(): boolean {
    return this.#done >= this.#total;
  }

  add(count: number): void {
    this.reach(this.#done + count);
  }

  reach(done: number): void {
    this.#done = done;
    if (performance.now() - this.#shownAt < SHOW_MS || this.isDone) return;
    this.#shownAt = performance.now();
    console.log(`${"".padEnd(10)}${done} of ${this.#total}, ${this.#seconds()} s`);
  }

  end(remark: string): void {
    console.log(`${this.#what.padEnd(10)}${this.#done} ${remark}, ${this.#seconds()} s`);
  }

  #seconds(): string {
    return ((performance.now() - this.#startedAt) / 1_000).toFixed(1);
  }
}

/** Days of captures with what was said of them, and the nights that curate them. Each test has a task and a day. */
import { expect } from "vitest";
import { fingerprint } from "../../shared/core/hash.ts";
import type { Manifest } from "../../shared/core/manifest.ts";
import { sideOf } from "../../shared/split/side.ts";
import type { Winnow } from "../../workers/local/launch.ts";
import {
  api,
  detailOf,
  idOf,
  type RunEnd,
  runNight,
  say,
  signedIdOf,
  takeIn,
  type Wanted,
} from "../whole-way/captures.ts";

export const DAY_MS = 24 * 3_600_000;

/** Midnight (UTC) of a day so many days ago: ids are the permission to give feedback for some months. */
export function dayBefore(days: number): number {
  return (Math.floor(Date.now() / DAY_MS) - days) * DAY_MS;
}

export interface Said {
  kind: string;
  value?: unknown;
  text?: string;
  actor?: string;
}

/** A call, and what was said of it. */
export interface Told extends Wanted {
  said?: Said[];
}

export const UP: Said = { kind: "thumb", value: "up" };
export const DOWN: Said = { kind: "thumb", value: "down" };

/** Calls of one task, a second apart. A session is a conversation: `side` chooses one whose hash lies there. */
export function callOf(
  options: Partial<Told> & { task: string; dayMs: number; at: number; side?: "train" | "eval" },
): Told {
  const { task, dayMs, at, side = "train", header, ...more } = options;
  const name = `${task} ${dayMs} ${at}`;
  return { name, atMs: dayMs + at * 1_000, ...more, header: { task, session: sessionOn(side, name), ...header } };
}

/** The hash decides; so many are tried until one lies on the side that is asked for. */
export function sessionOn(side: "train" | "eval", name: string): string {
  for (let at = 0; ; at++) {
    const session = `${name} ${at}`;
    if (sideOf({ app: "demo", group: fingerprint(`session\0${session}`) }) === side) return session;
  }
}

export async function live(winnow: Winnow, day: readonly Told[]): Promise<void> {
  await takeIn(winnow, day);
  const events = await Promise.all(
    day.flatMap((one) => (one.said ?? []).map(async (said) => ({ id: await signedIdOf(one), ...said }))),
  );
  for (let at = 0; at < events.length; at += 100) await say(winnow, events.slice(at, at + 100));
}

/** The night of one task and one day, by hand. */
export function nightOf(
  winnow: Winnow,
  options: { task?: string; dayMs: number; [field: string]: unknown },
): Promise<RunEnd> {
  const { dayMs, ...more } = options;
  const window = { from: new Date(dayMs).toISOString(), to: new Date(dayMs + DAY_MS).toISOString() };
  return runNight(winnow, { ...window, ...more });
}

export async function manifestOf(winnow: Winnow, batch: string): Promise<Manifest> {
  return (await (await api(winnow, `/v1/batches/${batch}`)).json()) as Manifest;
}

/** The reason that the trail of each gives, by its number. */
export async function reasonsOf(winnow: Winnow, day: readonly Told[], run: string): Promise<string[]> {
  const details = await Promise.all(day.map((one) => detailOf(winnow, idOf(one))));
  return details.map(({ trail }) => {
    const entries = trail.filter((entry) => entry.run === run);
    expect(entries.length).toBeLessThanOrEqual(1);
    return entries[0]?.reason ?? "not in the window";
  });
}

/** Every exchange is in exactly one bucket. */
export function expectAddsUp({ funnel }: Pick<RunEnd, "funnel">, total: number): void {
  const { window, ...buckets } = funnel;
  expect(window).toBe(total);
  expect(Object.values(buckets).reduce((sum, count) => sum + count, 0)).toBe(total);
}

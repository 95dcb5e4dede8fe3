/**
 * Which parts of a window are read: all of it, where it holds few enough rows; else a part of each hour, the same share
 * of every one, so that all days and times of day are in it. Where in its hour a part lies is drawn by the hour's hash:
 * what an app does on the hour would otherwise be all that is seen.
 */

import { and, gte, lte, sql } from "drizzle-orm";
import { uniform } from "../core/hash.ts";
import { idLowerBound } from "../core/ids.ts";
import { READINESS_ROWS_MAX } from "../core/limits.ts";
import { openDatabase } from "./database.ts";
import { spending } from "./schema.ts";
import { dayOf } from "./spending.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface Slices {
  /** Of the window's time, in (0, 1]. */
  readShare: number;
  /** Midnight (UTC) of its day, and the ids from the first bound up to the second. */
  slices: [dayMs: number, fromId: string, toId: string][];
}

interface Span {
  fromMs: number;
  toMs: number;
}

export async function readSlices(d1: D1Database, span: Span): Promise<Slices> {
  const row = await openDatabase(d1)
    .select({ calls: sql<number>`coalesce(sum(${spending.calls}), 0)` })
    .from(spending)
    .where(and(gte(spending.day, dayOf(span.fromMs)), lte(spending.day, dayOf(span.toMs))))
    .get();
  return slicesOf(span, Math.min(1, READINESS_ROWS_MAX / Math.max(1, row?.calls ?? 0)));
}

/** @param readShare in (0, 1] */
export function slicesOf({ fromMs, toMs }: Span, readShare: number): Slices {
  const step = readShare < 1 ? HOUR_MS : DAY_MS;
  const slices: Slices["slices"] = [];
  for (let at = Math.floor(fromMs / step) * step; at < toMs; at += step) {
    const start = Math.floor(at + step * (1 - readShare) * uniform("readiness", String(at)));
    const [from, to] = [Math.max(fromMs, start), Math.min(toMs, Math.ceil(start + step * readShare))];
    if (from < to) slices.push([Math.floor(at / DAY_MS) * DAY_MS, idLowerBound(from), idLowerBound(to)]);
  }
  return { readShare, slices };
}

/**
 * Exchanges of a time, or of what is left of it after a page. One bound on each side: of two on the same side SQLite seeks by the
 * first and reads on from there to the second, so that every page would read those before it again, and D1 bills rows read.
 */
import { and, gt, gte, lt, type SQL } from "drizzle-orm";
import { type ExchangeId, idLowerBound } from "../core/ids.ts";
import { exchanges } from "./schema.ts";

export interface IdRange {
  /** `fromMs` ≤ time < `toMs`. */
  fromMs: number;
  toMs: number;
  /** Those that come after this one, in the order asked for; undefined: all. */
  afterId?: string | undefined;
  /** Otherwise the oldest come first. */
  newestFirst?: boolean | undefined;
}

export function inIdRange({ fromMs, toMs, afterId, newestFirst = false }: IdRange): SQL | undefined {
  const from = idLowerBound(fromMs) as ExchangeId;
  const to = idLowerBound(toMs) as ExchangeId;
  const after = afterId as ExchangeId | undefined;
  const leads = after !== undefined && (newestFirst ? after < to : after >= from);
  if (!leads) return and(gte(exchanges.id, from), lt(exchanges.id, to));
  return newestFirst
    ? and(gte(exchanges.id, from), lt(exchanges.id, after))
    : and(gt(exchanges.id, after), lt(exchanges.id, to));
}

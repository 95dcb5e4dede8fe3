/**
 * Conversations that are not on the side of their hash: a call that was found to belong to one had been exported before that was
 * known, and what was exported stays on its side for ever. They lie among the hashes of what was exported.
 */
import { and, eq, sql } from "drizzle-orm";
import type { ExchangeId } from "../core/ids.ts";
import { type Side, sideOf } from "../split/side.ts";
import { markExported } from "./batches.ts";
import { openDatabase } from "./database.ts";
import { readExamples } from "./examples.ts";
import { exported } from "./schema.ts";

const GROUPS_A_READ = 500;

/** To be called before the exchanges are moved: a step that is done again finds none to move. */
export async function fixSides(
  d1: D1Database,
  { app, moved }: { app: string; moved: ReadonlyMap<ExchangeId, string> },
): Promise<void> {
  const made = await readExamples(d1, { app, ids: [...moved.keys()] });
  const hashes = made.flatMap(({ exchangeId, file, batch }) => {
    const group = moved.get(exchangeId);
    const side: Side = file === "eval" ? "eval" : "train";
    if (group === undefined || sideOf({ app, group }) === side) return [];
    return [{ hash: markOf(group), exchangeId, batch }];
  });
  await markExported(d1, { app, hashes });
}

/** The side of a group, for ever. @param options.groups any number @returns of each that is asked for */
export async function sidesOf(
  d1: D1Database,
  { app, groups }: { app: string; groups: readonly string[] },
): Promise<(group: string) => Side> {
  const marked = new Set<string>();
  const marks = [...new Set(groups.map(markOf))];
  for (let at = 0; at < marks.length; at += GROUPS_A_READ) {
    const some = JSON.stringify(marks.slice(at, at + GROUPS_A_READ));
    const rows = await openDatabase(d1)
      .select({ hash: exported.hash })
      .from(exported)
      .where(and(eq(exported.app, app), sql`${exported.hash} in (select value from json_each(${some}))`));
    for (const { hash } of rows) marked.add(hash);
  }
  return (group) => (marked.has(markOf(group)) ? otherThan(sideOf({ app, group })) : sideOf({ app, group }));
}

/** A mark says that the group is on the side on which its hash is not. */
function markOf(group: string): string {
  return `moved:${group}`;
}

function otherThan(side: Side): Side {
  return side === "eval" ? "train" : "eval";
}

/** Does the database have what the code reads? Tells by the columns that are there, so that no list of migrations is kept twice. */
import { is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import * as schema from "./schema.ts";

/** @returns `table.column`, sorted */
export async function columnsMissing(d1: D1Database): Promise<string[]> {
  const tables = Object.values(schema).flatMap((value) => (is(value, SQLiteTable) ? [getTableConfig(value)] : []));
  const asked = tables.map(({ name }) => d1.prepare(`select name from pragma_table_info('${name}')`));
  const answers = await d1.batch<{ name: string }>(asked);
  const missing = tables.flatMap(({ name, columns }, at) => {
    const there = new Set(answers[at]?.results.map((row) => row.name));
    return columns.filter((column) => !there.has(column.name)).map((column) => `${name}.${column.name}`);
  });
  return missing.sort();
}

/** What the migrations make is what drizzle sees (shared/store/schema.ts). */
import { readdirSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { describe, expect, test } from "vitest";
import * as schema from "../../shared/store/schema.ts";
import { ROOT, readText } from "./source-files.ts";

const FILES = readdirSync(`${ROOT}migrations`).sort();
const TABLES = Object.values(schema)
  .filter((value) => is(value, SQLiteTable))
  .map((table) => getTableConfig(table as SQLiteTable));
const NAMES = TABLES.map(({ name }) => name).sort();

interface Column {
  name: string;
  type: string;
  notNull: boolean;
  /** Place in the primary key, from 1; 0: not part of it. */
  primaryKey: number;
}

const database = migrated();

function migrated(): DatabaseSync {
  const database = new DatabaseSync(":memory:");
  for (const file of FILES) database.exec(readText(`migrations/${file}`));
  return database;
}

function query<T>(sql: string, ...values: string[]): T[] {
  return database.prepare(sql).all(...values) as T[];
}

function madeColumns(table: string): Column[] {
  const rows = query<{ name: string; type: string; notnull: number; pk: number }>(
    "select name, type, [notnull], pk from pragma_table_info(?)",
    table,
  );
  // An integer primary key is the rowid, which is never null and need not say so.
  const isRowid = (row: { type: string; pk: number }) => row.pk === 1 && row.type.toLowerCase() === "integer";
  return rows.map((row) => ({
    name: row.name,
    type: row.type.toLowerCase(),
    notNull: row.notnull === 1 || isRowid(row),
    primaryKey: row.pk,
  }));
}

function seenColumns(table: (typeof TABLES)[number]): Column[] {
  const key = table.primaryKeys[0]?.columns.map((column) => column.name);
  return table.columns.map((column) => ({
    name: column.name,
    type: column.getSQLType().toLowerCase(),
    notNull: column.notNull,
    primaryKey: column.primary ? 1 : (key?.indexOf(column.name) ?? -1) + 1,
  }));
}

/** Indexes beside the primary key. */
function indexesOf(table: string): { unique: boolean; columns: string[] }[] {
  const indexes = query<{ name: string; unique: number; origin: string }>(
    "select name, [unique], origin from pragma_index_list(?)",
    table,
  );
  return indexes
    .filter(({ origin }) => origin !== "pk")
    .map(({ name, unique }) => ({
      unique: unique === 1,
      columns: query<{ name: string }>("select name from pragma_index_info(?)", name).map((column) => column.name),
    }));
}

describe("the migrations", () => {
  test("are numbered without a gap", () => {
    expect(FILES.length).toBeGreaterThan(0);
    expect(FILES.map((file) => Number(file.slice(0, 4)))).toEqual(FILES.map((_, index) => index + 1));
  });

  test("make the tables that drizzle knows, and no others", () => {
    const made = query<{ name: string }>(
      "select name from pragma_table_list where schema = 'main' and name not like 'sqlite_%'",
    );
    expect(made.map(({ name }) => name).sort()).toEqual(NAMES);
  });

  test.each(NAMES)("make %s with the columns, the nulls and the key that drizzle sees", (name) => {
    const table = TABLES.find((one) => one.name === name);
    if (table === undefined) throw new Error(`no table ${name}`);
    expect(madeColumns(name)).toEqual(seenColumns(table));
    expect(table.primaryKeys.length).toBeLessThanOrEqual(1);
  });

  test("make tables WITHOUT ROWID, so that a row costs one write; batches alone are numbered", () => {
    const withRowid = query<{ name: string }>(
      "select name from pragma_table_list where schema = 'main' and wr = 0 and name not like 'sqlite_%'",
    );
    expect(withRowid.map(({ name }) => name)).toEqual(["batches"]);
  });

  test("make no index that would double the writes of a row; a batch's id alone is unique beside its number", () => {
    const indexes = NAMES.flatMap((name) => indexesOf(name).map((index) => ({ name, ...index })));
    expect(indexes).toEqual([{ name: "batches", unique: true, columns: ["id"] }]);
    expect(TABLES.flatMap((table) => table.indexes)).toEqual([]);
  });

  test("make a primary key that no row can lack", () => {
    for (const name of NAMES) {
      const key = madeColumns(name).filter((column) => column.primaryKey > 0);
      expect(key.length, name).toBeGreaterThan(0);
      expect(
        key.every((column) => column.notNull),
        name,
      ).toBe(true);
    }
  });
});

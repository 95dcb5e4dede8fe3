/** The documents beside the code name what there is. */
import { readdirSync } from "node:fs";
import { is } from "drizzle-orm";
import { getTableConfig, SQLiteTable } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import * as schema from "../../shared/store/schema.ts";
import { filesBelow, ROOT, readText } from "./source-files.ts";

test("what is kept: every table, and every prefix that something in shared/store writes to", () => {
  const told = readText("shared/store/what-is-kept.md");
  const tables = Object.values(schema).flatMap((value) => (is(value, SQLiteTable) ? [getTableConfig(value).name] : []));
  expect(tables.filter((name) => !told.includes(`\`${name}\``))).toEqual([]);
  const sources = filesBelow("shared/store").map(({ text }) => text);
  const prefixes = sources.flatMap((text) =>
    [...text.matchAll(/["`]([a-z-]+)\/(?:\$\{|["`])/g)].map(([, name = ""]) => name),
  );
  expect(prefixes.length).toBeGreaterThan(5);
  expect(prefixes.filter((name) => !told.includes(`\`${name}/`))).toEqual([]);
});

test("the map of CONTRIBUTING.md: every folder of shared/ and workers/, and no other", () => {
  const map = readText("CONTRIBUTING.md");
  for (const parent of ["shared", "workers"]) {
    const folders = readdirSync(`${ROOT}${parent}`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const missing = folders.filter(({ name }) => !new RegExp(`\`(${parent}/)?${name}\``).test(map));
    expect(missing.map(({ name }) => `${parent}/${name}`)).toEqual([]);
  }
  const named = [...map.matchAll(/`((?:shared|workers)\/[a-z]+)`/g)].map(([, path = ""]) => path);
  expect(named.filter((path) => filesBelow(path).length === 0)).toEqual([]);
});

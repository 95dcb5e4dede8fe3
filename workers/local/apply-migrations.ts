/** Applies migrations to the local database, each once, in wrangler's own table: `wrangler d1 migrations list` agrees. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { unstable_splitSqlQuery } from "wrangler";

/** What is used of a D1 database, by a Worker or through Miniflare. */
type Target = Pick<D1Database, "prepare" | "batch">;

const MAKE_TABLE = `create table if not exists d1_migrations (
  id integer primary key autoincrement,
  name text unique,
  applied_at timestamp default current_timestamp not null
)`;

/** @param folder of `NNNN_name.sql` files, applied in the order of their names */
export async function applyMigrations(d1: Target, folder: string): Promise<void> {
  await d1.prepare(MAKE_TABLE).run();
  const { results } = await d1.prepare("select name from d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map((row) => row.name));
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  for (const name of names) {
    if (applied.has(name)) continue;
    const sql = await readFile(join(folder, name), "utf8");
    const statements = unstable_splitSqlQuery(sql).map((statement) => d1.prepare(statement));
    const record = d1.prepare("insert into d1_migrations (name) values (?1)").bind(name);
    await d1.batch([...statements, record]); // one transaction: a migration is applied and noted, or neither
  }
}

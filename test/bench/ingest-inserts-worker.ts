/**
 * Runs in ingest's place, with its D1: writes hundreds of exchange rows in one of four ways, and says what that took.
 * The clock of a Worker stands still between I/O, so the rows are made before a statement that moves it.
 */
import { getTableColumns } from "drizzle-orm";
import { type ExchangeId, makeUuidV7 } from "../../shared/core/ids.ts";
import { INSERT_ROWS_MAX } from "../../shared/core/limits.ts";
import { type ExchangeRow, insertExchanges, knownIds } from "../../shared/store/exchanges.ts";
import { exchanges } from "../../shared/store/schema.ts";

/** known: reads which of the rows just written are there, as ingest does before it writes. */
export type InsertWay = "winnow" | "one by one" | "two by two" | "known";

export interface InsertReport {
  ms: number;
  rowsWritten: number;
  rowsRead: number;
}

/** D1 takes 100 bound parameters a statement: two rows of these columns. */
const TWO = 2;
const COLUMNS = Object.entries(getTableColumns(exchanges));

export default {
  async fetch(request, env): Promise<Response> {
    const { way, batches } = await request.json<{ way: InsertWay; batches: number }>();
    const made = Array.from({ length: batches }, () => Array.from({ length: INSERT_ROWS_MAX }, makeRow));
    const counted = new CountedDatabase(env.DB);
    await env.DB.prepare("select 1").run();
    const startedAtMs = Date.now();
    for (const rows of made) await write(way, counted, rows);
    const { rowsWritten, rowsRead } = counted;
    return Response.json({ ms: Date.now() - startedAtMs, rowsWritten, rowsRead } satisfies InsertReport);
  },
} satisfies ExportedHandler<IngestEnv>;

async function write(way: InsertWay, counted: CountedDatabase, rows: readonly ExchangeRow[]): Promise<void> {
  const d1 = counted as unknown as D1Database; // what the store uses of it
  if (way === "winnow") await insertExchanges(d1, rows);
  else if (way === "known")
    await knownIds(
      d1,
      rows.map((row) => row.id),
    );
  else await insertInBatch(counted, rows, way === "one by one" ? 1 : TWO);
}

/** The peer: one `batch` of prepared statements, as D1's documentation has it. */
async function insertInBatch(counted: CountedDatabase, rows: readonly ExchangeRow[], each: number): Promise<void> {
  const statements: D1PreparedStatement[] = [];
  for (let at = 0; at < rows.length; at += each) {
    const group = rows.slice(at, at + each);
    statements.push(counted.d1.prepare(insertOf(group.length)).bind(...group.flatMap(valuesOf)));
  }
  for (const { meta } of await counted.d1.batch(statements)) counted.add(meta);
}

function insertOf(rows: number): string {
  const names = COLUMNS.map(([, column]) => column.name).join(", ");
  const row = `(${COLUMNS.map(() => "?").join(", ")})`;
  return `insert or ignore into exchanges (${names}) values ${Array.from({ length: rows }, () => row).join(", ")}`;
}

function valuesOf(row: ExchangeRow): unknown[] {
  return COLUMNS.map(([field]) => {
    const value = row[field as keyof ExchangeRow];
    return typeof value === "boolean" ? Number(value) : value;
  });
}

/** Adds up what D1 says of each statement that `shared/store` runs. */
class CountedDatabase {
  readonly d1: D1Database;
  rowsWritten = 0;
  rowsRead = 0;

  constructor(d1: D1Database) {
    this.d1 = d1;
  }

  add(meta: { rows_written: number; rows_read: number }): void {
    this.rowsWritten += meta.rows_written;
    this.rowsRead += meta.rows_read;
  }

  prepare(sql: string) {
    return {
      bind: (...values: unknown[]) => {
        const statement = this.d1.prepare(sql).bind(...values);
        const run = async () => (await this.batch([{ statement }]))[0];
        return {
          statement,
          run,
          raw: async () => ((await run())?.results ?? []).map((row) => Object.values(row)),
        };
      },
    };
  }

  async batch(bound: readonly { statement: D1PreparedStatement }[]): Promise<D1Result<Record<string, unknown>>[]> {
    const results = await this.d1.batch<Record<string, unknown>>(bound.map(({ statement }) => statement));
    for (const { meta } of results) this.add(meta);
    return results;
  }
}

function makeRow(): ExchangeRow {
  const random = crypto.getRandomValues(new Uint8Array(26));
  const hex = Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return {
    id: makeUuidV7(Date.now(), random) as ExchangeId,
    app: "bench",
    task: "parcel-question",
    template: hex.slice(0, 16),
    prompt: hex.slice(8, 24),
    conversation: hex.slice(16, 32),
    answer: hex.slice(24, 40),
    user: `user-${random[0]}`,
    session: hex.slice(32, 48),
    parent: null,
    requestId: null,
    responseId: `chatcmpl-${hex.slice(20, 48)}`,
    provider: "openai",
    format: "openai",
    model: "gpt-4o-mini-2024-07-18",
    capture: "full",
    status: 200,
    outcome: "complete",
    streamed: false,
    finishReason: "stop",
    inputTokens: 212,
    outputTokens: 140,
    cachedInputTokens: 0,
    reasoningTokens: 0,
    usageEstimated: false,
    costUsdMicros: 115.8,
    firstByteMs: 412,
    durationMs: 1_873,
    flags: "",
    segment: `segments/2026/11/23/${hex.slice(0, 28)}.ndjson.gz`,
    segmentOffset: 65_536,
    segmentLength: 1_024,
    turn: hex.slice(4, 20),
    follows: null,
    next: null,
  };
}

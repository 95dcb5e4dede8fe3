/** The places that consumers keep on the server: which batch each has acknowledged last. */
import { and, eq, sql } from "drizzle-orm";
import { openDatabase } from "./database.ts";
import { consumers } from "./schema.ts";

export interface ConsumerOf {
  app: string;
  consumer: string;
  /** Empty: it reads the batches of all tasks. */
  task: string;
}

/** 0: it has acknowledged none. */
export async function consumerSeq(d1: D1Database, { app, consumer, task }: ConsumerOf): Promise<number> {
  const row = await openDatabase(d1)
    .select({ seq: consumers.seq })
    .from(consumers)
    .where(and(eq(consumers.app, app), eq(consumers.consumer, consumer), eq(consumers.task, task)))
    .get();
  return row?.seq ?? 0;
}

/** Goes forward only: what was acknowledged stays so. @returns the place it has then */
export async function acknowledge(
  d1: D1Database,
  options: ConsumerOf & { seq: number; batch: string; nowMs: number },
): Promise<number> {
  const { app, consumer, task, seq, batch, nowMs } = options;
  await openDatabase(d1)
    .insert(consumers)
    .values({ app, consumer, task, seq, batch, updatedAtMs: nowMs })
    .onConflictDoUpdate({
      target: [consumers.app, consumers.consumer, consumers.task],
      set: { seq: sql`excluded.seq`, batch: sql`excluded.batch`, updatedAtMs: sql`excluded.updated_at_ms` },
      setWhere: sql`excluded.seq > ${consumers.seq}`,
    });
  return consumerSeq(d1, options);
}

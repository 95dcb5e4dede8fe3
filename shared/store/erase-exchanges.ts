/** Takes exchanges out of D1, and out of the segments in which they lie. Rows go last, so that what was stopped is found again. */
import type { ExchangeRecord } from "../core/exchange.ts";
import { editSegment } from "./edit-segment.ts";
import { markErased } from "./erasures.ts";
import type { ExchangeRow } from "./exchanges.ts";

interface Stores {
  bucket: R2Bucket;
  d1: D1Database;
}

export async function eraseExchanges(
  stores: Stores,
  { rows, erasure }: { rows: readonly Pick<ExchangeRow, "id" | "segment">[]; erasure: string },
): Promise<void> {
  const ids = rows.map(({ id }) => id as string);
  await markErased(stores.d1, { ids, erasure });
  await dropFromSegments(stores, { rows, record: () => null });
  await deleteRows(stores.d1, ids);
}

/** Changes the records of these rows, a segment at a time. @param options.record of one of them, as it shall be; null: it goes */
export async function dropFromSegments(
  stores: Stores,
  options: {
    rows: readonly Pick<ExchangeRow, "id" | "segment">[];
    record: (record: ExchangeRecord) => ExchangeRecord | null;
  },
): Promise<void> {
  const ids = new Set<string>(options.rows.map(({ id }) => id));
  for (const key of new Set(options.rows.map(({ segment }) => segment))) {
    const record = (one: ExchangeRecord) => (ids.has(one.id) ? options.record(one) : one);
    await editSegment(stores, { key, edit: { record, keepsEvent: () => true } });
  }
}

/** Of all tables in which something lies by exchange. */
export async function deleteRows(d1: D1Database, ids: readonly string[]): Promise<void> {
  const json = JSON.stringify(ids);
  const among = "in (select value from json_each(?1))";
  await d1.batch(
    [
      `delete from feedback where exchange_id ${among}`,
      `delete from examples where exchange_id ${among}`,
      `delete from exported where exchange_id ${among}`,
      `delete from review_items where exchange_id ${among}`,
      `delete from exchanges where id ${among}`,
    ].map((sql) => d1.prepare(sql).bind(json)),
  );
}

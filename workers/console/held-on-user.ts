/** All that is held on one user, as NDJSON, read while it is sent. */
import type { ExchangeId } from "../../shared/core/ids.ts";
import { toBytes } from "../../shared/core/text.ts";
import type { ExchangeRow } from "../../shared/store/exchanges.ts";
import { readStandingFeedback } from "../../shared/store/feedback.ts";
import { listExchangesOf, listWordsOf } from "../../shared/store/held.ts";
import { readRecord } from "../../shared/store/segments.ts";

const PAGE_ROWS = 50;

export function heldOn(
  env: Pick<ConsoleEnv, "DB" | "STORE">,
  of: { app: string; names: readonly string[] },
): ReadableStream<Uint8Array> {
  const lines = linesOf(env, of);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await lines.next();
      if (done) controller.close();
      else controller.enqueue(toBytes(`${JSON.stringify(value)}\n`));
    },
    async cancel() {
      await lines.return(undefined);
    },
  });
}

async function* linesOf(
  { DB: d1, STORE: bucket }: Pick<ConsoleEnv, "DB" | "STORE">,
  { app, names }: { app: string; names: readonly string[] },
): AsyncGenerator<object, undefined> {
  let after = "" as ExchangeId;
  for (;;) {
    const rows: ExchangeRow[] = await listExchangesOf(d1, { app, names, after, rowsMax: PAGE_ROWS });
    const standing = await readStandingFeedback(d1, rows);
    for (const row of rows) {
      const record = await readRecord(bucket, row);
      yield {
        type: "exchange",
        ...record,
        ...{ id: row.id, task: row.task, user: row.user, session: row.session },
        feedback: standing.get(row.id) ?? [],
      };
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) break;
    after = last.id;
  }
  for (const word of await listWordsOf(d1, { app, names })) yield { type: "feedback", ...word };
  return undefined;
}

/**
 * An empty D1 database, as far as workerd's binding (cloudflare-internal:d1-api) can tell: it posts one statement, or an
 * array of them, to /query or /execute, and wants a result for each.
 */

/** With `resultsFormat=ROWS_AND_COLUMNS`. */
const EMPTY_RESULT = {
  success: true,
  results: { columns: [], rows: [] },
  meta: {
    served_by: "sink",
    duration: 0,
    changes: 0,
    last_row_id: 0,
    changed_db: false,
    size_after: 0,
    rows_read: 0,
    rows_written: 0,
  },
};

export function isD1Request({ method, url = "" }: { method?: string | undefined; url?: string | undefined }): boolean {
  return method === "POST" && /^\/(query|execute)(\?|$)/.test(url);
}

/** @param body the statements, in JSON @throws when it is not JSON */
export function emptyD1Answer(body: string): string {
  const asked: unknown = JSON.parse(body);
  return JSON.stringify(Array.isArray(asked) ? asked.map(() => EMPTY_RESULT) : EMPTY_RESULT);
}

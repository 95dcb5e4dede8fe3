/** Limiters count by the minute of the clock: a test that crosses from one into the next would be counted in both. */
const MINUTE_MS = 60_000;
/** What a test of limits may take. */
const NEEDED_MS = 12_000;

/** Waits for the next minute where there is too little left of this one. */
export async function wholeMinute(): Promise<void> {
  const leftMs = MINUTE_MS - (Date.now() % MINUTE_MS);
  if (leftMs < NEEDED_MS) await new Promise((resolve) => setTimeout(resolve, leftMs + 100));
}

/** What hangs has failed: waitUntil ends after 30 s, and what still waits then is gone without a word. */

/** @throws where the work fails, or has not ended by then; it may still be done after that */
export async function inTime<T>(work: Promise<T>, { what, waitMs }: { what: string; waitMs: number }): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`${what} did not answer within ${waitMs} ms`)), waitMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

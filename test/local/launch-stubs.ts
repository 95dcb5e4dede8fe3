/** Launches winnow with the stub Workers of this folder: what is tested is the launch, not the Workers. */
import { join } from "node:path";
import { type LaunchOptions, launch, type Winnow } from "../../workers/local/launch.ts";

export const SECRET = "test-secret-0123456789abcdef0123456789abcdef";

export function stub(name: string): string {
  return join(import.meta.dirname, "stubs", `${name}.ts`);
}

export const STUBS = {
  gateway: stub("gateway"),
  ingest: stub("ingest"),
  curator: stub("curator"),
  console: stub("console"),
};

export function launchStubs(options: Partial<LaunchOptions> = {}): Promise<Winnow> {
  return launch({ secrets: { WINNOW_SECRET: SECRET }, entries: STUBS, ...options });
}

/** Much, as a machine may be busy: what comes is seen as it comes. */
const WAIT_MS = 120_000;

const LOOK_MS = { first: 20, last: 400 };

/** Looks until there is something, ever more seldom: each look costs what it looks at some of its time. */
export async function eventually<T>(what: string, look: () => Promise<T | null | undefined>): Promise<T> {
  const endMs = Date.now() + WAIT_MS;
  for (let lookMs = LOOK_MS.first; Date.now() < endMs; lookMs = Math.min(1.3 * lookMs, LOOK_MS.last)) {
    const seen = await look();
    if (seen !== null && seen !== undefined) return seen;
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
  throw new Error(`waited two minutes for ${what}`);
}

/** winnow with batches to pull: two of one task and one of another, from captures of the test's own making. */
import { LOCAL_CLAIMS, makeKey, type Scope } from "../../shared/core/keys.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { DAY_MS, dayBefore } from "../night/nights.ts";
import { runNight, SECRET, SIGNER, say, signedIdOf, takeIn, type Wanted } from "../whole-way/captures.ts";

const FIRST_DAY_MS = dayBefore(40);

export interface Pulled {
  winnow: Winnow;
  /** Oldest first: mail, parcels, mail of the next day. */
  batches: string[];
}

export async function launchWithBatches(): Promise<Pulled> {
  const winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  try {
    const mail = callsOf({ task: "mail", count: 12, atMs: FIRST_DAY_MS });
    const parcels = callsOf({ task: "parcels", count: 4, atMs: FIRST_DAY_MS });
    const later = callsOf({ task: "mail", count: 3, atMs: FIRST_DAY_MS + DAY_MS });
    const all = [...mail, ...parcels, ...later];
    await takeIn(winnow, all);
    const ids = await Promise.all(all.map(signedIdOf));
    await say(
      winnow,
      ids.map((id, at) => ({ id, kind: "thumb", value: at % 3 === 2 ? "down" : "up" })),
    );
    const batches = [...(await night(winnow, FIRST_DAY_MS)), ...(await night(winnow, FIRST_DAY_MS + DAY_MS))];
    return { winnow, batches };
  } catch (error) {
    await winnow.stop();
    throw error;
  }
}

export function keyWith(...scopes: Scope[]): Promise<string> {
  return makeKey({ ...LOCAL_CLAIMS, scopes }, SIGNER);
}

function callsOf(options: { task: string; count: number; atMs: number }): Wanted[] {
  const { task, count, atMs } = options;
  return Array.from({ length: count }, (_, at) => ({
    name: `${task} ${atMs} ${at}`,
    atMs: atMs + at * 1_000,
    question: `Größe ${task} ${at}, on day ${atMs}?`,
    header: { task },
  }));
}

async function night(winnow: Winnow, fromMs: number): Promise<string[]> {
  const window = { from: new Date(fromMs).toISOString(), to: new Date(fromMs + DAY_MS).toISOString() };
  const run = await runNight(winnow, window);
  if (run.status !== "done") throw new Error(`the run has failed: ${run.error}`);
  return run.batches;
}

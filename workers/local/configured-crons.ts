/**
 * The crons of the Workers' configs, for a machine where nothing else fires them. Understands what they use: a number,
 * `*` and `* / n` in minutes and hours, `*` in the rest; anything else is refused, so that no cron is missed in silence.
 */
import { readWorkerConfig, WORKER_NAMES, type WorkerName } from "./worker-configs.ts";

export interface ConfiguredCron {
  worker: WorkerName;
  cron: string;
  /** Times are UTC, as Cloudflare's are. */
  isDue(at: Date): boolean;
}

export function readConfiguredCrons(): ConfiguredCron[] {
  return WORKER_NAMES.flatMap((worker) =>
    readWorkerConfig(worker).crons.map((cron) => ({ worker, cron, isDue: readCron(cron) })),
  );
}

export function readCron(cron: string): (at: Date) => boolean {
  const [minute = "", hour = "", ...rest] = cron.split(" ");
  if (rest.join(" ") !== "* * *")
    throw new Error(`the cron "${cron}" has days or months, which the local timer does not know`);
  const minuteFits = readField(minute, cron);
  const hourFits = readField(hour, cron);
  return (at) => minuteFits(at.getUTCMinutes()) && hourFits(at.getUTCHours());
}

function readField(field: string, cron: string): (value: number) => boolean {
  if (field === "*") return () => true;
  const every = /^\*\/([1-9]\d*)$/.exec(field)?.[1];
  if (every !== undefined) return (value) => value % Number(every) === 0;
  if (/^\d+$/.test(field)) return (value) => value === Number(field);
  throw new Error(`the cron "${cron}" has the field "${field}", which the local timer does not know`);
}

const MINUTE_MS = 60_000;

/**
 * Calls `fire` once for every minute in which a cron is due, as the minute begins: a timer of sixty seconds would drift
 * over the end of a minute and miss one. Of the minutes in which the machine slept
 * at most one fires, late.
 */
export function startCronTimer(options: {
  crons: readonly ConfiguredCron[];
  fire: (cron: ConfiguredCron, at: Date) => void;
}): void {
  const { crons, fire } = options;
  const waitForMinute = (minute: number) => {
    setTimeout(
      () => {
        const at = new Date(minute * MINUTE_MS);
        for (const cron of crons) if (cron.isDue(at)) fire(cron, at);
        waitForMinute(Math.max(minute + 1, nextMinute())); // a timer may wake a little early: never the same minute twice
      },
      minute * MINUTE_MS - Date.now(),
    ).unref();
  };
  waitForMinute(nextMinute());
}

/** Minutes since the epoch. */
function nextMinute(): number {
  return Math.floor(Date.now() / MINUTE_MS) + 1;
}

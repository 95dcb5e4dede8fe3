/**
 * When winnow itself is not well, and what to do: the list that /v1/health, the status page, `winnow doctor` and the README's
 * alerts are made of. Pure: facts in, findings out. Nothing of an exchange's content is a fact.
 */
import type { LossReason } from "../core/loss.ts";

/** ok; worth a look within days; to be acted on now, as something is being lost or stands still. */
export type HealthState = "ok" | "look" | "act";

export interface HealthFacts {
  nowMs: number;
  /** Names of bindings that the console lacks. */
  bindingsMissing: readonly string[];
  /** `table.column`, of what the code reads and the database lacks. */
  columnsMissing: readonly string[];
  /** Of the database, by its own account. */
  databaseBytes: number;
  databaseClockMs: number;
  /** Counted in this hour and the one before it. */
  losses: Readonly<Partial<Record<LossReason, number>>>;
  deadLetters: number;
  /** null: nothing waits in R2. */
  oldestSpillAtMs: number | null;
  /** From the newest call to its place in storage. */
  lagMs: number | null;
  /** Of the oldest exchange that a night should have seen; null: there is none. */
  hasMatureExchanges: boolean;
  /** The newest run by cron; null: none ever. */
  night: { status: "running" | "done" | "failed"; createdAtMs: number } | null;
  batchesHeld: number;
  /** Is the key of `npm start` accepted, at an address that is not this machine? */
  localKeyInPublic: boolean;
}

export interface Finding {
  check: string;
  state: HealthState;
  /** With its numbers. */
  says: string;
  /** What to do; empty where all is well. */
  remedy: string;
}

export interface Rule {
  check: string;
  /** In words, for the list of alerts. */
  when: string;
  state: Exclude<HealthState, "ok">;
  /** What is wrong, with its numbers; undefined: it is well. */
  wrong(facts: HealthFacts): string | undefined;
  remedy: string;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A batch waits two seconds, and takes one. */
const LAG_MS_MAX = 5 * MINUTE_MS;
/** The sweep comes every five minutes, and leaves what is younger than one. */
const SPILL_AGE_MS_MAX = 15 * MINUTE_MS;
/** The night comes once a day. */
const NIGHT_AGE_MS_MAX = 26 * HOUR_MS;
const NIGHT_RUNNING_MS_MAX = 12 * HOUR_MS;
/** Ids and keys bear times: Cloudflare's own clocks differ by less. */
const CLOCK_MS_MAX = 30_000;
/** https://developers.cloudflare.com/d1/platform/limits/ */
const DATABASE_BYTES_MAX = 10e9;
const DATABASE_SHARE_MAX = 0.8;
/** Nothing of a call is lost by these. */
const HARMLESS: readonly string[] = ["limit_unchecked", "span_refused", "request_too_large", "answer_truncated"];

export const RULES: readonly Rule[] = [
  {
    check: "bindings",
    when: "a binding of the console is missing",
    state: "act",
    wrong: ({ bindingsMissing }) =>
      bindingsMissing.length === 0 ? undefined : `missing: ${bindingsMissing.join(", ")}`,
    remedy: "deploy again: `npm run deploy`",
  },
  {
    check: "migrations",
    when: "the code reads a column that the database lacks",
    state: "act",
    wrong: ({ columnsMissing }) => (columnsMissing.length === 0 ? undefined : `missing: ${columnsMissing.join(", ")}`),
    remedy: "deploy again: `npm run deploy` runs the migrations first; locally `npm start` does",
  },
  {
    check: "database_size",
    when: "the database holds 80% of its 10 GB",
    state: "look",
    wrong: ({ databaseBytes }) =>
      databaseBytes < DATABASE_SHARE_MAX * DATABASE_BYTES_MAX
        ? undefined
        : `${(databaseBytes / 1e9).toFixed(1)} GB of 10`,
    remedy: "give an app a deployment of its own (`npm run deploy -- --env NAME`); at 10 GB rows are no longer written",
  },
  {
    check: "clock",
    when: "the clocks of the Worker and the database differ by 30 s",
    state: "look",
    wrong: ({ nowMs, databaseClockMs }) => {
      const differenceMs = Math.abs(nowMs - databaseClockMs);
      return differenceMs <= CLOCK_MS_MAX ? undefined : `${Math.round(differenceMs / 1_000)} s apart`;
    },
    remedy: "locally, set the machine's clock; on Cloudflare, ask its support",
  },
  {
    check: "captures_lost",
    when: "a capture was lost in this hour or the one before",
    state: "act",
    wrong: ({ losses }) => lossesIn(losses, (reason) => !HARMLESS.includes(reason)),
    remedy: "look for `capture_loss` in the gateway's log: queue and R2 refused both, or a fault of winnow's",
  },
  {
    check: "cut_or_unchecked",
    when: "a copy was cut, a limit went unchecked or a span was refused in this hour or the one before",
    state: "look",
    wrong: ({ losses }) => lossesIn(losses, (reason) => HARMLESS.includes(reason)),
    remedy: "the calls went on; look whether Upstash, the collector, or requests over 8 MiB are behind it",
  },
  {
    check: "dead_letters",
    when: "a message failed five times, or cannot be read",
    state: "act",
    wrong: ({ deadLetters }) => (deadLetters === 0 ? undefined : `${deadLetters} are kept under dead/ in R2`),
    remedy:
      "look for `take_in_failed` in ingest's log; the sweep tries what failed again for two weeks, and what is older or unreadable once its `tries` in table dead_letters is set to 0",
  },
  {
    check: "spill",
    when: "a capture has waited in R2 for 15 minutes",
    state: "act",
    wrong: ({ nowMs, oldestSpillAtMs }) =>
      oldestSpillAtMs === null || nowMs - oldestSpillAtMs <= SPILL_AGE_MS_MAX
        ? undefined
        : `the oldest waits for ${minutes(nowMs - oldestSpillAtMs)}`,
    remedy:
      "ingest's cron is not running, or fails: look for `sweep_failed` in its log, and at its triggers in the dashboard",
  },
  {
    check: "ingest_lag",
    when: "the newest call took five minutes to its place",
    state: "act",
    wrong: ({ lagMs }) => (lagMs === null || lagMs <= LAG_MS_MAX ? undefined : `${minutes(lagMs)} from call to row`),
    remedy: "look at the backlog of winnow-capture in the dashboard, and for `take_in_failed` in ingest's log",
  },
  {
    check: "night",
    when: "no night for 26 hours though there are calls, or it failed, or runs for 12 hours",
    state: "act",
    wrong: nightWrong,
    remedy:
      "`GET /v1/runs` has the error; look at the curator's cron and at its Workflow winnow-night; `winnow run --wait` runs it now",
  },
  {
    check: "batches_held",
    when: "the guard holds a batch",
    state: "look",
    wrong: ({ batchesHeld }) => (batchesHeld === 0 ? undefined : `${batchesHeld} wait for somebody's word`),
    remedy: "read the reasons in /console/batches, and release it or leave it",
  },
  {
    check: "local_key",
    when: "the key of `npm start` is accepted at a public address",
    state: "act",
    wrong: ({ localKeyInPublic }) => (localKeyInPublic ? "the variable LOCAL_KEY is set" : undefined),
    remedy: "delete it: `wrangler secret delete LOCAL_KEY` for all four Workers",
  },
];

/** One finding a rule, in the order of the rules. */
export function checkHealth(facts: HealthFacts): { state: HealthState; findings: Finding[] } {
  const findings = RULES.map(({ check, state, wrong, remedy }): Finding => {
    const says = wrong(facts);
    return says === undefined ? { check, state: "ok", says: "", remedy: "" } : { check, state, says, remedy };
  });
  const states = new Set(findings.map(({ state }) => state));
  return { state: states.has("act") ? "act" : states.has("look") ? "look" : "ok", findings };
}

function nightWrong({ nowMs, night, hasMatureExchanges }: HealthFacts): string | undefined {
  if (night?.status === "failed") return "the last one failed";
  if (night?.status === "running") {
    const ranMs = nowMs - night.createdAtMs;
    return ranMs <= NIGHT_RUNNING_MS_MAX ? undefined : `it runs for ${Math.round(ranMs / HOUR_MS)} hours`;
  }
  if (!hasMatureExchanges) return undefined;
  if (night === null) return "there was none yet, and there are calls for one";
  const ageMs = nowMs - night.createdAtMs;
  return ageMs <= NIGHT_AGE_MS_MAX ? undefined : `the last one began ${Math.round(ageMs / HOUR_MS)} hours ago`;
}

function lossesIn(losses: HealthFacts["losses"], isOurs: (reason: string) => boolean): string | undefined {
  const counted = Object.entries(losses).filter(([reason, count]) => count > 0 && isOurs(reason));
  return counted.length === 0 ? undefined : counted.map(([reason, count]) => `${count} ${reason}`).join(", ");
}

function minutes(ms: number): string {
  return `${Math.round(ms / MINUTE_MS)} minutes`;
}

/** Each rule about winnow's own health: silent on what is well, at its bound and one past it. */
import { describe, expect, test } from "vitest";
import { checkHealth, type HealthFacts, RULES } from "../../shared/health/rules.ts";
import { clockFinding } from "../../workers/cli/doctor.ts";
import { readText } from "../house/source-files.ts";

const NOW_MS = Date.parse("2026-11-23T12:00:00Z");
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const WELL: HealthFacts = {
  nowMs: NOW_MS,
  bindingsMissing: [],
  columnsMissing: [],
  databaseBytes: 0,
  databaseClockMs: NOW_MS,
  losses: {},
  deadLetters: 0,
  oldestSpillAtMs: null,
  lagMs: null,
  hasMatureExchanges: false,
  night: null,
  batchesHeld: 0,
  localKeyInPublic: false,
};

/** What is at the bound and still well, and what is past it. */
const CASES: Record<string, { well: Partial<HealthFacts>; broken: Partial<HealthFacts>; says: string }> = {
  bindings: { well: {}, broken: { bindingsMissing: ["NIGHT"] }, says: "missing: NIGHT" },
  migrations: { well: {}, broken: { columnsMissing: ["audit.act"] }, says: "missing: audit.act" },
  database_size: { well: { databaseBytes: 7.9e9 }, broken: { databaseBytes: 8e9 }, says: "8.0 GB of 10" },
  clock: {
    well: { databaseClockMs: NOW_MS - 30_000 },
    broken: { databaseClockMs: NOW_MS + 31_000 },
    says: "31 s apart",
  },
  captures_lost: {
    well: { losses: { capture_refused: 0 } },
    broken: { losses: { capture_refused: 2, capture_failed: 1, limit_unchecked: 5 } },
    says: "2 capture_refused, 1 capture_failed",
  },
  cut_or_unchecked: { well: {}, broken: { losses: { limit_unchecked: 5 } }, says: "5 limit_unchecked" },
  dead_letters: { well: {}, broken: { deadLetters: 1 }, says: "1 are kept under dead/ in R2" },
  spill: {
    well: { oldestSpillAtMs: NOW_MS - 15 * MINUTE_MS },
    broken: { oldestSpillAtMs: NOW_MS - 16 * MINUTE_MS },
    says: "the oldest waits for 16 minutes",
  },
  ingest_lag: {
    well: { lagMs: 5 * MINUTE_MS },
    broken: { lagMs: 6 * MINUTE_MS },
    says: "6 minutes from call to row",
  },
  night: {
    well: { hasMatureExchanges: true, night: { status: "done", createdAtMs: NOW_MS - 26 * HOUR_MS } },
    broken: { hasMatureExchanges: true, night: { status: "done", createdAtMs: NOW_MS - 27 * HOUR_MS } },
    says: "the last one began 27 hours ago",
  },
  batches_held: { well: {}, broken: { batchesHeld: 3 }, says: "3 wait for somebody's word" },
  local_key: { well: {}, broken: { localKeyInPublic: true }, says: "the variable LOCAL_KEY is set" },
};

test("a winnow that has just been deployed is well", () => {
  expect(checkHealth(WELL).state).toBe("ok");
  expect(checkHealth(WELL).findings.map(({ check }) => check)).toEqual(RULES.map(({ check }) => check));
});

test("every rule has its case here", () => {
  expect(Object.keys(CASES)).toEqual(RULES.map(({ check }) => check));
});

describe.each(Object.entries(CASES))("%s", (check, { well, broken, says }) => {
  const findingOf = (facts: Partial<HealthFacts>) => {
    return checkHealth({ ...WELL, ...facts }).findings.find((finding) => finding.check === check);
  };

  test("is silent up to its bound", () => {
    expect(findingOf(well)).toEqual({ check, state: "ok", says: "", remedy: "" });
  });

  test("past it says so with its numbers, and what to do", () => {
    const rule = RULES.find((one) => one.check === check);
    expect(findingOf(broken)).toEqual({ check, state: rule?.state, says, remedy: rule?.remedy });
    expect(rule?.remedy.length).toBeGreaterThan(20);
    expect(checkHealth({ ...WELL, ...broken }).state).toBe(rule?.state);
  });
});

test.each([
  [{ status: "failed", createdAtMs: NOW_MS - 1 }, false, "the last one failed"],
  [{ status: "running", createdAtMs: NOW_MS - 13 * HOUR_MS }, false, "it runs for 13 hours"],
  [{ status: "running", createdAtMs: NOW_MS - 12 * HOUR_MS }, true, ""],
  [null, true, "there was none yet, and there are calls for one"],
  [{ status: "done", createdAtMs: 0 }, false, ""],
] as const)("a night %j, with calls for one: %s: %s", (night, hasMatureExchanges, says) => {
  const { findings } = checkHealth({ ...WELL, night, hasMatureExchanges });
  expect(findings.find(({ check }) => check === "night")?.says).toBe(says);
});

test("what must be acted on comes before what is worth a look", () => {
  expect(checkHealth({ ...WELL, batchesHeld: 1, deadLetters: 1 }).state).toBe("act");
});

test("the README's alerts are these rules", () => {
  const [, section] = /### Watching winnow\n([\s\S]*?)(?=\n##)/.exec(readText("README.md")) ?? [];
  const rows = [...(section ?? "").matchAll(/^\| `([a-z_]+)` \| (act|look) \| (.*) \|$/gm)].map((found) =>
    found.slice(1),
  );
  expect(rows).toEqual(RULES.map(({ check, state, when }) => [check, state, when]));
});

test.each([
  [NOW_MS, "ok", ""],
  [NOW_MS - 60_000, "ok", ""],
  [NOW_MS - 61_000, "look", "61 s from the server's"],
  [NOW_MS + 90_000 + 400, "look", "90 s from the server's"],
])("this machine's clock against a server's of %d: %s", (serverMs, state, says) => {
  const finding = clockFinding(new Date(serverMs).toISOString(), { sentMs: NOW_MS, gotMs: NOW_MS + 400 });
  expect(finding).toMatchObject({ check: "this_clock", state, says });
});

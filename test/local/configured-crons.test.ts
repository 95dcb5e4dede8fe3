/** The local timer of the Workers' crons. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readConfiguredCrons, readCron, startCronTimer } from "../../workers/local/configured-crons.ts";

describe("a cron", () => {
  test.each([
    ["*/5 * * * *", "2026-11-23T03:15:30Z", true],
    ["*/5 * * * *", "2026-11-23T03:16:00Z", false],
    ["17 3 * * *", "2026-11-23T03:17:59Z", true],
    ["17 3 * * *", "2026-11-23T04:17:00Z", false],
    ["17 3 * * *", "2026-11-23T03:16:59Z", false],
    ["* * * * *", "2026-11-23T03:16:59Z", true],
    ["0 */6 * * *", "2026-11-23T18:00:00Z", true],
    ["0 */6 * * *", "2026-11-23T19:00:00Z", false],
  ])("%s at %s: %s", (cron, at, due) => {
    expect(readCron(cron)(new Date(at))).toBe(due);
  });

  test.each(["17 3 1 * *", "17 3 * * mon", "1,2 * * * *", "1-5 * * * *", "*/0 * * * *", "* * *", ""])(
    "%s is refused rather than never fired",
    (cron) => {
      expect(() => readCron(cron)).toThrow(`the cron "${cron}"`);
    },
  );

  test("of every Worker is one that the timer knows", () => {
    const found = readConfiguredCrons().map(({ worker, cron }) => `${worker} ${cron}`);
    expect(found).toEqual(["curator 17 3 * * *", "ingest */5 * * * *"]);
  });
});

describe("the timer", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: new Date("2026-11-23T03:13:42.500Z") });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test("fires once in every minute that is due, with the minute as its time", async () => {
    const fired: string[] = [];
    const cron = (spelled: string) => ({ worker: "ingest" as const, cron: spelled, isDue: readCron(spelled) });
    startCronTimer({
      crons: [cron("*/5 * * * *"), cron("17 3 * * *")],
      fire: ({ cron }, at) => fired.push(`${at.toISOString().slice(11, 19)} ${cron}`),
    });
    await vi.advanceTimersByTimeAsync(12 * 60_000);
    expect(fired).toEqual([
      "03:15:00 */5 * * * *",
      "03:17:00 17 3 * * *",
      "03:20:00 */5 * * * *",
      "03:25:00 */5 * * * *",
    ]);
  });

  test("does not make up for the minutes in which the machine slept", async () => {
    const fired: string[] = [];
    const cron = { worker: "ingest" as const, cron: "* * * * *", isDue: readCron("* * * * *") };
    startCronTimer({ crons: [cron], fire: (_, at) => fired.push(at.toISOString().slice(11, 16)) });
    await vi.advanceTimersByTimeAsync(20_000);
    vi.setSystemTime(new Date("2026-11-23T03:30:30Z")); // timers wait by another clock, which stood still
    await vi.advanceTimersByTimeAsync(90_000);
    expect(fired).toEqual(["03:14", "03:15", "03:32"]);
  });
});

/** The cost and capacity sheet: the README holds what the program prints, and what it multiplies is still measured. */
import { expect, test } from "vitest";
import { readText } from "../house/source-files.ts";
import { measureOperations } from "./cost-measure.ts";
import {
  exchangesInOneDatabase,
  firstLimit,
  LIMITS,
  type Measured,
  monthlyCost,
  sheetOf,
  VOLUMES,
} from "./cost-model.ts";
import { readMeasured } from "./cost-sheet.ts";

const measured = readMeasured();

test("the README has the sheet as `node test/bench/cost-sheet.ts` prints it", () => {
  const [, section] = /### Cost and capacity\n([\s\S]*?)(?=\n##)/.exec(readText("README.md")) ?? [];
  expect(section).toContain(sheetOf(measured));
});

test("what was counted then is counted now: rows, queue operations, bytes in D1 and R2", async () => {
  const now = await measureOperations({ rounds: 1, exchanges: 600 });
  expect(now.rowsWritten).toBe(measured.rowsWritten);
  expect(now.queueOperations).toBeCloseTo(measured.queueOperations, 1);
  for (const field of ["d1Bytes", "r2Bytes", "feedbackD1Bytes"] as const) {
    const ratio = now[field] / measured[field];
    expect(ratio, `${field}: ${now[field]}, and the sheet has ${measured[field]}: measure anew`).toBeGreaterThan(0.9);
    expect(ratio, `${field}: ${now[field]}, and the sheet has ${measured[field]}: measure anew`).toBeLessThan(1.1);
  }
});

test("one database holds 20 million exchanges with their votes, by the measured rows", () => {
  expect(exchangesInOneDatabase(measured)).toBeGreaterThan(20e6);
});

test("a row that is twice as large fills a database in half the time", () => {
  const larger: Measured = {
    ...measured,
    d1Bytes: 2 * measured.d1Bytes,
    feedbackD1Bytes: 2 * measured.feedbackD1Bytes,
  };
  expect(exchangesInOneDatabase(larger)).toBeCloseTo(exchangesInOneDatabase(measured) / 2, -2);
});

test("costs are in proportion to the calls, but for what is cheaper in full batches", () => {
  const [small, , large] = VOLUMES.map(
    (exchanges) => new Map(monthlyCost(measured, exchanges).map((one) => [one.what, one.usd])),
  );
  const ratio = (what: string) => (large?.get(what) ?? 0) / (small?.get(what) ?? 0);
  expect(ratio("D1, rows written")).toBeCloseTo(1e4, 3);
  expect(ratio("R2, puts")).toBeLessThan(1e4 / 20);
});

test("the first limit is the rate that is exceeded most, else what fills up", () => {
  expect(firstLimit(measured, 1e6).limit.kind).toBe("store");
  const { limit, share } = firstLimit(measured, 1e10);
  const rates = LIMITS.filter(({ kind }) => kind === "rate").map((one) => one.share(measured, 1e10));
  expect(limit.kind).toBe("rate");
  expect(share).toBe(Math.max(...rates));
});

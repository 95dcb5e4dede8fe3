/**
 * `node test/bench/cost-sheet.ts`: the cost and capacity sheet of the README, from what was measured last
 * (cost-measured.json). With `--measure` it measures anew first, a few minutes, and writes that file.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureOperations, measureTimes } from "./cost-measure.ts";
import { type Measured, sheetOf } from "./cost-model.ts";

const FILE = join(import.meta.dirname, "cost-measured.json");

export function readMeasured(): Measured {
  return JSON.parse(readFileSync(FILE, "utf8")) as Measured;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { measure: { type: "boolean", default: false } } });
  if (values.measure) {
    const measured: Measured = {
      ...(await measureOperations({ rounds: 5, exchanges: 1_000 })),
      ...(await measureTimes()),
    };
    writeFileSync(FILE, `${JSON.stringify(measured, null, 2)}\n`);
  }
  console.log(sheetOf(readMeasured()));
}

if (import.meta.main) {
  main().then(
    () => process.exit(0),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}

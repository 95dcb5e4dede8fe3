/**
 * fast-check with one seed, so that a run can be repeated. `FC_SEED=… npx vitest run test/unit` looks elsewhere; a failure
 * prints its seed and its path. With FC_COUNT each file adds the number of its inputs to the file of that name.
 */
import { appendFileSync } from "node:fs";
import fc, { type RunDetails } from "fast-check";
import { afterAll } from "vitest";

let inputs = 0;

/** As fast-check's own, and counts. */
function report<Values>(details: RunDetails<Values>): void {
  inputs += details.numRuns;
  if (details.failed)
    throw new Error(fc.defaultReportMessage(details) ?? "a property failed", { cause: details.errorInstance });
}

fc.configureGlobal({
  seed: Number(process.env.FC_SEED ?? 20_261_123),
  ...(process.env.FC_COUNT !== undefined && { reporter: report }),
});
if (process.env.FC_COUNT !== undefined) afterAll(() => appendFileSync(process.env.FC_COUNT ?? "", `${inputs}\n`));

export default fc;

/**
 * `npm run bench`: what winnow costs. Prints tables and asserts no duration: a machine may be slow. It exits non-zero
 * only when something malfunctioned (a call without its capture, an exchange without its row).
 *
 *     --quick                          a smoke run; its numbers mean little
 *     --only gateway|ingest|leaving|night    one part
 *     --rows 1000000                   the night alone, of a window of that size
 */
import { availableParallelism, cpus, release } from "node:os";
import { parseArgs } from "node:util";
import { benchGateway } from "./gateway.ts";
import { benchIngest } from "./ingest.ts";
import { benchLeaving } from "./leaving.ts";
import { benchNight } from "./night.ts";
import { WORKERD_VERSION } from "./workerd.ts";

const PARTS = { gateway: benchGateway, ingest: benchIngest, leaving: benchLeaving, night: benchNight };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { quick: { type: "boolean", default: false }, only: { type: "string" }, rows: { type: "string" } },
  });
  const { quick } = values;
  const rows = values.rows === undefined ? undefined : Number(values.rows);
  const only = rows === undefined ? values.only : "night";
  if (only !== undefined && !Object.hasOwn(PARTS, only)) {
    throw new Error(`--only ${only}: it is one of ${Object.keys(PARTS).join(", ")}`);
  }
  printHeader(quick);
  const startedAt = performance.now();
  for (const [name, bench] of Object.entries(PARTS)) {
    if (only === undefined || only === name) await bench({ quick, rows });
  }
  console.log(`\ntook ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
}

function printHeader(quick: boolean): void {
  const model = cpus()[0]?.model ?? "unknown";
  console.log(`winnow bench${quick ? ", quick: a smoke run, its numbers mean little" : ""}`);
  console.log(`machine: ${availableParallelism()} cores, ${model}, ${process.platform} ${release()}`);
  console.log(`workerd ${WORKERD_VERSION}, Node ${process.versions.node}`);
  console.log("Ratios carry over to other machines; microseconds and rates are this machine's, as busy as it was.");
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);

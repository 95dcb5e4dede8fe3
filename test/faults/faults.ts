/**
 * `node test/faults/faults.ts --seeds 200 --exchanges 500` runs the seeds from 1 on (or `--from`) and prints what became of every call; `--seed 17`
 * replays one.
 */
import { parseArgs } from "node:util";
import { FaultHarness, type Outcome } from "./run-seeds.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string" },
    exchanges: { type: "string" },
    seed: { type: "string" },
    from: { type: "string" },
  },
});
const exchanges = Number(values.exchanges ?? 500);
const seeds =
  values.seed === undefined
    ? Array.from({ length: Number(values.seeds ?? 200) }, (_, at) => at + Number(values.from ?? 1))
    : [Number(values.seed)];

const harness = await FaultHarness.start();
const outcomes: Outcome[] = [];
try {
  for (const seed of seeds) {
    const outcome = await harness.run(seed, { exchanges });
    outcomes.push(outcome);
    const { unaccounted, wrong } = outcome;
    if (unaccounted.length + wrong.length > 0 || seeds.length === 1) console.log(JSON.stringify(outcome));
    else if (outcomes.length % 10 === 0) console.log(`${outcomes.length} seeds, ${sum("answered")} calls answered`);
  }
} finally {
  await harness.stop();
}
const of = (field: "unaccounted" | "wrong") => outcomes.flatMap((outcome) => outcome[field]).length;
const lost = outcomes.reduce((total, outcome) => total + Object.values(outcome.lost).reduce((a, b) => a + b, 0), 0);
const stalled = outcomes.filter(({ plan }) => plan.stalled > 0).length;
console.log(
  `${seeds.length} seeds of ${exchanges} calls, ${stalled} of them with stalls: ${sum("answered")} answered with an id, ${sum("stored")} stored, ${lost} lost and counted, ${of("unaccounted")} unaccounted, ${of("wrong")} wrong`,
);

function sum(field: "answered" | "stored"): number {
  return outcomes.reduce((total, outcome) => total + outcome[field], 0);
}

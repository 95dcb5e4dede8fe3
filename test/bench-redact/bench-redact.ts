/** Prints how redaction does on the labelled set. `node test/bench-redact/bench-redact.ts [--faults]` */
import { makeRedactor } from "../../shared/redact/redactor.ts";
import { makeLabelledSet } from "./labelled-set.ts";
import { measure, precisionOf, recallOf, type Tally } from "./measure.ts";

const SEED = 20_241;
const ROUNDS = 40;

const set = makeLabelledSet({ seed: SEED, rounds: ROUNDS });
const measured = measure(set.filter(({ hard }) => !hard));
const hard = measure(set.filter((one) => one.hard));
console.log(`${set.length} texts, seed ${SEED}\n`);
print("kind", measured.byKind);
print("locale", measured.byLocale);
print("locale and kind, where either is below 1", measured.byBoth, true);
print("hard: values that nothing gives away, by kind", hard.byKind);
if (process.argv.includes("--faults")) for (const fault of new Set(measured.faults)) console.log(fault);

const text = set.map((one) => one.text).join("\n");
const megabyte = text.repeat(Math.ceil(2 ** 20 / text.length)).slice(0, 2 ** 20);
const startMs = performance.now();
makeRedactor({}).text(megabyte);
console.log(`\n1 Mi characters of these texts: ${Math.round(performance.now() - startMs)} ms`);

function print(title: string, tallies: ReadonlyMap<string, Tally>, onlyFaulty = false): void {
  console.log(`${title.padEnd(48)} labels  recall    finds  precision`);
  for (const [key, tally] of [...tallies].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [recall, precision] = [recallOf(tally), precisionOf(tally)];
    if (onlyFaulty && recall === 1 && precision === 1) continue;
    const counts = [String(tally.labels).padStart(6), recall.toFixed(3).padStart(7), String(tally.finds).padStart(8)];
    console.log(`  ${key.padEnd(46)} ${counts.join(" ")}  ${precision.toFixed(3)}`);
  }
}

/**
 * `npm run bench:verdict [-- --quick]`: what the verdicts select and how well they are calibrated, beside the plain
 * thumbs-up. Reads ../shared/data; `--data DIR` reads another folder, with files of the same shape.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { VARIANTS as GSM8K_VARIANTS, type Measured, readAnswers, runOnce as runGsm8k } from "./gsm8k.ts";
import { mean, spread } from "./measures.ts";
import {
  VARIANTS as ASSISTANT_VARIANTS,
  type Predicted,
  readMessages,
  runOnce as runAssistant,
} from "./openassistant.ts";

const COVERAGES = [0.01, 0.03, 0.1, 0.3];
const THUMBS = "export the thumbs-up";
const ALL = "+ agreement (all)";
const VOTES_PER_USER = 15;

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false }, data: { type: "string" } } });
const folder = values.data ?? resolve(import.meta.dirname, "../../../shared/data");

function benchGsm8k(path: string): void {
  const answers = readAnswers(path);
  const right = mean(answers.map(({ correct }) => Number(correct)));
  console.log(
    `\ngsm8k: ${answers.length} answers, ${(100 * right).toFixed(1)}% of them right. Simulated users (70% err at 5%, 20% at 30%,`,
  );
  console.log(
    `10% at 85%), one vote for an answer at most, ${VOTES_PER_USER} votes a user, ten users at least. Seeds: ${seedsOf(0.3)} at 30%, else ${seedsOf(0.1)}.`,
  );
  console.log(
    "N is the number of thumbs up. Precision of the best N and N/2 of all answers, and of those with a vote alone.",
  );
  const all = new Map<string, Measured[]>();
  for (const coverage of COVERAGES) {
    for (const variant of Object.keys(GSM8K_VARIANTS)) {
      const runs = runs8k({ answers, coverage, votesPerUser: VOTES_PER_USER, variant });
      all.set(`${coverage} ${variant}`, runs);
    }
    printCoverage(coverage, (variant) => all.get(`${coverage} ${variant}`) ?? []);
  }
  console.log("\nvotes a user (30% coverage, all parts):");
  for (const votesPerUser of [5, 15, 30]) {
    const runs = runs8k({ answers, coverage: 0.3, votesPerUser, variant: ALL });
    console.log(`  ${String(votesPerUser).padStart(2)}: ${rowOf(runs)}`);
  }
  console.log("");
  for (const coverage of COVERAGES) printAims(coverage, all);
}

function seedsOf(coverage: number): number {
  if (values.quick) return 3;
  return coverage >= 0.3 ? 5 : 12;
}

function runs8k(options: {
  answers: ReturnType<typeof readAnswers>;
  coverage: number;
  votesPerUser: number;
  variant: string;
}): Measured[] {
  return Array.from({ length: seedsOf(options.coverage) }, (_, seed) => runGsm8k({ ...options, seed: seed + 1 }));
}

const COLUMNS: [string, keyof Measured][] = [
  ["N/2 of all", "precisionHalf"],
  ["N of all", "precisionFull"],
  ["N/2 of voted", "votedHalf"],
  ["N of voted", "votedFull"],
  ["ECE, all", "errorAll"],
  ["ECE, voted", "errorVoted"],
  ["AUC, all", "aucAll"],
  ["AUC, voted", "aucVoted"],
  ["scorer used", "scorerUsed"],
];
const WIDTH = 13;

function printCoverage(coverage: number, runsOf: (variant: string) => readonly Measured[]): void {
  const thumbs = runsOf(THUMBS);
  const votes = mean(thumbs.map(({ rows }) => rows)).toFixed(0);
  const up = mean(thumbs.map(({ thumbsUp }) => thumbsUp)).toFixed(0);
  console.log(`\n${100 * coverage}% coverage: ${votes} votes, ${up} thumbs up (percent, mean ± deviation over seeds)`);
  console.log(`${"".padEnd(22)}${COLUMNS.map(([title]) => title.padStart(WIDTH)).join("")}`);
  for (const variant of Object.keys(GSM8K_VARIANTS)) console.log(`${variant.padEnd(22)}${rowOf(runsOf(variant))}`);
}

function rowOf(runs: readonly Measured[]): string {
  return COLUMNS.map(([, key]) => spread(runs.map((run) => run[key])).padStart(WIDTH)).join("");
}

function printAims(coverage: number, all: ReadonlyMap<string, readonly Measured[]>): void {
  const of = (variant: string, key: keyof Measured) =>
    mean((all.get(`${coverage} ${variant}`) ?? []).map((run) => run[key]));
  const thumbsError = 1 - of(THUMBS, "precisionFull");
  const half = (1 - of(ALL, "precisionHalf")) / thumbsError;
  const votedHalf = (1 - of(ALL, "votedHalf")) / thumbsError;
  const checks = [
    [
      `error at half the yield ${half.toFixed(2)} of thumbs-up's (of voted answers alone ${votedHalf.toFixed(2)}), aim 0.5`,
      Math.max(half, votedHalf) <= 0.5,
    ],
    ["better at full yield", of(ALL, "precisionFull") > of(THUMBS, "precisionFull")],
    ["and so among voted answers alone", of(ALL, "votedFull") >= of(THUMBS, "votedFull")],
    [`calibration error ${(100 * of(ALL, "errorAll")).toFixed(1)} points, aim 5`, of(ALL, "errorAll") < 0.05],
  ] as const;
  for (const [what, reached] of checks)
    console.log(`${`${100 * coverage}%`.padStart(4)}  ${reached ? "reached" : "MISSED "}  ${what}`);
}

const ASSISTANT_COLUMNS: [string, keyof Predicted][] = [
  ["AUC", "auc"],
  ["AUC, seen", "aucSeen"],
  ["ECE", "calibrationError"],
  ["log-loss", "logLoss"],
  ["pairs, rank", "pairsByRank"],
  ["pairs, hidden", "pairsByHidden"],
  ["scorer used", "scorerUsed"],
];

function benchAssistant(path: string): void {
  const messages = readMessages(path);
  const seeds = values.quick ? 5 : 20;
  console.log(
    `\nopenassistant: ${messages.length} messages, 40% of their real votes hidden, ${seeds} seeds. AUC, calibration and`,
  );
  console.log(
    "log-loss (nats × 100) of the hidden votes (seen: of messages that have visible ones); pairs of answers to one",
  );
  console.log("prompt in the right order, by the annotators' rank and by the hidden votes (a tie is half right).");
  console.log(`${"".padEnd(32)}${ASSISTANT_COLUMNS.map(([title]) => title.padStart(WIDTH + 1)).join("")}`);
  for (const variant of Object.keys(ASSISTANT_VARIANTS)) {
    const runs = Array.from({ length: seeds }, (_, seed) => runAssistant({ messages, seed: seed + 1, variant }));
    const cells = ASSISTANT_COLUMNS.map(([, key]) => spread(runs.map((run) => run[key])).padStart(WIDTH + 1));
    console.log(`${variant.padEnd(32)}${cells.join("")}`);
  }
}

const startedMs = performance.now();
const gsm8kPath = join(folder, "gsm8k.jsonl");
const assistantPath = join(folder, "openassistant.jsonl");
if (existsSync(gsm8kPath)) benchGsm8k(gsm8kPath);
else console.log(`skipped: ${gsm8kPath} is missing`);
if (existsSync(assistantPath)) benchAssistant(assistantPath);
else console.log(`skipped: ${assistantPath} is missing`);
console.log(`\n${((performance.now() - startedMs) / 1_000).toFixed(0)} s`);

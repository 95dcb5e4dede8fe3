/**
 * `npm run demo`: a day of traffic and feedback with the official SDK, the night, and the batch in your hands. Against a
 * winnow that runs, or one of its own. What it takes is in USAGE.
 */
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { type DemoExchange, readConversations, SHAPES } from "./demo-conversations.ts";
import { makeConversations } from "./demo-desk.ts";
import { pullBatch, readSft, runNight } from "./demo-night.ts";
import { printPrecision } from "./demo-precision.ts";
import { sendDay } from "./demo-traffic.ts";
import { castVotes, describeVotes, seededRandom } from "./demo-votes.ts";
import type { RunningWinnow } from "./demo-winnow.ts";
import { SettingError } from "./local-settings.ts";
import { watchParents } from "./watch-parents.ts";

const USAGE = `npm run demo -- [--data FILE] [--limit N] [--seed N] [--voters N] [--url URL] [--out DIR]

  --data    conversations of your own; without it 120 calls of a shop's support desk are made up
  --limit   send the first N only
  --seed    for what is simulated: the same seed, the same users and votes
  --voters  users who vote on an answer, where votes are simulated (1)
  --url     the winnow to use, with WINNOW_KEY; without it the one on PORT (8787), or else one of the demo's own
  --out     where the files go (.winnow/demo)

--data takes ${SHAPES}`;

const CALLS_BY_DEFAULT = 120;
const VOTERS_MAX = 50;
const STOP_MS_MAX = 3_000;
const ROOT = join(import.meta.dirname, "..", "..");
/** npm runs scripts in the package's folder; paths are meant from where the user is. */
const HERE = process.env.INIT_CWD ?? process.cwd();

interface Options {
  data: string | undefined;
  limit: number;
  seed: number | undefined;
  voters: number;
  url: string | undefined;
  out: string;
}

async function main(ending: Ending): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === "help") return console.log(USAGE);
  const exchanges = await readData(options);
  // It brings wrangler and takes a second to load; whoever starts this may die within it.
  const { findWinnow } = await import("./demo-winnow.ts");
  const winnow = await findWinnow(options.url);
  ending.runFirst(winnow.stop);
  try {
    await runDemo({ winnow, exchanges, out: options.out });
  } finally {
    await winnow.stop();
  }
}

async function runDemo(demo: { winnow: RunningWinnow; exchanges: readonly DemoExchange[]; out: string }) {
  const { winnow, exchanges, out } = demo;
  const task = `demo-${Date.now().toString(36)}`;
  const from = new Date(Date.now() - 1_000).toISOString();
  const sent = await sendDay({ winnow, exchanges, task });
  const batch = await runNight({ winnow, window: { task, from }, sent: sent.length });
  const files = await pullBatch({ winnow, batch, dir: join(out, batch) });
  if (exchanges.some((one) => one.truth !== undefined)) printPrecision({ sent: exchanges, sft: readSft(files) });
  console.log(`\ntook ${(performance.now() / 1_000).toFixed(0)} s`);
  if (winnow.stays) console.log(`the batch stays there: ${winnow.url}/v1/batches/${batch} (x-winnow-key: your key)`);
}

/** @throws SettingError with what is wrong and how it is used */
function readOptions(args: string[]): Options | "help" {
  const { values } = parse(args);
  if (values.help) return "help";
  const { data, url, out } = values;
  return {
    data: data === undefined ? undefined : resolve(HERE, data),
    limit: wholeNumber("limit", values.limit, Number.MAX_SAFE_INTEGER) ?? Number.MAX_SAFE_INTEGER,
    seed: wholeNumber("seed", values.seed, 2 ** 32 - 1),
    voters: wholeNumber("voters", values.voters, VOTERS_MAX) ?? 1,
    url,
    out: out === undefined ? join(ROOT, ".winnow", "demo") : resolve(HERE, out),
  };
}

function parse(args: string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args,
      options: { data: text, limit: text, seed: text, voters: text, url: text, out: text, help: { type: "boolean" } },
    });
  } catch (error) {
    throw new SettingError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function wholeNumber(name: string, given: string | undefined, max: number): number | undefined {
  if (given === undefined) return undefined;
  const number = /^\d+$/.test(given) ? Number(given) : Number.NaN;
  if (number >= (name === "seed" ? 0 : 1) && number <= max) return number;
  throw new SettingError(`--${name} is "${given}"; it is a whole number`);
}

async function readData(options: Options): Promise<DemoExchange[]> {
  const { data, limit, voters } = options;
  if (data === undefined) {
    // No two runs alike: winnow exports nothing twice.
    const seed = options.seed ?? Date.now() % 2 ** 32;
    console.log(`data      made up: a shop's support desk, no two runs alike (this one again: --seed ${seed})`);
    return makeConversations(Math.min(CALLS_BY_DEFAULT, limit), seededRandom(seed));
  }
  const exchanges = (await readConversations(data)).slice(0, limit);
  const seed = options.seed ?? 1;
  const cast = castVotes({ exchanges, random: seededRandom(seed), voters });
  const recorded = exchanges.flatMap(({ feedback }) => feedback).length - cast.thumbs - cast.corrections;
  console.log(`data      ${data}: ${exchanges.length} answers`);
  if (recorded > 0) console.log(`feedback  ${recorded} events, as the data has them`);
  if (cast.thumbs > 0) {
    for (const [index, line] of describeVotes(cast, voters).entries()) {
      console.log(`${(index === 0 ? "votes" : "").padEnd(10)}${line}`);
    }
    console.log(`          seed ${seed}; --seed gives other votes`);
  }
  if (recorded + cast.thumbs === 0) {
    console.log(
      'feedback  none in the data ("feedback", "thumbsUp", "thumbsDown" or "correct"): nothing will be selected',
    );
  }
  if (exchanges.every(({ truth }) => truth === undefined)) {
    console.log('truth     not in the data ("correct"): how good the selection is cannot be told');
  }
  return exchanges;
}

interface Ending {
  isUnderWay(): boolean;
  runFirst(stop: () => Promise<void>): void;
}

/** Ctrl-C, SIGTERM, a closed terminal, or the death of whoever started this: nothing is left running. */
function listenForTheEnd(): Ending {
  let stop = async () => {};
  let underWay = false;
  const end = () => process.exit(130); // Miniflare's exit hook ends workerd
  const begin = () => {
    if (underWay) return; // npm passes a Ctrl-C on that the terminal has given to all
    underWay = true;
    console.error("demo: stopped");
    setTimeout(end, STOP_MS_MAX);
    stop().then(end, end);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, begin);
  watchParents(begin);
  return {
    isUnderWay: () => underWay,
    runFirst: (given) => {
      stop = given;
    },
  };
}

const ending = listenForTheEnd();
main(ending).then(
  () => ending.isUnderWay() || process.exit(0),
  (error: unknown) => {
    if (ending.isUnderWay()) return; // a terminal gives Ctrl-C to workerd too, and calls fail
    const text = error instanceof SettingError ? error.message : error instanceof Error ? error.stack : String(error);
    console.error(`demo: ${text}`);
    process.exit(1);
  },
);

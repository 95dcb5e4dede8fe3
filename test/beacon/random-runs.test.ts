/**
 * Whatever people and networks do (votes, changes of mind, offline, reloads, closed pages, two pages): in the end winnow
 * holds the last word of each kind on each answer, and nothing else. `BEACON_RUNS=200` for as many seeds.
 */
import type { BrowserContext, Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Beacon } from "../../shared/core/beacon.ts";
import { eventually } from "../local/launch-stubs.ts";
import { seeded } from "../unit/seeded.ts";
import { newId, setStage } from "./stage.ts";

const RUNS = Number(process.env.BEACON_RUNS ?? 24);
const AT_ONCE = 8;
const STEPS = 14;

/** In the page. */
declare const winnow: Beacon;

const stage = setStage();

/** One person with one or two pages, and what winnow should hold in the end: by answer and kind, as JSON. */
class Run {
  readonly expected = new Map<string, string>();
  readonly #random: () => number;
  readonly #context: BrowserContext;
  readonly #ids: string[];
  #pages: Page[] = [];
  #isOffline = false;

  constructor(options: { seed: number; context: BrowserContext; ids: string[] }) {
    this.#random = seeded(options.seed);
    this.#context = options.context;
    this.#ids = options.ids;
  }

  async live(): Promise<void> {
    await this.#openPage();
    for (let step = 0; step < STEPS; step++) await this.#step();
    await this.#setOffline(false);
    await this.#openPage(); // whoever comes back brings what was left behind
  }

  async #step(): Promise<void> {
    const dice = this.#random();
    if (dice < 0.6) return this.#vote();
    if (dice < 0.75) return this.#setOffline(!this.#isOffline);
    if (this.#isOffline) return; // pages can't be loaded now
    if (dice < 0.85) return void (await this.#page().reload());
    if (dice < 0.93) return this.#openPage();
    if (this.#pages.length > 1) await this.#pages.shift()?.close({ runBeforeUnload: true });
  }

  async #vote(): Promise<void> {
    const id = this.#choose(this.#ids);
    const vote = this.#choose([
      ["thumb", "up"],
      ["thumb", "down"],
      ["thumb", null],
      ["rating", 0.5],
      ["rating", 1],
      ["rating", null],
    ] as const);
    const [kind, value] = vote;
    await this.#page().evaluate(
      ([to, what, said]) => (what === "thumb" ? winnow.thumb(to, said as "up") : winnow.rate(to, said as number)),
      [id, kind, value] as const,
    );
    await new Promise((resolve) => setTimeout(resolve, 3)); // no two votes in one millisecond, be it on two pages
    this.expected.set(`${id.split(".")[0]} ${kind}`, JSON.stringify(value));
  }

  async #openPage(): Promise<void> {
    const page = await this.#context.newPage();
    await page.goto(`${stage.pages.url}/classic`);
    this.#pages = [...this.#pages, page].slice(-2);
  }

  async #setOffline(offline: boolean): Promise<void> {
    this.#isOffline = offline;
    await this.#context.setOffline(offline);
  }

  #page(): Page {
    return this.#choose(this.#pages);
  }

  #choose<T>(from: readonly T[]): T {
    const chosen = from[Math.floor(this.#random() * from.length)];
    if (chosen === undefined) throw new Error("there is nothing to choose from");
    return chosen;
  }
}

async function held(ids: readonly string[]): Promise<Map<string, string>> {
  const sql = "select exchange_id, kind, value from feedback where exchange_id in (select value from json_each(?))";
  const bare = JSON.stringify(ids.map((id) => id.split(".")[0]));
  const { results } = await (await stage.workers.db()).prepare(sql).bind(bare).all<Record<string, string>>();
  return new Map(results.map(({ exchange_id, kind, value }) => [`${exchange_id} ${kind}`, String(value)]));
}

async function play(seed: number): Promise<void> {
  const ids = await Promise.all([newId(), newId(), newId()]);
  const context = await stage.browser.newContext();
  const run = new Run({ seed, context, ids });
  await run.live();
  const same = (a: Map<string, string>, b: Map<string, string>) =>
    a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
  await eventually(`the end of run ${seed}`, async () =>
    same(await held(ids), run.expected) ? true : undefined,
  ).catch(async () =>
    expect(Object.fromEntries(await held(ids)), `seed ${seed}`).toEqual(Object.fromEntries(run.expected)),
  );
  await context.close();
}

test(`nothing is lost and nothing counted twice in ${RUNS} runs of random behaviour`, async () => {
  const seeds = Array.from({ length: RUNS }, (_, seed) => seed + 1);
  const lane = async () => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) await play(seed);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}, 600_000);

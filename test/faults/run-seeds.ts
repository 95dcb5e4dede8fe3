/**
 * Drives calls through the real Workers while their bindings and the provider fail as each seed plans, then lets everything heal, and
 * accounts for every call of which a client saw an answer with an id: stored once and readable, or lost, by the gateway's own word, with
 * the reason, and counted. The ids are the client's: what the Workers believe is not asked.
 *
 * Locally the queue is in memory: workerd's own end would take it along, which Cloudflare's does not. So ingest is ended by refusing, from
 * one operation of a batch on, everything that it still does; what was done until then stays done.
 */
import { join } from "node:path";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { seeded } from "../unit/seeded.ts";
import { KEY, SECRET } from "../whole-way/captures.ts";
import { accountOf, buriedIds, countedLosses, lossesIn, uncounted } from "./account.ts";
import { type FaultPlan, NO_FAULTS, PLAN_KEY, planOf } from "./faulty.ts";
import { type FlakyProvider, MOODS, type Mood, PATIENCE_MS, startFlakyProvider } from "./flaky-provider.ts";

export interface Outcome {
  seed: number;
  plan: FaultPlan;
  /** Calls of which a client got a head with an id. */
  answered: number;
  stored: number;
  /** By reason: told by id, and counted. */
  lost: Record<string, number>;
  /** Neither of these: there must be none. */
  unaccounted: string[];
  /** Answers of the provider without an id; exchanges stored more than once, or that cannot be read; reasons counted too low: none. */
  wrong: string[];
}

const AT_ONCE = 20;
/** Of the connections by which this process reads what is stored: on a busy machine one breaks now and then. */
const BROKEN_OFF_MAX = 20;
const MINUTE_MS = 60_000;
/** By then the sweep takes up what was spilled and buried. */
const SWEEP_LATER_MS = 10 * MINUTE_MS;

export class FaultHarness {
  readonly #winnow: Winnow;
  readonly #provider: FlakyProvider;
  readonly #lines: string[];
  #brokenOff = 0;

  private constructor(running: { winnow: Winnow; provider: FlakyProvider; lines: string[] }) {
    this.#winnow = running.winnow;
    this.#provider = running.provider;
    this.#lines = running.lines;
  }

  static async start(): Promise<FaultHarness> {
    const provider = await startFlakyProvider();
    const lines: string[] = [];
    const winnow = await launch({
      batchTimeout: "deployed",
      secrets: { WINNOW_SECRET: SECRET },
      providers: { flaky: { baseUrl: provider.baseUrl, format: "openai" } },
      entries: {
        gateway: join(import.meta.dirname, "faulty-gateway.ts"),
        ingest: join(import.meta.dirname, "faulty-ingest.ts"),
      },
      log: (line) => lines.push(line),
    });
    return new FaultHarness({ winnow, provider, lines });
  }

  async stop(): Promise<void> {
    await this.#winnow.stop();
    this.#provider.close();
  }

  /** @param options.plan over that of the seed. @param options.quietMs nothing has moved for so long: it is not coming any more */
  async run(
    seed: number,
    options: { exchanges: number; plan?: Partial<FaultPlan>; quietMs?: number },
  ): Promise<Outcome> {
    const { exchanges, quietMs = MINUTE_MS } = options;
    const plan = { ...planOf(seed), ...options.plan };
    const before = await countedLosses(this.#winnow);
    this.#lines.length = 0;
    await this.#setPlan(plan);
    const seen = await this.#drive(plan, exchanges);
    await this.#setPlan(NO_FAULTS);
    return this.#account({ seed, plan, ...seen, before, quietMs });
  }

  async #setPlan(plan: FaultPlan): Promise<void> {
    await (await this.#winnow.bucket()).put(PLAN_KEY, JSON.stringify(plan));
  }

  async #drive(plan: FaultPlan, exchanges: number): Promise<{ ids: string[]; nameless: string[] }> {
    const random = seeded(plan.seed + 1);
    const moods = Array.from({ length: exchanges }, () => MOODS[Math.floor(random() * MOODS.length)] ?? "json");
    const ids: string[] = [];
    const nameless: string[] = [];
    const next = moods.entries();
    const one = async () => {
      for (const [at, mood] of next) {
        const { id, status } = await this.#call({ mood, plan });
        if (id !== undefined) ids.push(id);
        else if (status === 200) nameless.push(`call ${at} has no id`);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    return { ids, nameless };
  }

  async #call({ mood, plan }: { mood: Mood; plan: FaultPlan | null }): Promise<{ id?: string; status: number }> {
    const body = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "?" }] });
    const headers = { "x-winnow-key": KEY, "content-type": "application/json" };
    const planned: Record<string, string> = plan === null ? {} : { "x-fault-plan": JSON.stringify(plan) };
    const url = `${this.#winnow.url}/flaky/v1/chat/completions/${mood}`;
    const response = await fetch(url, { method: "POST", body, headers: { ...headers, ...planned } });
    const id = response.headers.get("x-winnow-id")?.split(".")[0];
    if (mood === "stall") setTimeout(() => void response.body?.cancel().catch(() => undefined), PATIENCE_MS);
    await response.text().catch(() => undefined); // an answer that is cut is an answer too
    return { ...(id !== undefined && { id }), status: response.status };
  }

  /** Looks until all is accounted for, or nothing has moved for some time. */
  async #account(of: {
    seed: number;
    plan: FaultPlan;
    ids: readonly string[];
    nameless: readonly string[];
    before: Record<string, number>;
    quietMs: number;
  }): Promise<Outcome> {
    const { seed, plan, ids, nameless, before, quietMs } = of;
    for (let last = "", movedAtMs = Date.now(); ; ) {
      // an isolate adds losses that D1 refused with its next call
      await this.#call({ mood: "json", plan: null });
      await this.#winnow.scheduled("ingest", undefined, new Date(Date.now() + SWEEP_LATER_MS));
      const looked = await this.#look(ids);
      if (looked === undefined) continue;
      const { stored, wrong, buried } = looked;
      const losses = lossesIn(this.#lines);
      const unaccounted = ids.filter((id) => !stored.has(id) && !losses.has(id));
      const uncountedNow = uncounted(losses, { before, now: await countedLosses(this.#winnow) });
      const lost = countBy(ids.filter((id) => !stored.has(id)).flatMap((id) => losses.get(id) ?? []));
      const outcome: Outcome = {
        ...{ seed, plan, answered: ids.length, stored: stored.size, lost, unaccounted },
        wrong: [...nameless, ...wrong, ...uncountedNow.map((reason) => `${reason} is counted too low`)],
      };
      if (unaccounted.length + outcome.wrong.length + buried.size === 0) return outcome;
      const now = JSON.stringify([stored.size, losses.size, buried.size, outcome.wrong]);
      if (now !== last) [last, movedAtMs] = [now, Date.now()];
      else if (Date.now() - movedAtMs > quietMs) return outcome;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  /** @returns undefined where the connection to the store broke off, which says nothing of what it holds */
  async #look(ids: readonly string[]) {
    try {
      return { ...(await accountOf(this.#winnow, ids)), buried: await buriedIds(this.#winnow) };
    } catch (error) {
      if (error instanceof TypeError && ++this.#brokenOff <= BROKEN_OFF_MAX) return undefined;
      throw error;
    }
  }
}

function countBy(reasons: readonly string[]): Record<string, number> {
  return Object.fromEntries([...Map.groupBy(reasons, (reason) => reason)].map(([reason, all]) => [reason, all.length]));
}

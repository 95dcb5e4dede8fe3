/**
 * Drives calls through the real Workers while their bindings and the provider fail as each seed plans, then lets everything heal, and
 * accounts for every call of which a client saw an answer with an id: stored once and readable, or buried, or counted as lost.
 *
 * Locally the queue is in memory: workerd's own end would take it along, which Cloudflare's does not. So a Worker is ended by throwing
 * in the middle of a batch, between any two operations; what was done until then stays done.
 */
import { join } from "node:path";
import { readExchanges } from "../../shared/store/exchanges.ts";
import { readLosses } from "../../shared/store/losses.ts";
import { readRecords } from "../../shared/store/segments.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { seeded } from "../unit/seeded.ts";
import { KEY, SECRET } from "../whole-way/captures.ts";
import { type FaultPlan, NO_FAULTS, PLAN_KEY, planOf } from "./faulty.ts";
import { type FlakyProvider, MOODS, startFlakyProvider } from "./flaky-provider.ts";

export interface Outcome {
  seed: number;
  plan: FaultPlan;
  /** Calls of which a client got a head with an id. */
  answered: number;
  stored: number;
  /** Of them counted as lost by the gateway. */
  lost: number;
  buried: number;
  /** Neither of these: there must be none. */
  unaccounted: string[];
  /** Stored more than once, or whose record cannot be read: there must be none. */
  wrong: string[];
}

const AT_ONCE = 20;
const MINUTE_MS = 60_000;
const HEALED_ROUNDS = 60;

export class FaultHarness {
  readonly #winnow: Winnow;
  readonly #provider: FlakyProvider;

  private constructor(winnow: Winnow, provider: FlakyProvider) {
    this.#winnow = winnow;
    this.#provider = provider;
  }

  static async start(): Promise<FaultHarness> {
    const provider = await startFlakyProvider();
    const winnow = await launch({
      secrets: { WINNOW_SECRET: SECRET },
      providers: { flaky: { baseUrl: provider.baseUrl, format: "openai" } },
      entries: {
        gateway: join(import.meta.dirname, "faulty-gateway.ts"),
        ingest: join(import.meta.dirname, "faulty-ingest.ts"),
      },
    });
    return new FaultHarness(winnow, provider);
  }

  async stop(): Promise<void> {
    await this.#winnow.stop();
    this.#provider.close();
  }

  async run(seed: number, exchanges: number): Promise<Outcome> {
    const plan = planOf(seed);
    const before = await this.#lostAndBuried();
    await this.#setPlan(plan);
    const ids = await this.#drive(plan, exchanges);
    await this.#setPlan(NO_FAULTS);
    await this.#call({ mood: "json", plan: null }); // an isolate adds losses that D1 refused with its next call
    return this.#account({ seed, plan, ids, before });
  }

  async #setPlan(plan: FaultPlan): Promise<void> {
    await (await this.#winnow.bucket()).put(PLAN_KEY, JSON.stringify(plan));
  }

  async #drive(plan: FaultPlan, exchanges: number): Promise<string[]> {
    const random = seeded(plan.seed + 1);
    const moods = Array.from({ length: exchanges }, () => MOODS[Math.floor(random() * MOODS.length)] ?? "json");
    const ids: string[] = [];
    const next = moods.entries();
    const one = async () => {
      for (const [, mood] of next) {
        const id = await this.#call({ mood, plan });
        if (id !== undefined) ids.push(id);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    return ids;
  }

  /** @returns the id, if the client saw one */
  async #call({ mood, plan }: { mood: string; plan: FaultPlan | null }): Promise<string | undefined> {
    const body = JSON.stringify({ model: "gpt-4o-mini", messages: [{ role: "user", content: "?" }] });
    const headers = { "x-winnow-key": KEY, "content-type": "application/json" };
    const planned: Record<string, string> = plan === null ? {} : { "x-fault-plan": JSON.stringify(plan) };
    const url = `${this.#winnow.url}/flaky/v1/chat/completions/${mood}`;
    const response = await fetch(url, { method: "POST", body, headers: { ...headers, ...planned } });
    const id = response.headers.get("x-winnow-id")?.split(".")[0];
    await response.text().catch(() => undefined); // an answer that is cut is an answer too
    return id;
  }

  async #lostAndBuried(): Promise<{ lost: number; buried: number }> {
    const d1 = await this.#winnow.db();
    const { capture_refused: refused = 0, capture_failed: failed = 0 } = await readLosses({ db: d1, sinceMs: 0 });
    const dead = await d1.prepare("select count(*) as total from dead_letters").first<{ total: number }>();
    return { lost: refused + failed, buried: dead?.total ?? 0 };
  }

  /** Looks until all is accounted for, or nothing has moved for some time. */
  async #account(of: {
    seed: number;
    plan: FaultPlan;
    ids: readonly string[];
    before: { lost: number; buried: number };
  }): Promise<Outcome> {
    const { seed, plan, ids, before } = of;
    for (let round = 0; ; round++) {
      await this.#winnow.scheduled("ingest", undefined, new Date(Date.now() + 2 * MINUTE_MS));
      const { stored, wrong } = await this.#lookAt(ids);
      const now = await this.#lostAndBuried();
      const [lost, buried] = [now.lost - before.lost, now.buried - before.buried];
      const missing = ids.filter((id) => !stored.has(id));
      const unaccounted = missing.slice(lost + buried);
      if ((unaccounted.length === 0 && wrong.length === 0) || round === HEALED_ROUNDS) {
        return { seed, plan, answered: ids.length, stored: stored.size, lost, buried, unaccounted, wrong };
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  async #lookAt(ids: readonly string[]): Promise<{ stored: Set<string>; wrong: string[] }> {
    const [d1, bucket] = [await this.#winnow.db(), await this.#winnow.bucket()];
    const rows = await readExchanges(d1, { app: "demo", ids: [...ids] });
    const stored = new Set(rows.map(({ id }) => id as string));
    const wrong = rows.length === stored.size ? [] : ["rows of one id"];
    for await (const { row, record } of readRecords(bucket, rows)) if (record?.id !== row.id) wrong.push(row.id);
    return { stored, wrong };
  }
}

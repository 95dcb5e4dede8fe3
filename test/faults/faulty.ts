/**
 * Bindings that fail as a plan says: an operation is refused, or done and then said to have failed (it will be done again), or comes
 * late, or never; or the Worker ends there, and none of its operations is done any more. What a run of one seed meets is drawn from that seed; in which order calls meet it is the machine's.
 */
import { seeded } from "../unit/seeded.ts";

export interface FaultPlan {
  seed: number;
  /** Shares of operations. */
  refused: number;
  doneAndRefused: number;
  late: number;
  /** It never answers. Of the gateway's operations alone: ingest's platform ends what hangs, and starts it again. */
  stalled: number;
  /** Of ingest's operations: the Worker ends there. */
  ended: number;
  /** A queue that says it has a message, and hasn't. No real one does: it shows that the account would tell. */
  dropped: number;
}

/** Where ingest finds its plan in R2. */
export const PLAN_KEY = "test/fault-plan";

export const NO_FAULTS: FaultPlan = {
  seed: 0,
  refused: 0,
  doneAndRefused: 0,
  late: 0,
  stalled: 0,
  ended: 0,
  dropped: 0,
};
/** A share of the plans has an outage: nearly all is refused for its time. In another share some of it stalls, which takes time. */
export function planOf(seed: number): FaultPlan {
  const random = seeded(seed);
  const outage = random() < 0.15;
  return {
    seed,
    refused: outage ? 0.9 : 0.3 * random(),
    doneAndRefused: outage ? 0.05 : 0.2 * random(),
    late: 0.3 * random(),
    stalled: random() < 0.15 ? 0.1 : 0,
    ended: 0.03 * random(),
    dropped: 0,
  };
}

const LATE_MS = 60;

export class Faults {
  readonly #random: () => number;
  readonly #plan: FaultPlan;
  #hasEnded = false;

  constructor(plan: FaultPlan, salt: number) {
    this.#plan = plan;
    this.#random = seeded(plan.seed * 7_919 + salt);
  }

  queue<Body>(queue: Queue<Body>): Queue<Body> {
    const drops = () => this.#random() < this.#plan.dropped;
    const lying = withMethods(queue, {
      send: (...args: Parameters<typeof queue.send>) => (drops() ? undefined : queue.send(...args)),
    });
    return this.#around(this.#plan.dropped > 0 ? lying : queue, ["send", "sendBatch"]);
  }

  bucket(bucket: R2Bucket): R2Bucket {
    return this.#around(bucket, ["put", "get", "head", "list", "delete"]);
  }

  database(d1: D1Database): D1Database {
    const statement = (real: D1PreparedStatement): D1PreparedStatement =>
      withMethods(this.#around(real, ["run", "all", "first", "raw"]), {
        bind: (...values: unknown[]) => statement(real.bind(...values)),
        [REAL]: real,
      });
    return withMethods(d1, {
      prepare: (sql: string) => statement(d1.prepare(sql)),
      batch: (statements: D1PreparedStatement[]) =>
        this.#meet(() => d1.batch(statements.map((one) => (one as unknown as { [REAL]: D1PreparedStatement })[REAL]))),
    });
  }

  /** A Worker that has ended acknowledges nothing and asks for nothing again: its batch as a whole has failed. */
  endIfPlanned(): void {
    if (this.#hasEnded || this.#random() < this.#plan.ended) throw new Error("ended, as was planned");
  }

  #around<T extends object>(binding: T, names: readonly (keyof T & string)[]): T {
    const methods = names.map((name) => [
      name,
      (...args: unknown[]) => this.#meet(() => (binding[name] as (...args: unknown[]) => Promise<unknown>)(...args)),
    ]);
    return withMethods(binding, Object.fromEntries(methods) as object);
  }

  async #meet<T>(operation: () => Promise<T>): Promise<T> {
    const { refused, doneAndRefused, late, stalled, ended } = this.#plan;
    this.#hasEnded ||= this.#random() < ended;
    if (this.#hasEnded) throw new Error("ended, as was planned");
    if (this.#random() < stalled) await new Promise(() => undefined);
    const drawn = this.#random();
    if (drawn < refused) throw new Error("refused, as was planned");
    if (drawn < refused + doneAndRefused) {
      await operation();
      throw new Error("done, and said to have failed, as was planned");
    }
    if (drawn < refused + doneAndRefused + late)
      await new Promise((resolve) => setTimeout(resolve, LATE_MS * this.#random()));
    return operation();
  }
}

const REAL = Symbol("the statement itself");

function withMethods<T extends object>(binding: T, methods: object): T {
  return new Proxy(binding, {
    get: (target, name) => {
      if (name in methods) return methods[name as keyof typeof methods];
      const value: unknown = Reflect.get(target, name);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

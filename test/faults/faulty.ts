/**
 * Bindings that fail as a plan says: an operation is refused, or done and then said to have failed (it will be done again), or comes
 * late. What a run of one seed meets is drawn from that seed; in which order calls meet it is the machine's.
 */
import { seeded } from "../unit/seeded.ts";

export interface FaultPlan {
  seed: number;
  /** Shares of operations. */
  refused: number;
  doneAndRefused: number;
  late: number;
}

/** Where ingest finds its plan in R2. */
export const PLAN_KEY = "test/fault-plan";

export const NO_FAULTS: FaultPlan = { seed: 0, refused: 0, doneAndRefused: 0, late: 0 };
/** A share of the plans has an outage: nearly all is refused for its time. */
export function planOf(seed: number): FaultPlan {
  const random = seeded(seed);
  const outage = random() < 0.15;
  return {
    seed,
    refused: outage ? 0.9 : 0.3 * random(),
    doneAndRefused: outage ? 0.05 : 0.2 * random(),
    late: 0.3 * random(),
  };
}

const LATE_MS = 60;

export class Faults {
  readonly #random: () => number;
  readonly #plan: FaultPlan;

  constructor(plan: FaultPlan, salt: number) {
    this.#plan = plan;
    this.#random = seeded(plan.seed * 7_919 + salt);
  }

  queue<Body>(queue: Queue<Body>): Queue<Body> {
    return this.#around(queue, ["send", "sendBatch"]);
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

  /** Throws as a whole Worker that is ended in the middle. */
  mayEnd(): void {
    if (this.#random() < this.#plan.refused / 4) throw new Error("ended, as was planned");
  }

  #around<T extends object>(binding: T, names: readonly (keyof T & string)[]): T {
    const methods = names.map((name) => [
      name,
      (...args: unknown[]) => this.#meet(() => (binding[name] as (...args: unknown[]) => Promise<unknown>)(...args)),
    ]);
    return withMethods(binding, Object.fromEntries(methods) as object);
  }

  async #meet<T>(operation: () => Promise<T>): Promise<T> {
    const { refused, doneAndRefused, late } = this.#plan;
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

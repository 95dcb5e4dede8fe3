/**
 * The curator with a night that can be killed: at its n-th operation on D1 or R2 it ends without a word, as when a machine
 * goes away, and is begun again with what its finished steps have left, as Workflows do.
 *
 *     POST {"params", "killAt"} → {"operations", "killed"}
 */
import type { RunParams } from "../../shared/core/run.ts";
import curator from "../../workers/curator/index.ts";
import { Night as RealNight } from "../../workers/curator/night.ts";

export { Deliver } from "../../workers/curator/deliver.ts";
export class Night extends RealNight {}

interface Order {
  id: string;
  timestampMs: number;
  params: RunParams;
  /** 0: never. */
  killAt: number;
}

class Killed extends Error {}

export default {
  ...curator,
  async fetch(request, env, ctx): Promise<Response> {
    const { id, timestampMs, params, killAt } = (await request.json()) as Order;
    const count = { operations: 0, killAt };
    const event = { instanceId: id, timestamp: new Date(timestampMs), payload: params, workflowName: "night" };
    const done = new Map<string, unknown>();
    const life = (own: typeof count) =>
      new RealNight(ctx, { ...env, DB: counted(env.DB, own), STORE: counted(env.STORE, own) } as CuratorEnv).run(
        event as never,
        stepsThat(done, own) as never,
      );
    try {
      await life(count);
    } catch (error) {
      if (!isDead(count)) throw error;
      await life({ operations: 0, killAt: 0 });
    }
    return Response.json({ operations: count.operations, killed: isDead(count) });
  },
} satisfies ExportedHandler<CuratorEnv>;

function isDead({ operations, killAt }: { operations: number; killAt: number }): boolean {
  return killAt > 0 && operations >= killAt;
}

/** A step that was finished is not done again; once killed, nothing is. */
function stepsThat(done: Map<string, unknown>, count: { operations: number; killAt: number }) {
  return {
    async do(name: string, _config: object, work: () => Promise<unknown>): Promise<unknown> {
      if (isDead(count)) throw new Killed();
      if (!done.has(name)) {
        const result = await work();
        if (isDead(count)) throw new Killed(); // what it answered never arrived
        done.set(name, JSON.parse(JSON.stringify(result ?? null)));
      }
      return done.get(name);
    },
  };
}

/** Every method of a binding, and of what it gives, is an operation once it is async; all after the last one fail. */
function counted<T extends object>(target: T, count: { operations: number; killAt: number }): T {
  return new Proxy(target, {
    get(_target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...given: unknown[]) => {
        const plain = given.map(plainOf);
        const result: unknown = value.apply(target, plain);
        if (result instanceof Promise) {
          count.operations++;
          if (isDead(count) && count.operations > count.killAt) return Promise.reject(new Killed());
          // the one that it dies at is done, and nobody hears of it
          return isDead(count) ? result.then(() => Promise.reject(new Killed())) : result;
        }
        return typeof result === "object" && result !== null ? wrapped(result, count) : result;
      };
    },
  });
}

const PLAIN = Symbol("what a proxy stands for");

function wrapped(target: object, count: { operations: number; killAt: number }): object {
  const proxy = counted(target, count);
  return new Proxy(proxy, { get: (of, name) => (name === PLAIN ? target : Reflect.get(of, name)) });
}

/** D1's batch takes statements, which have to be the real ones. */
function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== "object" || value === null) return value;
  return (value as { [PLAIN]?: unknown })[PLAIN] ?? value;
}

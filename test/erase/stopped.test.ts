/** An erasure that stops at an operation of D1 or R2 goes on, with the same end. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeUuidV7 } from "../../shared/core/ids.ts";
import { Sealer } from "../../shared/core/seal.ts";
import { type Erasure, nextErasure } from "../../shared/store/erasures.ts";
import { type ErasureStores, runErasurePart } from "../../shared/store/run-erasure.ts";
import { startUserErasure } from "../../shared/store/start-erasure.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { everythingOf } from "../gateway/stored.ts";
import { callOf, dayBefore, live, UP } from "../night/nights.ts";
import { api, detailOf, idOf, SECRET } from "../whole-way/captures.ts";

const DAY = dayBefore(30);

let winnow: Winnow;

beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  const body = JSON.stringify({ userIds: "plain" });
  expect((await api(winnow, "/v1/settings", { method: "PUT", body })).status).toBe(200);
});
afterAll(() => winnow?.stop());

/** Lets so many operations through, and fails from then on. */
function failingAfter(stores: ErasureStores, operations: number): ErasureStores {
  let left = operations;
  const watch = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(of, name) {
        const value = Reflect.get(of, name) as unknown;
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          if (left-- <= 0) throw new Error("stopped here");
          return Reflect.apply(value, of, args) as unknown;
        };
      },
    });
  return { ...stores, d1: watch(stores.d1), bucket: watch(stores.bucket) };
}

async function runToEnd(stores: ErasureStores, erasure: Erasure): Promise<Erasure> {
  let now = erasure;
  while (now.doneAtMs === null) now = await runErasurePart(stores, now, Date.now());
  return now;
}

/** More than an erasure of one exchange has. */
const OPERATIONS_MAX = 80;
/** Every third operation: two minutes for all of them would be much. */
const STRIDE = 3;

function callsOf(operations: number) {
  return [`user-${operations}`, "somebody"].map((user, at) =>
    callOf({
      task: "stopped",
      dayMs: DAY,
      at: 10 * operations + at,
      said: [{ ...UP, actor: user }],
      answer: at === 0 ? `warbler${operations}x` : `robin ${operations}`,
      header: { task: "stopped", user },
    }),
  );
}

test("wherever it is stopped", async () => {
  const stores: ErasureStores = { d1: await winnow.db(), bucket: await winnow.bucket(), sealer: new Sealer(SECRET) };
  const all = Array.from({ length: Math.ceil(OPERATIONS_MAX / STRIDE) }, (_, at) => callsOf(at * STRIDE));
  await live(winnow, all.flat());
  let operations = 0;
  for (const stopped = { is: true }; stopped.is; operations += STRIDE) {
    expect(operations).toBeLessThan(OPERATIONS_MAX);
    const id = makeUuidV7(Date.now(), new Uint8Array(10).fill(operations + 1));
    const of = { d1: stores.d1, id, app: "demo", nowMs: Date.now() };
    const user = `user-${operations}`;
    const erasure = await startUserErasure({ ...of, names: [user], subject: `hash of ${operations}` });
    stopped.is = await runToEnd(failingAfter(stores, operations), erasure).then(
      () => false,
      () => true,
    );
    const open = await nextErasure(stores.d1);
    if (open !== undefined) await runToEnd(stores, open);
  }
  expect(operations).toBeGreaterThan(8);
  const stored = [...(await everythingOf(winnow))].map(([, bytes]) => bytes);
  for (let erased = 0; erased < operations; erased += STRIDE) {
    expect([erased, stored.some((bytes) => bytes.includes(`warbler${erased}x`))]).toEqual([erased, false]);
  }
  for (const [, others] of all) {
    if (others !== undefined)
      expect(await detailOf(winnow, idOf(others))).toMatchObject({ feedback: [{ kind: "thumb" }] });
  }
});

/**
 * How much later the first byte of the body comes through the gateway than through a bare pass-through: single calls to
 * each in turn, nothing else under way. The pass-through and its double tell how much of a difference is noise.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { Setup, Target } from "./gateway-setup.ts";
import { Caller, type Kind } from "./load.ts";

/** Milliseconds from the call to the first byte. */
export type FirstBytes = Record<"floor" | "gateway" | "floorAgain", number[]>;

const WARM_UP_ROUNDS = 20;
/** Between calls: what the last one left to do (its capture) is done by then. */
const PAUSE_MS = 1;

export async function measureFirstBytes(options: {
  setup: Setup;
  key: string;
  kind: Kind;
  rounds: number;
}): Promise<FirstBytes> {
  const { setup, key, kind, rounds } = options;
  const caller = new Caller({ key, parallel: 1 });
  const result: FirstBytes = { floor: [], gateway: [], floorAgain: [] };
  const targets: [keyof FirstBytes, Target][] = [
    ["floor", setup.floor],
    ["gateway", setup.gateway],
    ["floorAgain", setup.floorAgain],
  ];
  try {
    for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
      for (const [name, target] of targets) {
        await wait(PAUSE_MS);
        const { firstByteMs } = await caller.call(target.url, kind);
        if (round >= WARM_UP_ROUNDS) result[name].push(firstByteMs);
      }
      targets.push(...targets.splice(0, 1)); // each is first, second and third equally often
    }
    return result;
  } finally {
    caller.close();
  }
}

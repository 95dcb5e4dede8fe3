/**
 * One preference of two verdicts, asked in both orders: a judge that changes its mind with the order has none (Zheng et al.
 * 2023, arXiv 2306.05685).
 */
import type { Winner } from "./reply.ts";

export type Preferred = "first" | "second" | "tie";

export interface Preference {
  preferred: Preferred;
  /** Said the same in both orders. */
  consistent: boolean;
  /** The place that won in both orders, where one did: what a flip was about. */
  placeWon: "A" | "B" | null;
}

/** @param asked.forward with `first` shown as A; @param asked.backward with `first` shown as B */
export function combineOrders(asked: { forward: Winner; backward: Winner }): Preference {
  const forward = preferredBy(asked.forward, "A");
  const backward = preferredBy(asked.backward, "B");
  if (forward === backward) return { preferred: forward, consistent: true, placeWon: null };
  const samePlace = asked.forward === asked.backward && asked.forward !== "tie" ? asked.forward : null;
  return { preferred: "tie", consistent: false, placeWon: samePlace };
}

function preferredBy(winner: Winner, placeOfFirst: "A" | "B"): Preferred {
  if (winner === "tie") return "tie";
  return winner === placeOfFirst ? "first" : "second";
}

/**
 * Evaluation or training: decided for a whole group (a conversation) by its hash alone, for ever. No seed, no
 * setting and no night changes it.
 */
import { uniform } from "../core/hash.ts";

export type Side = "train" | "eval";

/** Share of groups kept for evaluation. Changing it would move groups, so it is a constant and not a setting. */
export const EVAL_SHARE = 0.1;

export function sideOf(options: { app: string; group: string }): Side {
  return uniform("winnow.side.1", options.app, options.group) < EVAL_SHARE ? "eval" : "train";
}

/** Both answers of a preference pair, in a format's own form; a pair that comes out equal there teaches nothing. */
import type { PreferenceExample } from "../core/example.ts";
import type { Message } from "../core/exchange.ts";
import { type Reading, readAs, stopAt } from "./leave-out.ts";

export function readPair<Answer>(
  example: PreferenceExample,
  writeAnswer: (message: Message, where: string) => Reading<Answer>,
): Reading<{ chosen: Answer; rejected: Answer }> {
  const chosen = writeAnswer(example.chosen, "chosen");
  if (!chosen.ok) return chosen;
  const rejected = writeAnswer(example.rejected, "rejected");
  if (!rejected.ok) return rejected;
  if (JSON.stringify(chosen.value) === JSON.stringify(rejected.value)) return stopAt("rejected", "pair_identical");
  return readAs({ chosen: chosen.value, rejected: rejected.value });
}

/** What the numbers cannot tell, said beside them. */
import { number } from "./describe.ts";
import type { Findings } from "./findings.ts";

/** Below this share of priced calls, their mean may not be that of all. */
const PRICED_SHARE_MIN = 0.9;

export function cautionsOf({ facts, cheaper, goodRate }: Findings): string[] {
  const { calls, labels, cost, failures } = facts;
  const cautions: string[] = [];
  if (facts.readShare < 1)
    cautions.push(`of each hour's calls ${number(100 * facts.readShare)}% were read: numbers of calls are estimates`);
  if (facts.labelsCut) cautions.push("more was said than is read at once: the newest was counted");
  if (calls > 0) {
    const share = number((100 * labels.labelled) / calls);
    cautions.push(
      `${share}% of calls were spoken of, by those who cared to: the good rate is theirs, not that of all calls`,
    );
  }
  const words = labels.bad + labels.corrected;
  if (failures.read < words) cautions.push(`of ${words} failures the words of the newest ${failures.read} were read`);
  if (calls > 0 && cost.pricedCalls < PRICED_SHARE_MIN * calls) {
    cautions.push(`${cost.pricedCalls} of ${calls} calls have a known price`);
  }
  if (cheaper !== null) {
    cautions.push(
      `${cheaper.model.model} and ${cheaper.main.model} were not given the same calls by lot: compare them so before you change`,
    );
  }
  if (goodRate.share !== null && labels.good === 0)
    cautions.push("nobody has called an answer good: do people have a way to?");
  return cautions;
}

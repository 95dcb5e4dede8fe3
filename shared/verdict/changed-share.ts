/**
 * How much of an answer a correction changed, in [0, 1]: one minus the Sørensen–Dice similarity of their word pairs, counted
 * as often as they occur. Linear in their lengths, and blind to where in the text something stands.
 */

/** Of a longer text the rest is not looked at. */
const WORDS_MAX = 5_000;

export function changedShare(answer: string, correction: string): number {
  const [before, after] = [wordPairs(answer), wordPairs(correction)];
  const total = sizeOf(before) + sizeOf(after);
  if (total === 0) return answer === correction ? 0 : 1;
  let shared = 0;
  for (const [pair, count] of before) shared += Math.min(count, after.get(pair) ?? 0);
  return 1 - (2 * shared) / total;
}

function wordPairs(text: string): Map<string, number> {
  const words = [
    "",
    ...text
      .toLowerCase()
      .split(/\s+/, WORDS_MAX)
      .filter((word) => word !== ""),
    "",
  ];
  const pairs = new Map<string, number>();
  for (let at = 1; words.length > 2 && at < words.length; at++) {
    const pair = `${words[at - 1]} ${words[at]}`;
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return pairs;
}

function sizeOf(pairs: ReadonlyMap<string, number>): number {
  return [...pairs.values()].reduce((sum, count) => sum + count, 0);
}

/** How much of what was selected is truly right, where the truth is known: beside the plain thumbs-up, the peer to beat. */
import { type DemoExchange, lastQuestion } from "./demo-conversations.ts";

/** One line of sft.openai.jsonl, with what its provenance says of it. */
export interface SftRow {
  messages: { role: string; content?: unknown }[];
  because: string;
}

interface Share {
  what: string;
  right: number;
  of: number;
}

export function printPrecision(options: { sent: readonly DemoExchange[]; sft: readonly SftRow[] }): void {
  const { sft } = options;
  const known = options.sent.filter((one) => one.truth !== undefined);
  const rightTexts = new Set(known.flatMap(textsThatAreRight));
  const rowIsRight = (row: SftRow) => rightTexts.has(keyOf(row, row.messages.at(-1)?.content));
  const isRight = (one: DemoExchange) => one.truth?.correct === true;
  const thumbed = known.filter((one) => one.feedback.some(({ kind, value }) => kind === "thumb" && value === "up"));
  const plain = shareOf("answers with a thumb up", thumbed, isRight);
  const selected = shareOf("rows selected for SFT", sft, rowIsRight);
  const reasons = [...Map.groupBy(sft, (row) => row.because)];
  console.log("\ntruly right, by the data's own answers (in brackets the 95% interval)");
  print(shareOf("all answers (base rate)", known, isRight));
  print(plain);
  print(selected);
  for (const [because, rows] of reasons) print(shareOf(`  because of a ${because}`, rows, rowIsRight));
  console.log(`  ${compare(selected, plain)}`);
}

function shareOf<T>(what: string, list: readonly T[], isRight: (one: T) => boolean): Share {
  return { what, right: list.filter(isRight).length, of: list.length };
}

/** Right answers to the same question, those that users could write included. */
function textsThatAreRight(one: DemoExchange): string[] {
  const { correct, rightText } = one.truth ?? {};
  const texts = [correct === true ? one.answer : undefined, rightText];
  return texts.filter((text) => text !== undefined).map((text) => keyOf(one, text));
}

function keyOf(asked: Parameters<typeof lastQuestion>[0], text: unknown): string {
  return `${lastQuestion(asked)}\n${String(text)}`;
}

function print(share: Share): void {
  const { low, high } = wilson(share);
  const rate = share.of === 0 ? "–" : percent(share.right / share.of);
  const interval = share.of === 0 ? "" : `[${percent(low)} to ${percent(high)}]`;
  console.log(`  ${share.what.padEnd(26)} ${rate.padStart(6)}  ${interval.padEnd(17)} ${share.right} of ${share.of}`);
}

function compare(selected: Share, plain: Share): string {
  if (selected.of === 0 || plain.of === 0) return "too little to compare";
  const points = 100 * (selected.right / selected.of - plain.right / plain.of);
  const apart = wilson(selected).low > wilson(plain).high || wilson(selected).high < wilson(plain).low;
  const verdict = apart ? "the intervals are apart" : "the intervals overlap: this run cannot tell the two apart";
  return `selected minus thumb up: ${points < 0 ? "" : "+"}${points.toFixed(1)} points; ${verdict}`;
}

/** The score interval for a proportion (Wilson 1927), 95%: holds for small counts too. */
function wilson({ right, of }: Share): { low: number; high: number } {
  const z = 1.96;
  const rate = right / of;
  const middle = rate + (z * z) / (2 * of);
  const half = z * Math.sqrt((rate * (1 - rate)) / of + (z * z) / (4 * of * of));
  const scale = 1 + (z * z) / of;
  return { low: (middle - half) / scale, high: (middle + half) / scale };
}

function percent(rate: number): string {
  return `${(100 * rate).toFixed(1)}%`;
}

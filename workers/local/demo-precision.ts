/** How much of what was selected is truly right, where the truth is known: beside the plain thumbs-up, the peer to beat. */
import type { DemoData, DemoExchange } from "./demo-conversations.ts";

export function printPrecision(options: { data: DemoData; sft: string; sent: readonly DemoExchange[] }): void {
  const { data, sft, sent } = options;
  const rows = sft.split("\n").filter((line) => line !== "");
  const targets = rows.map((line) => {
    const { messages } = JSON.parse(line) as { messages: { content: string }[] };
    return messages.at(-1)?.content ?? "";
  });
  const up = sent.filter((one) => one.feedback.some((piece) => piece.kind === "thumb" && piece.value === "up"));
  console.log("\ntruly right, by the data's own answers");
  print(
    "all answers",
    sent.map((one) => one.correct === true),
  );
  print(
    "plain thumbs-up",
    up.map((one) => one.correct === true),
  );
  print(
    "rows selected for SFT",
    targets.map((text) => data.rightTexts.has(text)),
  );
}

function print(what: string, right: readonly boolean[]): void {
  const count = right.filter(Boolean).length;
  const share = right.length === 0 ? "–" : `${((100 * count) / right.length).toFixed(1)}%`;
  console.log(`  ${what.padEnd(22)} ${share.padStart(6)}  (${count} of ${right.length})`);
}

/** What share of real answers each check rejects: `node test/bench-check/bench-check.ts <folder of data>`, `--show` prints them. */
import { existsSync, readFileSync } from "node:fs";
import { CHECKS } from "../../shared/check/check-names.ts";
import { failedCheck } from "../../shared/check/checks.ts";
import type { Message } from "../../shared/core/exchange.ts";
import type { Json } from "../../shared/core/json.ts";

interface Given {
  prompt: Message[];
  answer: Message;
  tools: Json;
}

const folder = process.argv[2] ?? "../shared/data";
const RECORD = { status: 200, outcome: "complete", finishReason: "stop", flags: [], request: null } as const;

function rowsOf<T>(name: string): T[] {
  const path = `${folder}/${name}.jsonl`;
  if (!existsSync(path)) {
    console.log(`${path} is not there; give the folder of data as first argument`);
    return [];
  }
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);
}

const DATA: Record<string, () => Given[]> = {
  openassistant: () =>
    rowsOf<{ messages: Message[]; response: string }>("openassistant").map(({ messages, response }) => ({
      prompt: messages,
      answer: { role: "assistant", content: response },
      tools: null,
    })),
  gsm8k: () =>
    rowsOf<{ prompt: string; answers: { text: string }[] }>("gsm8k").flatMap(({ prompt, answers }) =>
      answers.map(({ text }) => ({
        prompt: [{ role: "user", content: prompt }],
        answer: { role: "assistant", content: text },
        tools: null,
      })),
    ),
  "tau-airline": () =>
    rowsOf<{ messages: Message[]; tools?: Json }>("tau-airline").flatMap(({ messages, tools = null }) =>
      messages.flatMap((answer, at) =>
        answer.role === "assistant" ? [{ prompt: messages.slice(0, at), answer, tools }] : [],
      ),
    ),
};

for (const [name, read] of Object.entries(DATA)) {
  const rows = read();
  const counts = new Map<string, number>();
  for (const { prompt, answer, tools } of rows) {
    const failed = failedCheck({ record: { ...RECORD, flags: [] }, prompt, tools, answer }, {});
    if (failed === undefined) continue;
    counts.set(failed.name, (counts.get(failed.name) ?? 0) + 1);
    if (process.argv.includes("--show")) console.log(name, failed, JSON.stringify(answer).slice(0, 1_500));
  }
  const told = CHECKS.filter((check) => counts.has(check)).map((check) => `${counts.get(check)} ${check}`);
  console.log(`${name}: of ${rows.length} answers ${told.join(", ") || "none"} rejected`);
}

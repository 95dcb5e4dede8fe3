/** What share of real answers each check rejects: `node test/bench-check/bench-check.ts <folder of data>`, `--show` prints them. */
import { existsSync, readFileSync } from "node:fs";
import { CHECKS } from "../../shared/check/check-names.ts";
import { type Checked, failedCheck } from "../../shared/check/checks.ts";
import type { Message } from "../../shared/core/exchange.ts";
import type { Json } from "../../shared/core/json.ts";
import type { ProviderFormat } from "../../shared/core/providers.ts";
import { conversationOf } from "../../shared/parse/messages-of.ts";
import { parseCapture } from "../../shared/parse/parse-capture.ts";
import { RECORD } from "../check/finding-of.ts";
import { captureOf } from "../parse/capture-of.ts";

type Given = Pick<Checked, "answer" | "tools"> & { prompt: Message[]; record?: Checked["record"] };

const folder = process.argv[2] ?? "../shared/data";
interface Recorded {
  host: string;
  path: string;
  request: Json;
  status: number;
  contentType: string;
  body: string;
}

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
  traffic: () => rowsOf<Recorded>("traffic").flatMap(readRecorded),
};

function readRecorded({ host, path, request, status, contentType, body }: Recorded): Given[] {
  const format: ProviderFormat = host.includes("anthropic")
    ? "anthropic"
    : host.includes("google")
      ? "google"
      : "openai";
  const header = { format, path, status, responseType: contentType };
  const { response, finishReason, flags } = parseCapture(captureOf({ request, response: body, header }));
  const conversation = conversationOf({ format, path, request, response });
  if (conversation === undefined || conversation.messages.length === 0) return [];
  const { messages, tools, answer } = conversation;
  const record = { ...RECORD, status, finishReason, flags, request, response };
  return [{ prompt: messages, tools, answer: answer ?? undefined, record }];
}

for (const [name, read] of Object.entries(DATA)) {
  const rows = read();
  const counts = new Map<string, number>();
  for (const { prompt, answer, tools, record = { ...RECORD, flags: [] } } of rows) {
    const failed = failedCheck({ record, prompt, tools, answer }, {});
    if (failed === undefined) continue;
    counts.set(failed.name, (counts.get(failed.name) ?? 0) + 1);
    if (process.argv.includes("--show")) console.log(name, failed, JSON.stringify(answer).slice(0, 1_500));
  }
  const told = CHECKS.filter((check) => counts.has(check)).map((check) => `${counts.get(check)} ${check}`);
  console.log(`${name}: of ${rows.length} answers ${told.join(", ") || "none"} rejected`);
}

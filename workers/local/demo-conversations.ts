/**
 * What the demo sends: conversations with the answers that the stand-in will give, and what was said of them. Read from
 * a JSONL file here; the demo's own are in demo-desk.ts, votes on answers of known truth in demo-votes.ts.
 */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import type { Message } from "../../shared/core/exchange.ts";
import { SettingError } from "./local-settings.ts";

/** One event of API.md, without the exchange's id. */
export interface DemoFeedback {
  kind: string;
  value?: unknown;
  text?: string | undefined;
  actor?: string | undefined;
}

export interface DemoExchange {
  model: string;
  messages: Message[];
  /** What the stand-in will answer; undefined: what it thinks of itself. */
  answer: string | undefined;
  user: string | undefined;
  feedback: DemoFeedback[];
  /** undefined where nobody knows. */
  truth: Truth | undefined;
}

export interface Truth {
  /** Is the answer right? */
  correct: boolean;
  /** What a user could write instead. */
  rightText: string | undefined;
  wrongText: string | undefined;
}

export const SHAPES = `a line of JSON for each conversation, in one of two forms (fields with ? may be left out):

  {"prompt": "…", "groundTruth"?: "…", "answers": [{"model": "…", "text": "…", "correct"?: true}]}
  {"messages": [{"role": "user", "content": "…"}, …], "response"?: "…", "model"?: "…", "user"?: "…", "correct"?: true,
   "thumbsUp"?: 2, "thumbsDown"?: 0, "feedback"?: [{"kind": "thumb", "value": "up", "actor"?: "…"}]}

Without "response" the last assistant message with text is the answer. Where "correct" is known and there is no feedback,
votes are simulated; everything else is sent as it stands.`;

const answerSchema = z.object({ model: z.string().min(1), text: z.string(), correct: z.boolean().optional() });
const promptSchema = z.object({
  prompt: z.string(),
  groundTruth: z.string().optional(),
  answers: z.array(answerSchema).min(1),
});
const voteCount = z.int().min(0).max(100).optional();
const messagesSchema = z.object({
  messages: z.array(z.looseObject({ role: z.string() })).min(1),
  response: z.string().optional(),
  model: z.string().min(1).optional(),
  user: z.string().min(1).optional(),
  correct: z.boolean().optional(),
  thumbsUp: voteCount,
  thumbsDown: voteCount,
  feedback: z
    .array(
      z.looseObject({
        kind: z.string(),
        value: z.unknown().optional(),
        text: z.string().optional(),
        actor: z.string().optional(),
      }),
    )
    .optional(),
});

/** @throws SettingError that names file and line, and says what is wanted */
export async function readConversations(file: string): Promise<DemoExchange[]> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new SettingError(`--data ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const exchanges: DemoExchange[] = [];
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const read = readLine(line, at + 1);
    if (typeof read === "string") throw new SettingError(`${file}, line ${at + 1}: ${read}. Wanted is ${SHAPES}`);
    exchanges.push(...read);
  }
  if (exchanges.length === 0) throw new SettingError(`${file} is empty. Wanted is ${SHAPES}`);
  nameModelsApart(exchanges);
  return exchanges;
}

/** @returns what is wrong, in words, if something is */
function readLine(line: string, number: number): DemoExchange[] | string {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return "it is not JSON";
  }
  if (typeof json !== "object" || json === null) return "it is not an object";
  if ("messages" in json) {
    const said = messagesSchema.safeParse(json);
    return said.success ? fromMessages(said.data, number) : issueOf(said.error);
  }
  if (!("prompt" in json)) return 'it has neither "prompt" nor "messages"';
  const asked = promptSchema.safeParse(json);
  return asked.success ? fromAnswers(asked.data) : issueOf(asked.error);
}

function issueOf(error: z.ZodError): string {
  const [issue] = error.issues;
  return `"${issue?.path.join(".")}": ${issue?.message}`;
}

function fromAnswers(line: z.infer<typeof promptSchema>): DemoExchange[] {
  const wrongText = line.answers.find((other) => other.correct === false)?.text;
  const rightText = line.groundTruth ?? line.answers.find((other) => other.correct === true)?.text;
  return line.answers.map(({ model, text, correct }) => ({
    model,
    messages: [{ role: "user", content: line.prompt }],
    answer: text,
    user: undefined,
    feedback: [],
    truth: correct === undefined ? undefined : { correct, rightText, wrongText },
  }));
}

/** Counts name nobody: of each line other people, as one who always says the same would be believed in nothing. */
function fromMessages(line: z.infer<typeof messagesSchema>, number: number): DemoExchange[] | string {
  const { model = "recorded", user, correct } = line;
  const { messages, answer } = askedAndAnswered(line.messages as Message[], line.response);
  if (messages.length === 0) return '"messages" has nothing before the answer';
  const truth = correct === undefined ? undefined : { correct, rightText: undefined, wrongText: undefined };
  const thumb = (value: "up" | "down", count = 0) =>
    Array.from({ length: count }, (_, index) => ({
      kind: "thumb",
      value,
      actor: `line-${number}-${value}-${index + 1}`,
    }));
  const feedback = [...(line.feedback ?? []), ...thumb("up", line.thumbsUp), ...thumb("down", line.thumbsDown)];
  return [{ model, messages, answer, user, feedback, truth }];
}

function askedAndAnswered(messages: Message[], response: string | undefined) {
  if (response !== undefined) return { messages, answer: response };
  const at = messages.findLastIndex(({ role, content }) => role === "assistant" && typeof content === "string");
  if (at === -1) return { messages, answer: undefined };
  return { messages: messages.slice(0, at), answer: messages[at]?.content as string };
}

/** The stand-in is taught by model and question: where two answers share both, the model's name gets a number. */
function nameModelsApart(exchanges: readonly DemoExchange[]): void {
  const taught = new Map<string, string | undefined>();
  for (const exchange of exchanges) {
    const { model, answer } = exchange;
    const question = lastQuestion(exchange);
    for (let number = 2; ; number++) {
      const key = `${exchange.model}\n${question}`;
      if (!taught.has(key) || taught.get(key) === answer) {
        taught.set(key, answer);
        break;
      }
      exchange.model = `${model}-${number}`;
    }
  }
}

/** The text that the stand-in goes by. */
export function lastQuestion({ messages }: { messages: readonly { role: string; content?: unknown }[] }): string {
  const content = messages.findLast((message) => message.role === "user")?.content;
  return typeof content === "string" ? content : JSON.stringify(content ?? "");
}

/**
 * An eval set as a team registers it: JSONL in the forms in which such sets are kept. Other fields are passed over, and so are
 * system prompts: they are the template, not the question.
 *
 *     {"messages": [{"role", "content"}, …]}      OpenAI; the answer is the assistant's message at the end, if there is one
 *     {"prompt", "completion"}                    texts, or lists of messages
 *     {"question", "answer"}   {"input", "output"}   {"instruction", "output"}
 *     {"text"}
 */
import { isObject, type Json, type JsonObject, parseJson } from "../core/json.ts";
import { EVAL_SET_ROWS_MAX } from "../core/limits.ts";

export interface EvalRow {
  /** From 1, as editors count. */
  line: number;
  question: string;
  /** "" where there is none. */
  answer: string;
}

/** One mistake in every line is told often enough by these. */
const ERRORS_MAX = 20;

export type EvalSetReading = { ok: true; rows: EvalRow[] } | { ok: false; errors: string[] };

/** All of it, or what is wrong with it: a set that is half registered would let the other half through. */
export function readEvalSet(jsonl: string): EvalSetReading {
  const rows: EvalRow[] = [];
  const errors: string[] = [];
  for (const [at, text] of jsonl
    .replace(/^\uFEFF/, "")
    .split("\n")
    .entries()) {
    if (text.trim() === "") continue;
    const row = readLine(text, at + 1);
    if (typeof row === "string") errors.push(`line ${at + 1}: ${row}`);
    else rows.push(row);
    if (errors.length === ERRORS_MAX) break;
  }
  if (rows.length > EVAL_SET_ROWS_MAX) {
    errors.push(`the set has over ${EVAL_SET_ROWS_MAX} rows; register it in several parts`);
  }
  if (rows.length + errors.length === 0) errors.push("the set has no rows; send one JSON object a line");
  return errors.length > 0 ? { ok: false, errors } : { ok: true, rows };
}

const FIELDS = [
  ["prompt", "completion"],
  ["question", "answer"],
  ["input", "output"],
  ["instruction", "output"],
  ["text", ""],
] as const;

function readLine(text: string, line: number): EvalRow | string {
  const row = parseJson(text);
  if (!isObject(row)) return 'not a JSON object; wrap it, as in {"text":"…"}';
  const read = row.messages === undefined ? readFields(row) : readMessages(row.messages);
  if (typeof read === "string") return read;
  const isEmpty = read.question.trim() === "" && read.answer.trim() === "";
  return isEmpty ? "holds no text; take the line out, or fill it" : { line, ...read };
}

type Texts = Omit<EvalRow, "line">;

function readFields(row: JsonObject): Texts | string {
  const fields = FIELDS.find(([name]) => row[name] !== undefined);
  if (fields === undefined) return "has none of messages, prompt, question, input, instruction, text; rename its field";
  const [question, answer] = fields.map((name) => textOf(row[name] ?? ""));
  if (question === undefined) return `${fields[0]} is neither a text nor a list of messages; send a JSON string`;
  if (answer === undefined) return `${fields[1]} is neither a text nor a list of messages; send a JSON string`;
  return { question, answer };
}

function readMessages(messages: Json): Texts | string {
  if (!Array.isArray(messages)) return "messages is not a list; send a list of {role, content}";
  const last = messages.at(-1);
  const isAnswered = isObject(last) && last.role === "assistant";
  const question = textOf(isAnswered ? messages.slice(0, -1) : messages);
  const answer = textOf(isAnswered ? [last] : []);
  if (question !== undefined && answer !== undefined) return { question, answer };
  const wrong = messages.findIndex((message) => messageText(message) === undefined);
  return `messages[${wrong}] is not a message; send {role, content} with texts`;
}

/** Of a text, a number, or a list of messages. */
function textOf(value: Json): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (!Array.isArray(value)) return undefined;
  const texts = value.map(messageText);
  return texts.includes(undefined) ? undefined : texts.filter((text) => text !== "").join("\n");
}

/** "" for what is passed over, undefined for what is no message. */
function messageText(message: Json): string | undefined {
  if (!isObject(message) || typeof message.role !== "string") return undefined;
  if (message.role === "system" || message.role === "developer") return "";
  const { content = null } = message;
  if (content === null) return "";
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return undefined;
  return content.map((part) => (isObject(part) && typeof part.text === "string" ? part.text : "")).join("\n");
}

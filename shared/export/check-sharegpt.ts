/** Strict checks of ShareGPT files: LLaMA-Factory's keys, its order of turns, and JSON where it parses JSON. */
import * as z from "zod";
import { isObject, type Json, parseJson } from "../core/json.ts";
import { checkWith } from "./check-row.ts";
import type { RowProblem } from "./format.ts";
import { holdsLoneSurrogate } from "./line.ts";

const turn = z.strictObject({ from: z.enum(["human", "observation", "gpt", "function_call"]), value: z.string() });
const turns = z.array(turn).min(1);
const answer = turn.extend({ from: z.enum(["gpt", "function_call"]) });
const head = { system: z.string(), tools: z.string() };

type SharegptTurn = z.infer<typeof turn>;

const completionRow = z.strictObject({ conversations: turns, ...head });
const preferenceRow = z.strictObject({ conversations: turns, chosen: answer, rejected: answer, ...head });
const ktoRow = z.strictObject({ conversations: turns, label: z.boolean(), ...head });

export const checkSharegptCompletion = checkWith(completionRow, (row) => checkConversation(row, { odd: false }));

export const checkSharegptPreference = checkWith(preferenceRow, (row) => {
  const problems = [
    ...checkConversation(row, { odd: true }),
    ...checkAnswer(row.chosen, "chosen"),
    ...checkAnswer(row.rejected, "rejected"),
  ];
  if (JSON.stringify(row.chosen) === JSON.stringify(row.rejected)) {
    problems.push({ where: "rejected", message: "both sides are the same" });
  }
  return problems;
});

export const checkSharegptKto = checkWith(ktoRow, (row) => checkConversation(row, { odd: false }));

/** @param odd whether the conversation waits for an answer */
function checkConversation(
  row: { conversations: SharegptTurn[]; system: string; tools: string },
  { odd }: { odd: boolean },
): RowProblem[] {
  const { conversations } = row;
  const problems = [...checkText(row.system, "system"), ...checkTools(row.tools)];
  for (const [at, turn] of conversations.entries()) problems.push(...checkTurn(turn, { at, conversations }));
  const last = conversations.at(-1);
  if ((conversations.length % 2 === 1) !== odd) {
    problems.push({ where: "conversations", message: `must have an ${odd ? "odd" : "even"} number of turns` });
  } else if (!odd && last !== undefined) {
    problems.push(...checkAnswer(last, `conversations.${conversations.length - 1}`));
  }
  return problems;
}

function checkTurn(turn: SharegptTurn, place: { at: number; conversations: SharegptTurn[] }): RowProblem[] {
  const { at, conversations } = place;
  const where = `conversations.${at}`;
  const isModel = turn.from === "gpt" || turn.from === "function_call";
  if (isModel !== (at % 2 === 1)) return [{ where: `${where}.from`, message: "the two sides do not alternate" }];
  if (turn.from === "function_call") return checkAnswer(turn, where);
  const follows = conversations[at - 1]?.from === "function_call";
  if (!isModel && (turn.from === "observation") !== follows) {
    return [{ where: `${where}.from`, message: "an observation follows a function_call, and nothing else does" }];
  }
  return checkText(turn.value, `${where}.value`);
}

function checkAnswer(turn: SharegptTurn, where: string): RowProblem[] {
  if (turn.from === "function_call") return checkCalls(turn.value, `${where}.value`);
  const problems = checkText(turn.value, `${where}.value`);
  if (turn.value.trim() === "") problems.push({ where: `${where}.value`, message: "the answer is empty" });
  return problems;
}

function checkCalls(value: string, where: string): RowProblem[] {
  const parsed = parseJson(value);
  const calls = Array.isArray(parsed) ? parsed : [parsed];
  const isCall = (call: Json | undefined) =>
    isObject(call) &&
    Object.keys(call).sort().join() === "arguments,name" &&
    typeof call.name === "string" &&
    call.name !== "" &&
    isObject(call.arguments);
  if (calls.length === 0 || !calls.every(isCall)) return [{ where, message: "not a call, nor a list of calls" }];
  if (Array.isArray(parsed) && calls.length === 1) return [{ where, message: "one call is not written as a list" }];
  return [...checkText(value, where), ...checkUnicode(parsed, where)];
}

function checkTools(value: string): RowProblem[] {
  if (value === "") return [];
  const parsed = parseJson(value);
  const isTool = (tool: Json) =>
    isObject(tool) &&
    Object.keys(tool).sort().join() === "description,name,parameters" &&
    typeof tool.name === "string" &&
    tool.name !== "" &&
    typeof tool.description === "string" &&
    isObject(tool.parameters) &&
    isObject(tool.parameters.properties) &&
    Object.values(tool.parameters.properties).every(isObject);
  const isList = Array.isArray(parsed) && parsed.length > 0 && parsed.every(isTool);
  if (!isList) return [{ where: "tools", message: "not a list of tools" }];
  return [...checkText(value, "tools"), ...checkUnicode(parsed, "tools")];
}

/** JSON in a text can hide half of a surrogate pair behind an escape of its own. */
function checkUnicode(parsed: Json | undefined, where: string): RowProblem[] {
  const isUnicode = !holdsLoneSurrogate(JSON.stringify(parsed));
  return isUnicode ? [] : [{ where, message: "holds half of a surrogate pair" }];
}

function checkText(value: string, where: string): RowProblem[] {
  return /<(?:image|video|audio)>/.test(value) ? [{ where, message: "stands for a file that is not there" }] : [];
}

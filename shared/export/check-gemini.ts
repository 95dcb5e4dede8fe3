/** Strict checks of Gemini's files: text parts that say something, sides that alternate, one completion of each score. */
import * as z from "zod";
import { toBytes } from "../core/text.ts";
import { checkWith } from "./check-row.ts";
import type { RowProblem } from "./format.ts";

const part = z.strictObject({ text: z.string().regex(/\S/) });
const parts = z.array(part).min(1);
const modelContent = z.strictObject({ role: z.literal("model"), parts });
const content = z.discriminatedUnion("role", [z.strictObject({ role: z.literal("user"), parts }), modelContent]);
const systemInstruction = z.strictObject({ role: z.literal("system"), parts }).optional();
const contents = z.array(content).min(1);

const completionRow = z.strictObject({ systemInstruction, contents });
const preferenceRow = z.strictObject({
  systemInstruction,
  contents,
  completions: z.tuple([
    z.strictObject({ score: z.literal(1), completion: modelContent }),
    z.strictObject({ score: z.literal(0), completion: modelContent }),
  ]),
});

/** 131,072 tokens, by Google's rule of four characters a token. */
const TEXT_BYTES_MAX = 524_288;

export const checkGeminiCompletion = checkWith(completionRow, (row) => [
  ...checkOrder(row.contents, "model"),
  ...checkLength([row.systemInstruction, ...row.contents]),
]);

export const checkGeminiPreference = checkWith(preferenceRow, (row) => {
  const [chosen, rejected] = row.completions;
  const problems = [
    ...checkOrder(row.contents, "user"),
    ...checkLength([row.systemInstruction, ...row.contents, chosen.completion, rejected.completion]),
  ];
  if (JSON.stringify(chosen.completion) === JSON.stringify(rejected.completion)) {
    problems.push({ where: "completions.1", message: "both sides are the same" });
  }
  return problems;
});

function checkOrder(turns: readonly { role: string }[], last: "user" | "model"): RowProblem[] {
  const problems = turns.flatMap(({ role }, at) =>
    role === (at % 2 === 0 ? "user" : "model")
      ? []
      : [{ where: `contents.${at}.role`, message: "the two sides do not alternate, the user's first" }],
  );
  if (turns.at(-1)?.role !== last) {
    problems.push({ where: `contents.${turns.length - 1}.role`, message: `the last turn must be the ${last}'s` });
  }
  return problems;
}

function checkLength(turns: readonly ({ parts: { text: string }[] } | undefined)[]): RowProblem[] {
  const texts = turns.flatMap((turn) => turn?.parts ?? []);
  const bytes = texts.reduce((sum, { text }) => sum + toBytes(text).byteLength, 0);
  return bytes <= TEXT_BYTES_MAX ? [] : [{ where: "contents", message: "longer than 131,072 tokens" }];
}

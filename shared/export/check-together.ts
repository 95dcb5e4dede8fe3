/** Strict checks of Together's files: three keys a message at most, text as content, roles that take turns. */
import * as z from "zod";
import { checkWith } from "./check-row.ts";
import type { RowProblem } from "./format.ts";

const content = z.string().regex(/\S/);
const given = z.strictObject({ role: z.enum(["system", "user"]), content });
const assistant = z.strictObject({ role: z.literal("assistant"), content });
/** Legal in every message, and written where an answer is not to be learned. */
const unlearned = assistant.extend({ weight: z.literal(0).optional() });

const completionRow = z.strictObject({ messages: z.array(z.discriminatedUnion("role", [given, unlearned])).min(2) });
const preferenceRow = z.strictObject({
  input: z.strictObject({ messages: z.array(z.discriminatedUnion("role", [given, assistant])).min(1) }),
  preferred_output: z.tuple([assistant]),
  non_preferred_output: z.tuple([assistant]),
});

export const checkTogetherCompletion = checkWith(completionRow, ({ messages }) => {
  const problems = checkTurns(messages, { where: "messages", last: "assistant" });
  const answer = messages.at(-1);
  if (answer?.role === "assistant" && answer.weight !== undefined) {
    problems.push({ where: `messages.${messages.length - 1}.weight`, message: "the answer itself has weight 0" });
  }
  return problems;
});

export const checkTogetherPreference = checkWith(preferenceRow, ({ input, ...row }) => {
  const problems = checkTurns(input.messages, { where: "input.messages", last: "user" });
  if (row.preferred_output[0].content === row.non_preferred_output[0].content) {
    problems.push({ where: "non_preferred_output", message: "both sides are the same" });
  }
  return problems;
});

function checkTurns(
  messages: readonly { role: string }[],
  { where, last }: { where: string; last: string },
): RowProblem[] {
  const begin = messages[0]?.role === "system" ? 1 : 0;
  const problems = messages.flatMap(({ role }, at): RowProblem[] => {
    const expected = (at - begin) % 2 === 0 ? "user" : "assistant";
    if (at < begin || role === expected) return [];
    return [{ where: `${where}.${at}.role`, message: "user and assistant do not alternate, the user first" }];
  });
  if (messages.at(-1)?.role !== last) {
    problems.push({ where: `${where}.${messages.length - 1}.role`, message: `the last message must be the ${last}'s` });
  }
  return problems;
}

/** Strict checks of TRL's files: text content, roles that every chat template knows, arguments as objects. */
import * as z from "zod";
import { checkAnswer, checkLearned, checkPrompt } from "./check-conversation.ts";
import { checkWith } from "./check-row.ts";

const name = z.string().min(1).optional();

const toolCall = z.strictObject({
  id: z.string().min(1),
  type: z.literal("function"),
  function: z.strictObject({ name: z.string().min(1), arguments: z.record(z.string(), z.unknown()) }),
});
const tool = z.strictObject({
  type: z.literal("function"),
  function: z.strictObject({
    name: z.string().min(1),
    description: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()).optional(),
    strict: z.boolean().optional(),
  }),
});

const system = z.strictObject({ role: z.literal("system"), name, content: z.string() });
const user = z.strictObject({ role: z.literal("user"), name, content: z.string() });
const toolAnswer = z.strictObject({
  role: z.literal("tool"),
  name: z.string().min(1),
  tool_call_id: z.string().min(1),
  content: z.string(),
});
const assistant = z.strictObject({
  role: z.literal("assistant"),
  name,
  content: z.string().optional(),
  tool_calls: z.array(toolCall).min(1).optional(),
});

const messages = z.array(z.discriminatedUnion("role", [system, user, assistant, toolAnswer])).min(1);
const tools = z.array(tool).min(1).optional();
const answer = z.tuple([assistant]);

const completionRow = z.strictObject({ messages, tools });
const preferenceRow = z.strictObject({ prompt: messages, chosen: answer, rejected: answer, tools });
const ktoRow = z.strictObject({ prompt: messages, completion: answer, label: z.boolean(), tools });

export const checkTrlCompletion = checkWith(completionRow, (row) => checkLearned(row.messages));

export const checkTrlPreference = checkWith(preferenceRow, (row) => {
  const [chosen] = row.chosen;
  const [rejected] = row.rejected;
  const problems = [
    ...checkPrompt(row.prompt, "prompt"),
    ...checkAnswer(chosen, "chosen.0"),
    ...checkAnswer(rejected, "rejected.0"),
  ];
  if (JSON.stringify(chosen) === JSON.stringify(rejected)) {
    problems.push({ where: "rejected", message: "both sides are the same" });
  }
  return problems;
});

export const checkTrlKto = checkWith(ktoRow, (row) => [
  ...checkPrompt(row.prompt, "prompt"),
  ...checkAnswer(row.completion[0], "completion.0"),
]);

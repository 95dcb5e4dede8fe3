/** Strict checks of the rows read back from Parquet: every column there, no other, and the rules between messages. */

import * as z from "zod";
import { BECAUSE } from "../core/example.ts";
import { isUuidV7 } from "../core/ids.ts";
import { parseJson } from "../core/json.ts";
import { checkAnswer, checkLearned, checkPrompt } from "./check-conversation.ts";
import { checkWith } from "./check-row.ts";
import { holdsLoneSurrogate } from "./line.ts";

const call = z.strictObject({
  id: z.string().min(1),
  type: z.literal("function"),
  function: z.strictObject({ name: z.string().min(1), arguments: z.string() }),
});
const none = z.null();
const name = z.string().min(1).nullable();
const system = z.strictObject({
  role: z.literal("system"),
  content: z.string(),
  name,
  tool_calls: none,
  tool_call_id: none,
});
const user = system.extend({ role: z.literal("user") });
const toolAnswer = system.extend({ role: z.literal("tool"), name: z.string().min(1), tool_call_id: z.string().min(1) });
const assistant = system.extend({
  role: z.literal("assistant"),
  content: z.string().nullable(),
  tool_calls: z.array(call).min(1).nullable(),
});
const messages = z.array(z.discriminatedUnion("role", [system, user, assistant, toolAnswer])).min(1);
const answer = z.tuple([assistant]);

const tools = z
  .string()
  .refine((text) => isToolList(parseJson(text)), "not a list of tools in JSON")
  .nullable();
const probability = z.number().min(0).max(1);
const ids = { example_id: z.string().min(1), exchange_id: z.string().refine(isUuidV7, "not an exchange id") };
const origin = {
  at: z.iso.datetime(),
  model: z.string().nullable(),
  template: z.string().nullable(),
  stratum: z.string(),
  inclusion_probability: probability.gt(0),
  p_good: probability,
  because: z.enum(BECAUSE),
  lineage_origin: z.enum(["human", "human-edited", "model"]),
  lineage_model: z.string().nullable(),
};

const completionRow = z.strictObject({ ...ids, messages, tools, ...origin });
const preferenceRow = z.strictObject({ ...ids, prompt: messages, chosen: answer, rejected: answer, tools, ...origin });
const ktoRow = z.strictObject({ ...ids, prompt: messages, completion: answer, label: z.boolean(), tools, ...origin });

export const checkParquetCompletion = checkWith(completionRow, (row) => checkLearned(row.messages.map(withoutNulls)));

export const checkParquetPreference = checkWith(preferenceRow, (row) => {
  const [chosen] = row.chosen;
  const [rejected] = row.rejected;
  const problems = [
    ...checkPrompt(row.prompt.map(withoutNulls), "prompt"),
    ...checkAnswer(withoutNulls(chosen), "chosen.0"),
    ...checkAnswer(withoutNulls(rejected), "rejected.0"),
  ];
  if (JSON.stringify(chosen) === JSON.stringify(rejected)) {
    problems.push({ where: "rejected", message: "both sides are the same" });
  }
  return problems;
});

export const checkParquetKto = checkWith(ktoRow, (row) => [
  ...checkPrompt(row.prompt.map(withoutNulls), "prompt"),
  ...checkAnswer(withoutNulls(row.completion[0]), "completion.0"),
]);

/** As the rules between messages see them: what is null is not there. */
function withoutNulls(message: z.infer<typeof messages>[number]) {
  return {
    role: message.role,
    content: message.content,
    tool_calls: message.tool_calls ?? undefined,
    tool_call_id: message.tool_call_id ?? undefined,
  };
}

const toolList = z
  .array(
    z.strictObject({
      type: z.literal("function"),
      function: z.strictObject({
        name: z.string().min(1),
        description: z.string().optional(),
        parameters: z.record(z.string(), z.unknown()).optional(),
        strict: z.boolean().optional(),
      }),
    }),
  )
  .min(1);

function isToolList(value: unknown): boolean {
  return toolList.safeParse(value).success && !holdsLoneSurrogate(JSON.stringify(value));
}

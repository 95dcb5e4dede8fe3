/**
 * Strict checks of OpenAI's files: no key that OpenAI does not name, and the rules of its chat API.
 * Not checked: the 10 examples and the 512 MB of a whole file, which only the sink and its operator know.
 */
import * as z from "zod";
import { checkAnswer, checkLearned, checkPrompt } from "./check-conversation.ts";
import { checkWith } from "./check-row.ts";

const text = z.strictObject({ type: z.literal("text"), text: z.string() });
const refusal = z.strictObject({ type: z.literal("refusal"), refusal: z.string() });
const image = z.strictObject({
  type: z.literal("image_url"),
  image_url: z.strictObject({
    url: z.string().regex(/^(?:https?:\/\/\S+|data:image\/(?:jpe?g|png|webp);base64,\S+)$/),
    detail: z.enum(["auto", "low", "high"]).optional(),
  }),
});
const textContent = z.union([z.string(), z.array(text).min(1)]);
const visualContent = z.union([z.string(), z.array(z.discriminatedUnion("type", [text, image])).min(1)]);
const answerContent = z.union([z.string(), z.array(z.discriminatedUnion("type", [text, refusal])).min(1)]);

const functionName = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/);
const name = z
  .string()
  .regex(/^[^\s<|\\/>]{1,64}$/)
  .optional();

const toolCall = z.strictObject({
  id: z.string().min(1),
  type: z.literal("function"),
  function: z.strictObject({ name: functionName, arguments: z.string() }),
});
const tool = z.strictObject({
  type: z.literal("function"),
  function: z.strictObject({
    name: functionName,
    description: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()).optional(),
    strict: z.boolean().optional(),
  }),
});

const system = z.strictObject({ role: z.literal("system"), name, content: textContent });
const developer = z.strictObject({ role: z.literal("developer"), name, content: textContent });
const textUser = z.strictObject({ role: z.literal("user"), name, content: textContent });
const user = z.strictObject({ role: z.literal("user"), name, content: visualContent });
const toolAnswer = z.strictObject({ role: z.literal("tool"), tool_call_id: z.string().min(1), content: textContent });
const assistant = z.strictObject({
  role: z.literal("assistant"),
  name,
  content: answerContent.nullable().optional(),
  refusal: z.string().min(1).optional(),
  tool_calls: z.array(toolCall).min(1).optional(),
});
/** Weight is an instruction for supervised training, and legal there only. */
const weighted = assistant.extend({ weight: z.union([z.literal(0), z.literal(1)]).optional() });

const toolFields = { tools: z.array(tool).min(1).optional(), parallel_tool_calls: z.boolean().optional() };

const completionRow = z.strictObject({
  messages: z.array(z.discriminatedUnion("role", [system, developer, user, weighted, toolAnswer])).min(1),
  ...toolFields,
});
const preferenceRow = z.strictObject({
  input: z.strictObject({
    messages: z.array(z.discriminatedUnion("role", [system, developer, textUser, assistant, toolAnswer])).min(1),
    ...toolFields,
  }),
  preferred_output: z.tuple([assistant]),
  non_preferred_output: z.tuple([assistant]),
});

const IMAGES_MAX = 10;

export const checkOpenaiCompletion = checkWith(completionRow, ({ messages }) => {
  const problems = checkLearned(messages);
  const parts = messages.flatMap((message) =>
    message.role === "user" && Array.isArray(message.content) ? message.content : [],
  );
  if (parts.filter(({ type }) => type === "image_url").length > IMAGES_MAX) {
    problems.push({ where: "messages", message: "more than ten images" });
  }
  const last = messages.at(-1);
  if (last?.role === "assistant" && last.weight === 0) {
    problems.push({ where: `messages.${messages.length - 1}.weight`, message: "the answer itself has weight 0" });
  }
  return problems;
});

export const checkOpenaiPreference = checkWith(preferenceRow, (row) => {
  const [preferred] = row.preferred_output;
  const [nonPreferred] = row.non_preferred_output;
  const problems = [
    ...checkPrompt(row.input.messages, "input.messages"),
    ...checkAnswer(preferred, "preferred_output.0"),
    ...checkAnswer(nonPreferred, "non_preferred_output.0"),
  ];
  if (JSON.stringify(preferred) === JSON.stringify(nonPreferred)) {
    problems.push({ where: "non_preferred_output", message: "both sides are the same" });
  }
  return problems;
});

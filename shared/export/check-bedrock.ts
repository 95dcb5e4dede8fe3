/**
 * Strict check of Bedrock's conversation files. Not checked: the 8 to 20,000 rows of a whole file (200 at least for
 * Nova 2 Lite), which depend on the model.
 */
import * as z from "zod";
import { checkWith } from "./check-row.ts";
import type { RowProblem } from "./format.ts";

/** Amazon's own validator refuses these in any text, once it is in small letters. */
const RESERVED = /(?:system|user|bot|assistant|thought):|\[eos\]|<(?:image|video|unk)>/;

const block = z.strictObject({
  text: z
    .string()
    .regex(/\S/)
    .refine((text) => !RESERVED.test(text.toLowerCase()), "holds a reserved word"),
});
const blocks = z.array(block).min(1);

const conversationRow = z.strictObject({
  schemaVersion: z.literal("bedrock-conversation-2024"),
  system: blocks.optional(),
  messages: z.array(z.strictObject({ role: z.enum(["user", "assistant"]), content: blocks })).min(2),
});

export const checkBedrockCompletion = checkWith(conversationRow, ({ messages }) => {
  const problems: RowProblem[] = messages.flatMap(({ role }, at) =>
    role === (at % 2 === 0 ? "user" : "assistant")
      ? []
      : [{ where: `messages.${at}.role`, message: "the two sides do not alternate, the user's first" }],
  );
  if (messages.at(-1)?.role !== "assistant") {
    problems.push({
      where: `messages.${messages.length - 1}.role`,
      message: "the last message must be the assistant's",
    });
  }
  return problems;
});

/** Examples for fast-check: about one in five can be written, the others hold something that must leave them out. */
import fc from "fast-check";
import { EXAMPLE_FILES, type Example } from "../../shared/core/example.ts";
import type { Message } from "../../shared/core/exchange.ts";
import type { Json } from "../../shared/core/json.ts";
import { completionExample, ktoExample, preferenceExample, WEATHER_TOOL } from "./examples.ts";

const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }) },
  fc.string({ unit: "binary", maxLength: 4 }),
);
const odd = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>;
const part = fc.oneof(
  fc.record({ type: fc.constant("text"), text }),
  fc.record({
    type: fc.constant("image_url"),
    image_url: fc.record({ url: fc.constantFrom("https://a/b.png", "a.png") }),
  }),
  fc.record({ type: fc.constantFrom("thinking", "refusal", "file"), refusal: text }),
);
const content = fc.oneof(
  { weight: 5, arbitrary: text },
  { weight: 2, arbitrary: fc.array(part, { maxLength: 3 }) },
  odd,
);
const call = fc.record(
  {
    index: fc.nat(2),
    id: fc.constantFrom("a", "b", "c"),
    type: fc.constant("function"),
    function: fc.record({
      name: fc.constantFrom("f", "g.h"),
      arguments: fc.oneof(fc.json({ maxDepth: 2 }), fc.constant("{}"), text),
    }),
  },
  { requiredKeys: ["id", "function"] },
);
const message = fc.record(
  {
    role: fc.oneof({ weight: 9, arbitrary: fc.constantFrom("system", "developer", "user", "assistant", "tool") }, text),
    content,
    name: fc.oneof({ weight: 3, arbitrary: text }, odd),
    refusal: fc.oneof(fc.constant(null), text),
    tool_calls: fc.array(call, { maxLength: 2 }),
    tool_call_id: fc.constantFrom("a", "b", "c"),
    reasoning: odd,
    surprise: odd,
  },
  { requiredKeys: ["role", "content"] },
) as fc.Arbitrary<Message>;
const answer = fc.oneof(
  { weight: 4, arbitrary: text.map((words): Message => ({ role: "assistant", content: words })) },
  message,
);
const turns = fc.oneof(
  fc.array(message, { maxLength: 5 }),
  fc.array(text, { maxLength: 4 }).map((texts) => [
    ...texts.flatMap((words) => [
      { role: "user", content: words },
      { role: "assistant", content: words },
    ]),
    { role: "user", content: "?" },
  ]),
  fc
    .array(call, { minLength: 1, maxLength: 3 })
    .map((calls): Message[] => [
      { role: "assistant", tool_calls: calls },
      ...calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: "done" })),
    ]),
);
const tools = fc.option(fc.array(fc.oneof({ weight: 6, arbitrary: fc.constant(WEATHER_TOOL) }, odd), { maxLength: 2 }));
export const arbitraryExample: fc.Arbitrary<Example> = fc
  .tuple(fc.constantFrom(...EXAMPLE_FILES), turns, tools, answer, answer, fc.boolean())
  .map(([file, prompt, offered, one, other, label]): Example => {
    const common = { id: "x", prompt, tools: offered };
    if (file === "preference") return preferenceExample({ ...common, chosen: one, rejected: other });
    return file === "kto"
      ? ktoExample({ ...common, completion: one, label })
      : completionExample({ ...common, file, completion: one });
  });

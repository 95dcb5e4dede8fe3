/** Tools in OpenAI's shape, which TRL takes too: `tools` is left away where there are none. */
import type { JsonObject } from "../core/json.ts";
import type { Tool } from "./chat.ts";

export function writeTools(tools: readonly Tool[]): JsonObject {
  return tools.length === 0 ? {} : { tools: tools.map(writeTool) };
}

function writeTool({ name, description, parameters, strict }: Tool): JsonObject {
  return {
    type: "function",
    function: {
      name,
      ...(description !== null && { description }),
      ...(parameters !== null && { parameters }),
      ...(strict !== null && { strict }),
    },
  };
}

/** The content blocks of a message that is streamed: begun, added to, and at the end what they came to. */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { parsePartialJson } from "./partial-json.ts";

interface Block {
  fields: JsonObject;
  /** JSON of a tool's input so far; undefined where none came. */
  input: string | undefined;
}

const WITH_INPUT: ReadonlySet<Json | undefined> = new Set(["tool_use", "server_tool_use", "mcp_tool_use"]);

export class MessageBlocks {
  readonly #blocks: Block[] = [];

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  /** false when it is not of the API's shape, as in the other methods. */
  begin(block: Json | undefined): boolean {
    if (!isObject(block)) return false;
    this.#blocks.push({ fields: { ...block }, input: undefined });
    return true;
  }

  /** A delta of a kind that nobody knows yet, or that does not fit its block, is not used. */
  add(index: Json | undefined, delta: Json | undefined): boolean {
    const block = typeof index === "number" ? this.#blocks[index] : undefined;
    if (block === undefined || !isObject(delta)) return false;
    const { fields } = block;
    switch (delta.type) {
      case "text_delta":
        return fields.type === "text" && append(fields, "text", delta.text);
      case "thinking_delta":
        return fields.type === "thinking" && append(fields, "thinking", delta.thinking);
      case "signature_delta":
        return fields.type === "thinking" && assign(fields, { signature: delta.signature });
      case "citations_delta":
        return fields.type === "text" && cite(fields, delta.citation);
      case "compaction_delta": {
        const { type: _type, ...final } = delta;
        return fields.type === "compaction" && assign(fields, final);
      }
      case "input_json_delta":
        if (!WITH_INPUT.has(fields.type) || typeof delta.partial_json !== "string") return false;
        block.input = (block.input ?? "") + delta.partial_json;
        return true;
      default:
        return false;
    }
  }

  /** A tool's input whose end is missing is what of it is certain. */
  list(): JsonObject[] {
    return this.#blocks.map(({ fields, input }) => {
      if (input === undefined) return fields;
      return { ...fields, input: input === "" ? {} : (parsePartialJson(input) ?? {}) };
    });
  }
}

function append(fields: JsonObject, name: "text" | "thinking", more: Json | undefined): boolean {
  if (typeof more !== "string") return false;
  const before = fields[name];
  fields[name] = (typeof before === "string" ? before : "") + more;
  return true;
}

function assign(fields: JsonObject, values: JsonObject): boolean {
  Object.assign(fields, values);
  return true;
}

function cite(fields: JsonObject, citation: Json | undefined): boolean {
  if (citation === undefined) return false;
  if (!Array.isArray(fields.citations)) fields.citations = [];
  (fields.citations as Json[]).push(citation);
  return true;
}

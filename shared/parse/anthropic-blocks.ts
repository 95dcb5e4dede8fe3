/**
 * The content blocks of a message that is streamed: begun, added to, and at the end what they came to.
 *
 * Where everyone keeps to the API this is what the official SDK does. What it drops without a word is kept here: a
 * delta whose block was never begun begins one, and one that nothing can be done with (its kind is not known yet, or not
 * its block's) lies in its block's `deltas`. An input that is no JSON, for which the SDK throws, stays text.
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { parsePartialJson } from "./partial-json.ts";

interface Block {
  fields: JsonObject;
  /** JSON of a tool's input so far; undefined where none came. */
  input: string | undefined;
  deltas: Json[];
}

const WITH_INPUT: ReadonlySet<Json | undefined> = new Set(["tool_use", "server_tool_use", "mcp_tool_use"]);

export class MessageBlocks {
  readonly #blocks: Block[] = [];
  /** By the index that the stream names them with: their place, unless somebody on the way counts otherwise. */
  readonly #byIndex = new Map<number, Block>();

  /** false when it is not of the API's shape, as in `add`. */
  begin(index: Json | undefined, fields: Json | undefined): boolean {
    if (!isObject(fields)) return false;
    const place = this.#blocks.length;
    this.#open(index, fields);
    return index === place;
  }

  add(index: Json | undefined, delta: Json | undefined): boolean {
    if (!isObject(delta)) return false;
    const begun = isIndex(index) ? this.#byIndex.get(index) : this.#blocks.at(-1);
    const block = begun ?? this.#open(index, emptyBlockFor(delta));
    if (addDelta(block, delta)) return begun !== undefined && isIndex(index);
    block.deltas.push(delta);
    return false;
  }

  /** An input whose end is missing is what of it is certain. */
  finish(): { content: JsonObject[]; isWellFormed: boolean } {
    let isWellFormed = true;
    const content = this.#blocks.map(({ fields, input, deltas }) => {
      const read = input === undefined ? fields.input : input === "" ? {} : parsePartialJson(input);
      if (input !== undefined && read === undefined) isWellFormed = false;
      return {
        ...fields,
        ...(input === undefined ? {} : { input: read ?? input }),
        ...(deltas.length > 0 ? { deltas } : {}),
      };
    });
    return { content, isWellFormed };
  }

  #open(index: Json | undefined, fields: JsonObject): Block {
    const block: Block = { fields: { ...fields }, input: undefined, deltas: [] };
    this.#byIndex.set(isIndex(index) ? index : this.#blocks.length, block);
    this.#blocks.push(block);
    return block;
  }
}

function isIndex(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function emptyBlockFor({ type }: JsonObject): JsonObject {
  switch (type) {
    case "text_delta":
    case "citations_delta":
      return { type: "text", text: "" };
    case "thinking_delta":
    case "signature_delta":
      return { type: "thinking", thinking: "" };
    case "input_json_delta":
      return { type: "tool_use" };
    case "compaction_delta":
      return { type: "compaction" };
    default:
      return {};
  }
}

/** false where it is of no use to the block. */
function addDelta(block: Block, delta: JsonObject): boolean {
  const { fields } = block;
  switch (delta.type) {
    case "text_delta":
      return fields.type === "text" && append(fields, "text", delta.text);
    case "thinking_delta":
      return fields.type === "thinking" && append(fields, "thinking", delta.thinking);
    case "signature_delta":
      if (fields.type !== "thinking") return false;
      fields.signature = delta.signature;
      return true;
    case "citations_delta":
      return fields.type === "text" && cite(fields, delta.citation);
    case "compaction_delta":
      if (fields.type !== "compaction") return false;
      fields.content = delta.content;
      if (Object.hasOwn(delta, "encrypted_content")) fields.encrypted_content = delta.encrypted_content;
      return true;
    case "input_json_delta":
      if (!WITH_INPUT.has(fields.type) || typeof delta.partial_json !== "string") return false;
      block.input = (block.input ?? "") + delta.partial_json;
      return true;
    default:
      return false;
  }
}

function append(fields: JsonObject, name: "text" | "thinking", more: Json | undefined): boolean {
  if (typeof more !== "string") return false;
  const before = fields[name];
  fields[name] = (typeof before === "string" ? before : "") + more;
  return true;
}

function cite(fields: JsonObject, citation: Json | undefined): boolean {
  if (citation === undefined) return false;
  if (Array.isArray(fields.citations)) fields.citations.push(citation);
  else fields.citations = [citation];
  return true;
}

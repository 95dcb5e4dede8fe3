/**
 * What the events of a Responses stream do to its output items. Items are named by `output_index` and `item_id`, and
 * the lists in them by indexes of their own.
 * https://platform.openai.com/docs/api-reference/responses-streaming
 *
 * Equals what the official SDK accumulates (openai 7.57, internal/responses/response-accumulator.js), except that
 *  - where the SDK throws (a delta for an item or a part that was never opened, the wrong type or id of an item, an
 *    index that is taken), what came is kept, and the event counts as bad;
 *  - an event that we do not know says nothing, since OpenAI adds new ones; the SDK throws;
 *  - of shell commands that run side by side, the output of one that speaks before its predecessors comes with its
 *    item's end only: the SDK makes the predecessors' up, which lets a small stream become a large answer;
 *  - log-probabilities are kept even where fields of theirs are missing.
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { appendList } from "./merge-deltas.ts";
import type { ResponseOutput } from "./openai-responses-output.ts";

/** Where a text grows: in the item itself, or in a part of one of its lists. */
interface TextPlace {
  itemType: string;
  field: string;
  part?: { list: "content" | "summary"; index: string; type: string };
}

const TEXTS: ReadonlyMap<string, TextPlace> = new Map([
  ["output_text", inPart("message", "text", { list: "content", index: "content_index", type: "output_text" })],
  ["refusal", inPart("message", "refusal", { list: "content", index: "content_index", type: "refusal" })],
  ["reasoning_text", inPart("reasoning", "text", { list: "content", index: "content_index", type: "reasoning_text" })],
  [
    "reasoning_summary_text",
    inPart("reasoning", "text", { list: "summary", index: "summary_index", type: "summary_text" }),
  ],
  ["function_call_arguments", { itemType: "function_call", field: "arguments" }],
  ["custom_tool_call_input", { itemType: "custom_tool_call", field: "input" }],
  ["mcp_call_arguments", { itemType: "mcp_call", field: "arguments" }],
  ["code_interpreter_call_code", { itemType: "code_interpreter_call", field: "code" }],
]);
const STATUS =
  /^response\.((?:code_interpreter|file_search|web_search|image_generation|mcp)_call)\.(in_progress|searching|interpreting|generating|completed|failed)$/;
const STEP = /^response\.(\w+(?:\.\w+)*)\.(added|delta|done)$/;

export interface OutputEvent {
  type: string;
  event: JsonObject;
}

/** false when a part of it was not of the API's shape; the rest of it is taken all the same. */
export function addOutputEvent(output: ResponseOutput, { type, event }: OutputEvent): boolean {
  const [, callType, status] = STATUS.exec(type) ?? [];
  if (callType !== undefined && status !== undefined) {
    const call = itemOf(output, event);
    if (call?.type !== callType) return false;
    call.status = status;
    return true;
  }
  const [, subject = "", step = ""] = STEP.exec(type) ?? [];
  const text = TEXTS.get(subject);
  if (text !== undefined) return step === "added" || growText(output, { place: text, step, event });
  switch (subject) {
    case "output_item":
      return takeItem(output, { step, event });
    case "content_part":
      return takePart(itemOf(output, event), { list: "content", index: event.content_index, step, part: event.part });
    case "reasoning_summary_part":
      return takePart(itemOf(output, event), { list: "summary", index: event.summary_index, step, part: event.part });
    case "output_text.annotation":
      return takeAnnotation(itemOf(output, event), event);
    case "shell_call_command":
      return takeCommand(itemOf(output, event), { step, event });
    case "shell_call_output_content":
      return takeShellOutput(itemOf(output, event), { step, event });
    default:
      return true;
  }
}

function inPart(itemType: string, field: string, part: NonNullable<TextPlace["part"]>): TextPlace {
  return { itemType, field, part };
}

function itemOf(output: ResponseOutput, { output_index, item_id }: JsonObject): JsonObject | undefined {
  return output.find({ index: output_index, id: item_id });
}

interface Step {
  step: string;
  event: JsonObject;
}

function takeItem(output: ResponseOutput, { step, event: { item, output_index } }: Step): boolean {
  if (item == null) return step === "added";
  if (!isObject(item) || step === "delta") return false;
  return step === "added" ? output.add(output_index, item) : output.replace(output_index, item);
}

function growText(output: ResponseOutput, { place, step, event }: Step & { place: TextPlace }): boolean {
  const { itemType, field, part } = place;
  const fragment = step === "delta" ? event.delta : event[field];
  if (typeof fragment !== "string") return false;
  const found = itemOf(output, event);
  const isOpen = found?.type === itemType;
  const item = isOpen ? found : openItem(output, { itemType, event });
  if (part === undefined) {
    item[field] = step === "delta" ? appended(item[field], fragment) : fragment;
    return isOpen;
  }
  const opened = openPart(item, { list: part.list, index: event[part.index], type: part.type });
  if (opened === undefined) return false;
  opened.part[field] = step === "delta" ? appended(opened.part[field], fragment) : fragment;
  if (part.type === "output_text") takeLogprobs(opened.part, { step, event });
  return isOpen && !opened.isNew;
}

function appended(current: Json | undefined, fragment: string): string {
  return typeof current === "string" ? current + fragment : fragment;
}

/** For a provider that leaves `output_item.added` out, or gives two items one index. */
function openItem(output: ResponseOutput, { itemType, event }: { itemType: string; event: JsonObject }): JsonObject {
  const item: JsonObject = {
    type: itemType,
    ...(typeof event.item_id === "string" ? { id: event.item_id } : {}),
    ...(itemType === "message" ? { role: "assistant", content: [] } : {}),
    ...(itemType === "reasoning" ? { summary: [] } : {}),
  };
  output.add(event.output_index, item);
  return item;
}

interface PartPlace {
  list: "content" | "summary";
  index: Json | undefined;
  type: string;
}

/** The part, made where it is the next one; undefined where there is none of that type. */
function openPart(
  item: JsonObject,
  { list, index, type }: PartPlace,
): { part: JsonObject; isNew: boolean } | undefined {
  const parts = listOf(item, list);
  const at = index ?? Math.max(0, parts.length - 1);
  if (typeof at !== "number" || !isNextOrEarlier(parts, at)) return undefined;
  const there = parts[at];
  if (there !== undefined) return isObject(there) && there.type === type ? { part: there, isNew: false } : undefined;
  const part: JsonObject = type === "output_text" ? { type, text: "", annotations: [] } : { type };
  parts.push(part);
  return { part, isNew: true };
}

function takePart(
  item: JsonObject | undefined,
  { list, index, step, part }: { list: "content" | "summary"; index: Json | undefined; step: string; part?: Json },
): boolean {
  if (item === undefined || !isObject(part)) return false;
  if (item.type !== "reasoning" && (item.type !== "message" || list === "summary")) return false;
  const parts = listOf(item, list);
  if (typeof index !== "number" || !isNextOrEarlier(parts, index)) return false;
  const isAtEnd = index === parts.length;
  parts[index] = part;
  return isAtEnd === (step === "added");
}

function takeAnnotation(item: JsonObject | undefined, event: JsonObject): boolean {
  const parts = item === undefined ? [] : listOf(item, "content");
  const { content_index: at, annotation_index: index, annotation } = event;
  const part = typeof at === "number" ? parts[at] : undefined;
  if (!isObject(part) || part.type !== "output_text") return false;
  const annotations = listOf(part, "annotations");
  if (typeof index !== "number" || !isNextOrEarlier(annotations, index)) return false;
  annotations[index] = annotation ?? null;
  return true;
}

function takeLogprobs(part: JsonObject, { step, event: { logprobs } }: Step): void {
  if (!Array.isArray(logprobs)) return;
  const before = Array.isArray(part.logprobs) ? part.logprobs : [];
  if (logprobs.length === 0 && (step === "delta" || before.length === 0)) return;
  part.logprobs = step === "delta" ? appendList(before, logprobs) : logprobs;
}

function takeCommand(item: JsonObject | undefined, { step, event }: Step): boolean {
  if (item?.type !== "shell_call" || !isObject(item.action)) return false;
  const commands = listOf(item.action, "commands");
  const { command_index: index, command, delta } = event;
  if (typeof index !== "number" || !isNextOrEarlier(commands, index)) return false;
  const text = step === "delta" ? delta : command;
  if (typeof text !== "string") return false;
  const isAtEnd = index === commands.length;
  commands[index] = step === "delta" ? appended(commands[index], text) : text;
  return step === "added" || !isAtEnd;
}

function takeShellOutput(item: JsonObject | undefined, { step, event }: Step): boolean {
  if (item?.type !== "shell_call_output") return false;
  const results = listOf(item, "output");
  const { command_index: index, delta, output } = event;
  if (typeof index !== "number" || !isNextOrEarlier(results, index)) return false;
  if (step === "done") {
    const result = Array.isArray(output) ? output[0] : undefined;
    if (isObject(result)) results[index] = result;
    return isObject(result);
  }
  const there = results[index];
  const result = isObject(there) ? there : { stdout: "", stderr: "", outcome: { type: "exit", exit_code: 0 } };
  results[index] = result;
  if (!isObject(delta)) return false;
  if (typeof delta.stdout === "string") result.stdout = appended(result.stdout, delta.stdout);
  if (typeof delta.stderr === "string") result.stderr = appended(result.stderr, delta.stderr);
  return true;
}

/** The field's list, made where it is missing. */
function listOf(holder: JsonObject, field: string): Json[] {
  const list = holder[field];
  if (Array.isArray(list)) return list;
  const made: Json[] = [];
  holder[field] = made;
  return made;
}

/** An index further on would leave a hole of any size. */
function isNextOrEarlier(list: readonly Json[], index: number): boolean {
  return Number.isInteger(index) && index >= 0 && index <= list.length;
}

/** The tool calls of a streamed chat message: fragments by index, gathered as the official SDK gathers them. */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { TOOL_CALLS_MAX } from "./bounds.ts";
import { assignFields } from "./merge-deltas.ts";

/** By index. A map, so that an index costs nothing and one that was left out leaves no hole. */
export type ToolCalls = Map<number, JsonObject>;

/** false when the fragment belongs nowhere. */
export function addToolCallDelta(calls: ToolCalls, delta: Json): boolean {
  if (!isObject(delta)) return false;
  const { index, id, type, function: called, custom, ...rest } = delta;
  const place = index == null ? placeWithoutIndex(calls, delta) : index;
  if (!isPlace(place)) return false;
  const call = calls.get(place) ?? {};
  calls.set(place, call);
  assignFields(call, rest);
  if (id) call.id = id;
  if (type) call.type = type;
  if (isObject(called)) call.function = mergeFunction(call.function, called);
  if (isObject(custom)) call.custom = mergeCustom(call.custom, custom);
  return (called == null || isObject(called)) && (custom == null || isObject(custom));
}

/** Ordered by index. A call without a type, which some providers leave out, is given it. */
export function finishToolCalls(calls: ToolCalls): JsonObject[] {
  return [...calls]
    .sort(([left], [right]) => left - right)
    .map(([, call]) => ({ ...call, type: call.type ?? (isObject(call.custom) ? "custom" : "function") }));
}

function isPlace(place: Json | undefined): place is number {
  return Number.isSafeInteger(place) && Number(place) >= 0 && Number(place) < TOOL_CALLS_MAX;
}

/** Some providers leave the index out: a fragment then opens a call when it brings a new id, or a second name. */
function placeWithoutIndex(calls: ToolCalls, { id, function: called }: JsonObject): number {
  for (const [place, call] of calls) if (id && call.id === id) return place;
  const last = Math.max(-1, ...calls.keys());
  const before = calls.get(last)?.function;
  const isSecondName = isObject(called) && Boolean(called.name) && isObject(before) && Boolean(before.name);
  return last === -1 || id || isSecondName ? last + 1 : last;
}

function mergeFunction(current: Json | undefined, delta: JsonObject): JsonObject {
  const called = isObject(current) ? current : { name: "", arguments: "" };
  if (delta.name) called.name = delta.name;
  if (delta.arguments != null) called.arguments = `${called.arguments}${fragmentOf(delta.arguments)}`;
  return called;
}

function mergeCustom(current: Json | undefined, delta: JsonObject): JsonObject {
  const custom = isObject(current) ? current : { name: "", input: "" };
  if (delta.name) custom.name = delta.name;
  if (delta.input) custom.input = `${custom.input}${fragmentOf(delta.input)}`;
  return custom;
}

/** Some providers stream arguments as an object; the non-streaming answer has them as text. */
function fragmentOf(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The arguments of a tool call as an object, for formats that want one: only where nothing is lost on the way. */
import { isObject, type Json, type JsonObject, parseJson } from "../core/json.ts";
import { type Reading, readAs, stopAt } from "./leave-out.ts";

/** Arguments come from a model, and deep nesting would end the stack of whoever walks them; real ones stay below 10. */
const ARGUMENTS_DEPTH_MAX = 64;

export function readArguments(text: string, where: string): Reading<JsonObject> {
  const parsed = parseJson(text);
  if (!isObject(parsed)) return stopAt(where, "arguments_not_object");
  const fault = findFault(parsed, ARGUMENTS_DEPTH_MAX);
  return fault === undefined ? readAs(parsed) : stopAt(where, fault);
}

function findFault(
  value: Json | undefined,
  levelsLeft: number,
): "arguments_inexact" | "arguments_too_deep" | undefined {
  if (typeof value === "number") return isExact(value) ? undefined : "arguments_inexact";
  if (typeof value !== "object" || value === null) return undefined;
  if (levelsLeft === 0) return "arguments_too_deep";
  for (const item of Object.values(value)) {
    const fault = findFault(item, levelsLeft - 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** A 19-digit order number loses its last digits in a double, and 1e999 becomes null. */
function isExact(value: number): boolean {
  return Number.isSafeInteger(value) || (Number.isFinite(value) && !Number.isInteger(value));
}

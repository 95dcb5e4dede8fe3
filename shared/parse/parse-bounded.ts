/** JSON from outside: parsed only as deep as everything that later walks or writes it can go. */
import { isObject, type Json, parseJson } from "../core/json.ts";
import { JSON_DEPTH_MAX, NAME_CHARS_MAX } from "./bounds.ts";

/** undefined where the text is not JSON, or nests deeper than JSON_DEPTH_MAX. */
export function parseBounded(text: string): Json | undefined {
  const json = parseJson(text);
  return json === undefined || isDeeperThan(json, JSON_DEPTH_MAX) ? undefined : json;
}

/** A short name (model, id, reason); null for anything else. */
export function readName(value: Json | undefined): string | null {
  return typeof value === "string" && value !== "" && value.length <= NAME_CHARS_MAX ? value : null;
}

function isDeeperThan(json: Json | undefined, depthMax: number): boolean {
  if (typeof json !== "object" || json === null) return false;
  if (depthMax === 0) return true;
  const inner = isObject(json) ? Object.values(json) : json;
  return inner.some((value) => isDeeperThan(value, depthMax - 1));
}

/** Fields of other people's logs: read where they have the form that is meant, passed over where they don't. */
import { isObject, type Json, type JsonObject, parseJson } from "../core/json.ts";
import { HEADER_VALUE_CHARS_MAX } from "../core/limits.ts";

/** A name that fits winnow's columns; undefined for anything else. */
export function nameIn(...values: readonly (Json | undefined)[]): string | undefined {
  return values.find(
    (value): value is string =>
      typeof value === "string" && value !== "" && value.length <= HEADER_VALUE_CHARS_MAX && value.isWellFormed(),
  );
}

/** Logs keep JSON as JSON, or as the text of it. */
export function jsonIn(value: Json | undefined): Json | undefined {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  return parseJson(value) ?? value;
}

export function objectIn(value: Json | undefined): JsonObject | undefined {
  const json = jsonIn(value);
  return isObject(json) ? json : undefined;
}

/** Blank and zone: ISO 8601, or Langfuse's and ClickHouse's `2026-01-02 03:04:05.123456`, which is UTC. */
const TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?$/;

/** As ISO 8601 to the millisecond; undefined for what is no time. */
export function timeIn(value: Json | undefined): string | undefined {
  if (typeof value !== "string") return undefined;
  const parts = TIME.exec(value);
  if (parts === null) return undefined;
  const [, day, time, fraction = "", zone = "Z"] = parts;
  const ms = Date.parse(`${day}T${time}${fraction.slice(0, 4)}${zone}`);
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

/** Settings of an app as the fields of a form, and back: the schema of shared/settings says what is right. */
import { isObject, type Json, type JsonObject, parseJson } from "../../../shared/core/json.ts";
import { type AppSettings, appSettingsSchema } from "../../../shared/settings/app-settings.ts";
import { describeIssue } from "../describe-issue.ts";
import { unknownName } from "../unknown-name.ts";
import { ALL_FIELDS, ALL_ROWS, type Field, type Rows } from "./settings-fields.ts";

/** By path. */
export type SettingsFields = Record<string, string>;

/** `fields`: as they were sent, rows without a gap. `field`: the path of the one that is wrong. */
export type ReadSettings =
  | { ok: true; settings: AppSettings }
  | { ok: false; problem: string; field: string; fields: SettingsFields };

/** Where the first of these is empty, the others say nothing. */
const HEADS: Readonly<Record<string, string>> = { judge: "judge.provider", webhook: "webhook.url" };

export function fieldsOf(settings: AppSettings): SettingsFields {
  const json = settings as unknown as Json;
  const plain = ALL_FIELDS.map((field) => [field.path, textOf(field, valueAt(json, field.path))]);
  const rows = ALL_ROWS.flatMap((rows) => {
    const list = valueAt(json, rows.path);
    const count = Array.isArray(list) ? list.length : 0;
    return fieldsInRows(rows, count).map((field) => [field.path, textOf(field, valueAt(json, field.path))]);
  });
  return Object.fromEntries([...plain, ...rows]);
}

/** The first problem names its field. */
export function readSettingsForm(sent: SettingsFields): ReadSettings {
  const fields = withoutGaps(sent);
  const settings: JsonObject = {};
  const rows = ALL_ROWS.flatMap((one) => fieldsInRows(one, countRows(one, fields)));
  for (const field of [...ALL_FIELDS, ...rows]) {
    const text = fields[field.path]?.trim() ?? "";
    const head = HEADS[field.path.split(".")[0] ?? ""];
    if (text === "" || (head !== undefined && !fields[head]?.trim())) continue;
    const value = readField(field, text);
    if (value === undefined) continue;
    if ("problem" in value) return { ok: false, problem: `${field.path}: ${value.problem}`, field: field.path, fields };
    setAt(settings, field.path.split("."), value.json);
  }
  const parsed = appSettingsSchema.safeParse(settings);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const problem = describeIssue(issue, { value: settings, schema: appSettingsSchema });
    return { ok: false, problem, field: (issue?.path ?? []).join("."), fields };
  }
  const { night, guard } = parsed.data;
  const wrong = unknownName({ "night.checks": night.checks, "guard.margins": guard.margins });
  if (wrong === undefined) return { ok: true, settings: parsed.data };
  return { ok: false, problem: wrong, field: wrong.split(":")[0] ?? "", fields };
}

/** Those of so many rows. */
export function fieldsInRows({ path, fields, rowsMax }: Rows, count: number): Field[] {
  return Array.from({ length: Math.min(count, rowsMax) }, (_, at) =>
    fields.map((field) => ({ ...field, path: `${path}.${at}.${field.path}` })),
  ).flat();
}

/** In order, until one has an empty first field. */
export function countRows({ path, fields: [first], rowsMax }: Rows, fields: SettingsFields): number {
  let count = 0;
  while (count < rowsMax && fields[`${path}.${count}.${first?.path}`]?.trim()) count++;
  return count;
}

/** Rows that were emptied, in the middle too, are gone. */
function withoutGaps(sent: SettingsFields): SettingsFields {
  const fields = { ...sent };
  for (const { path, fields: own, rowsMax } of ALL_ROWS) {
    const filled = Array.from({ length: rowsMax + 1 }, (_, at) => at).filter((at) =>
      sent[`${path}.${at}.${own[0]?.path}`]?.trim(),
    );
    for (let at = 0; at <= rowsMax; at++) {
      for (const field of own)
        fields[`${path}.${at}.${field.path}`] = sent[`${path}.${filled[at]}.${field.path}`] ?? "";
    }
  }
  return fields;
}

function textOf({ kind }: Pick<Field, "kind">, value: Json | undefined): string {
  if (kind === "switch") return value === false ? "off" : "on";
  if (value === undefined || value === null) return "";
  if (kind === "list") return (Array.isArray(value) ? value : []).join("\n");
  if (kind === "pairs")
    return isObject(value)
      ? Object.entries(value)
          .map((pair) => pair.join(" = "))
          .join("\n")
      : "";
  return kind === "json" ? JSON.stringify(value) : String(value);
}

type Value = { json: Json } | { problem: string } | undefined;

function readField({ kind }: Pick<Field, "kind">, text: string): Value {
  if (kind === "switch") return text === "off" ? { json: false } : undefined;
  if (kind === "number") {
    const number = Number(text);
    return Number.isFinite(number) ? { json: number } : { problem: `is not a number; it is ${JSON.stringify(text)}` };
  }
  if (kind === "list") return { json: text.split(/[\s,]+/).filter((one) => one !== "") };
  if (kind === "pairs") return pairsIn(text);
  if (kind !== "json") return { json: text };
  const json = parseJson(text);
  return json === undefined ? { problem: "is not JSON" } : { json };
}

/** At the last `=`: names of models may have one. */
function pairsIn(text: string): Value {
  const pairs = new Map<string, string>();
  for (const line of text.split("\n").filter((line) => line.trim() !== "")) {
    const at = line.lastIndexOf("=");
    const [name, value] = [line.slice(0, Math.max(0, at)).trim(), line.slice(at + 1).trim()];
    if (name === "" || value === "")
      return { problem: `is not of the form name = value; it is ${JSON.stringify(line.trim())}` };
    pairs.set(name, value);
  }
  return { json: Object.fromEntries(pairs) };
}

function valueAt(json: Json, path: string): Json | undefined {
  return path.split(".").reduce<Json | undefined>((at, key) => {
    if (Array.isArray(at)) return at[Number(key)];
    return isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }, json);
}

/** Numbers in a path are places in a list. */
function setAt(object: JsonObject | Json[], path: readonly string[], value: Json): void {
  const [key = "", ...rest] = path;
  const holder = object as Record<string, Json>;
  if (rest.length === 0) {
    holder[key] = value;
    return;
  }
  holder[key] ??= /^\d+$/.test(rest[0] ?? "") ? [] : {};
  setAt(holder[key] as JsonObject | Json[], rest, value);
}

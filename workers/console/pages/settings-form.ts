/** Settings of an app as the fields of a form, and back: the schema of shared/settings says what is right. */
import { type Json, parseJson } from "../../../shared/core/json.ts";
import { type AppSettings, appSettingsSchema } from "../../../shared/settings/app-settings.ts";
import { unknownName } from "../unknown-name.ts";

export const NUMBER_FIELDS = [
  { name: "requestsPerMinute", label: "Calls a minute, of the app", of: "limits" },
  { name: "userRequestsPerMinute", label: "Calls a minute, of one user", of: "limits" },
  { name: "tokensPerDay", label: "Tokens a UTC day", of: "limits" },
  { name: "costUsdPerDay", label: "US dollars a UTC day", of: "limits" },
  { name: "retries", label: "Tries after the first", of: "resilience" },
  { name: "tryTimeoutMs", label: "Time of one try, ms", of: "resilience" },
  { name: "totalTimeoutMs", label: "Time of all tries, ms", of: "resilience" },
] as const;

export type SettingsFields = Record<string, string>;

export type ReadSettings = { ok: true; settings: AppSettings } | { ok: false; problem: string };

/** Fields that hold JSON, and what an empty one means; "": that it is not set. */
const JSON_FIELDS = {
  providerKeys: "{}",
  fallbacks: "[]",
  redaction: "{}",
  fineTunes: "[]",
  night: "{}",
  guard: "{}",
  retention: "{}",
  judge: "",
};

export function fieldsOf(settings: AppSettings): SettingsFields {
  const { limits, resilience, origins, userIds, webhook } = settings;
  const numbers: Record<string, number | undefined> = { ...limits, ...withoutFallbacks(resilience) };
  const json: Record<string, unknown> = { ...settings, fallbacks: resilience.fallbacks };
  return {
    ...Object.fromEntries(NUMBER_FIELDS.map(({ name }) => [name, String(numbers[name] ?? "")])),
    ...Object.fromEntries(Object.keys(JSON_FIELDS).map((name) => [name, JSON.stringify(json[name]) ?? ""])),
    origins: origins.join("\n"),
    userIds,
    webhook: webhook?.url ?? "",
  };
}

/** The first problem names its field. */
export function readSettingsForm(fields: SettingsFields): ReadSettings {
  const json: Record<string, Json> = {};
  for (const [name, empty] of Object.entries(JSON_FIELDS)) {
    const text = fields[name]?.trim() || empty;
    if (text === "") continue;
    const value = parseJson(text);
    if (value === undefined) return { ok: false, problem: `${name}: is not JSON` };
    json[name] = value;
  }
  const { fallbacks = [], ...others } = json;
  const webhook = fields.webhook?.trim() ?? "";
  const parsed = appSettingsSchema.safeParse({
    ...others,
    limits: numbersOf(fields, "limits"),
    resilience: { ...numbersOf(fields, "resilience"), fallbacks },
    origins: (fields.origins ?? "").split(/\s+/).filter((origin) => origin !== ""),
    userIds: fields.userIds,
    ...(webhook !== "" && { webhook: { url: webhook } }),
  });
  const issue = parsed.error?.issues[0];
  if (!parsed.success)
    return { ok: false, problem: `${issue?.path.join(".") ?? "settings"}: ${issue?.message ?? "wrong form"}` };
  const { night, guard } = parsed.data;
  const wrong = unknownName({ "night.checks": night.checks, "guard.margins": guard.margins });
  return wrong === undefined ? { ok: true, settings: parsed.data } : { ok: false, problem: wrong };
}

function numbersOf(fields: SettingsFields, of: "limits" | "resilience"): Record<string, Json> {
  const given = NUMBER_FIELDS.filter((field) => field.of === of && (fields[field.name]?.trim() ?? "") !== "");
  return Object.fromEntries(given.map(({ name }) => [name, Number(fields[name])]));
}

function withoutFallbacks({ fallbacks: _fallbacks, ...numbers }: AppSettings["resilience"]) {
  return numbers;
}

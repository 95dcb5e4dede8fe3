/** Settings of an app as the fields of a form, and back: the schema of shared/settings says what is right. */
import { type Json, parseJson } from "../../../shared/core/json.ts";
import { type AppSettings, appSettingsSchema } from "../../../shared/settings/app-settings.ts";

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

export function fieldsOf(settings: AppSettings): SettingsFields {
  const { limits, resilience, origins, userIds, providerKeys, redaction, webhook, fineTunes } = settings;
  const numbers: Record<string, number | undefined> = { ...limits, ...withoutFallbacks(resilience) };
  return {
    ...Object.fromEntries(NUMBER_FIELDS.map(({ name }) => [name, String(numbers[name] ?? "")])),
    origins: origins.join("\n"),
    userIds,
    providerKeys: JSON.stringify(providerKeys),
    fallbacks: JSON.stringify(resilience.fallbacks),
    redaction: JSON.stringify(redaction),
    webhook: webhook?.url ?? "",
    fineTunes: JSON.stringify(fineTunes),
  };
}

/** The first problem names its field. */
export function readSettingsForm(fields: SettingsFields): ReadSettings {
  const providerKeys = parseJson(fields.providerKeys?.trim() || "{}");
  const fallbacks = parseJson(fields.fallbacks?.trim() || "[]");
  const redaction = parseJson(fields.redaction?.trim() || "{}");
  const webhook = fields.webhook?.trim() ?? "";
  const fineTunes = parseJson(fields.fineTunes?.trim() || "[]");
  if (fineTunes === undefined) return { ok: false, problem: "fineTunes: is not JSON" };
  if (redaction === undefined) return { ok: false, problem: "redaction: is not JSON" };
  if (providerKeys === undefined) return { ok: false, problem: "providerKeys: is not JSON" };
  if (fallbacks === undefined) return { ok: false, problem: "fallbacks: is not JSON" };
  const parsed = appSettingsSchema.safeParse({
    limits: numbersOf(fields, "limits"),
    resilience: { ...numbersOf(fields, "resilience"), fallbacks },
    origins: (fields.origins ?? "").split(/\s+/).filter((origin) => origin !== ""),
    userIds: fields.userIds,
    providerKeys,
    redaction,
    fineTunes,
    ...(webhook !== "" && { webhook: { url: webhook } }),
  });
  if (parsed.success) return { ok: true, settings: parsed.data };
  const issue = parsed.error.issues[0];
  return { ok: false, problem: `${issue?.path.join(".") ?? "settings"}: ${issue?.message ?? "wrong form"}` };
}

function numbersOf(fields: SettingsFields, of: "limits" | "resilience"): Record<string, Json> {
  const given = NUMBER_FIELDS.filter((field) => field.of === of && (fields[field.name]?.trim() ?? "") !== "");
  return Object.fromEntries(given.map(({ name }) => [name, Number(fields[name])]));
}

function withoutFallbacks({ fallbacks: _fallbacks, ...numbers }: AppSettings["resilience"]) {
  return numbers;
}

/**
 * The fields of the settings' form, named by their paths in the settings: `limits.requestsPerMinute`. The page shows them, and
 * settings-form.ts reads them back; what is right is said by the schema of shared/settings alone.
 */
import { CHECK_DESCRIPTIONS } from "../../../shared/check/check-names.ts";
import { DEFAULT_SETTINGS } from "../../../shared/core/run.ts";
import { meaningOf } from "../../../shared/guard/reason-text.ts";
import { DEFAULT_MINIMA } from "../../../shared/guard/stop-rule.ts";
import { DEFAULT_THRESHOLDS } from "../../../shared/guard/thresholds.ts";
import { KINDS } from "../../../shared/redact/kinds.ts";

/**
 * - switch: on unless it was turned off, and only `false` is kept
 * - list: by spaces, commas or lines; pairs: `name = value`, one a line
 */
export type FieldKind = "number" | "text" | "choice" | "switch" | "list" | "pairs" | "json";

export interface Field {
  path: string;
  kind: FieldKind;
  label: string;
  hint?: string;
  /** What holds where the field is left empty. */
  usual?: string | number;
  /** Of a choice. */
  choices?: readonly { value: string; label: string }[];
}

const number = (path: string, label: string, more: Partial<Field> = {}): Field => ({
  path,
  kind: "number",
  label,
  ...more,
});
const other = (kind: FieldKind, path: string, label: string, more: Partial<Field> = {}): Field => ({
  path,
  kind,
  label,
  ...more,
});

export const LIMIT_FIELDS = [
  number("limits.requestsPerMinute", "Calls a minute, of the app"),
  number("limits.userRequestsPerMinute", "Calls a minute, of one user"),
  number("limits.tokensPerDay", "Tokens a UTC day"),
  number("limits.costUsdPerDay", "US dollars a UTC day"),
];

export const FEEDBACK_FIELDS = [
  other("list", "origins", "Pages that may send feedback with an id alone, one a line", {
    hint: "Such as https://app.example. None: all may.",
  }),
  other("choice", "userIds", "Names of users are kept", {
    choices: [
      { value: "hashed", label: "hashed: they tell nobody who it is" },
      { value: "plain", label: "as they are sent" },
    ],
  }),
];

const KIND_NAMES: Readonly<Record<(typeof KINDS)[number], string>> = {
  secret: "keys and other secrets",
  email: "e-mail addresses",
  iban: "bank accounts (IBAN)",
  card: "card numbers",
  national_id: "national ids",
  phone: "phone numbers",
  ip: "IP addresses",
  address: "postal addresses",
  name: "names",
};

export const REDACTION_FIELDS = [
  other("choice", "redaction.at", "Masked", {
    choices: [
      { value: "export", label: "in what leaves: batches and their cards" },
      { value: "storage", label: "before anything is stored, and in what leaves" },
      { value: "off", label: "never" },
    ],
  }),
  other("text", "redaction.region", "Numbers without a country code are of", { hint: "Two letters, such as DE." }),
];
export const REDACTION_KINDS = KINDS.map((kind) => other("switch", `redaction.kinds.${kind}`, KIND_NAMES[kind]));

export const NIGHT_FIELDS = [
  number("night.budget", "Exchanges drawn of a task", { usual: DEFAULT_SETTINGS.budget }),
  number("night.nightBudget", "And of all tasks in one night", { usual: DEFAULT_SETTINGS.nightBudget }),
  number("night.auditShare", "Share drawn blind to feedback", { usual: DEFAULT_SETTINGS.auditShare }),
  number("night.pGoodMin", "P(good) of an answer to imitate, at least", { usual: DEFAULT_SETTINGS.pGoodMin }),
  number("night.userShareMax", "Share of one user, at most", { usual: DEFAULT_SETTINGS.userShareMax }),
  number("night.sessionShareMax", "Share of one conversation, at most", { usual: DEFAULT_SETTINGS.sessionShareMax }),
  number("night.templateShareMax", "Share of one template, at most", { usual: DEFAULT_SETTINGS.templateShareMax }),
  number("night.clusterShareMax", "Share of one question, at most", { usual: DEFAULT_SETTINGS.clusterShareMax }),
];
export const NIGHT_CHECKS = Object.entries(CHECK_DESCRIPTIONS).map(([name, what]) =>
  other("switch", `night.checks.${name}`, name.replaceAll("_", " "), { hint: what }),
);

const { tailCoverageMin, deepSelfWrittenShareMax, groundedKeptMin, modelPromptShareMax, text } = DEFAULT_THRESHOLDS;
export const GUARD_FIELDS = [
  number("guard.tailCoverageMin", "Rare words of before that are still there, at least", { usual: tailCoverageMin }),
  number("guard.deepSelfWrittenShareMax", "Share written by fine-tunes of your fine-tunes, at most", {
    usual: deepSelfWrittenShareMax,
  }),
  number("guard.groundedKeptMin", "Part of people's own words that is kept, at least", { usual: groundedKeptMin }),
  number("guard.modelPromptShareMax", "Share of prompts that a model wrote, at most", { usual: modelPromptShareMax }),
  number("guard.newRowsMin", "New rows of a batch, at least", { usual: DEFAULT_MINIMA.newRows }),
  number("guard.groundedRowsMin", "Rows that people spoke of, at least", { usual: DEFAULT_MINIMA.groundedRows }),
];
export const GUARD_MARGINS = Object.entries(text).map(([measure, { scale, margin }]) =>
  number(`guard.margins.${measure}`, measure, {
    usual: margin,
    hint: `${meaningOf(measure)}${scale === "relative" ? "; a part of the baseline" : ""}`,
  }),
);

export const JUDGE_FIELDS = [
  other("text", "judge.provider", "Provider", { hint: "Such as mistral. Empty: no judge is asked." }),
  other("text", "judge.model", "Model"),
  number("judge.budgetUsd", "US dollars a night"),
  number("judge.rowsMax", "Answers a night"),
  other("text", "judge.key", "Ending of its key's secret", {
    hint: "TEAM_B is …_API_KEY_TEAM_B. Empty: the plain one.",
  }),
  number("judge.prices.inputUsd", "US dollars a million tokens in"),
  number("judge.prices.outputUsd", "US dollars a million tokens out", { hint: "Of a model that no price list has." }),
];
export const JUDGE_MORE = [
  other("list", "judge.tasks", "Tasks, one a line", { hint: "None: all." }),
  other("json", "judge.rubric", "Questions, as JSON", {
    hint: '[{"name":"helpful","question":"Does it answer what was asked?","weight":2}]. Empty: winnow\'s own.',
  }),
  other("pairs", "judge.families", "Families of models whose names say nothing, one a line", {
    hint: "my-deployment = gpt. A judge never judges its own family.",
  }),
];

export const RETENTION_FIELDS = [
  number("retention.bodyDays", "Days until texts go, and numbers stay"),
  number("retention.rowDays", "Days until rows go, too"),
];

export const WEBHOOK_FIELDS = [other("text", "webhook.url", "Address", { hint: "https. Empty: nobody is told." })];

export const RESILIENCE_FIELDS = [
  number("resilience.retries", "Tries after the first", { usual: 0 }),
  number("resilience.tryTimeoutMs", "Time of one try, ms"),
  number("resilience.totalTimeoutMs", "Time of all tries, ms"),
];
export const PROVIDER_KEY_FIELD = other("pairs", "providerKeys", "Which of a provider's keys, one a line", {
  hint: "openai = TEAM_B takes the secret OPENAI_API_KEY_TEAM_B. Left out: the plain one.",
});

/** Lists of things: a row each, and one more to fill in. A row whose first field is empty is none. */
export interface Rows {
  path: string;
  rowsMax: number;
  fields: readonly Omit<Field, "hint">[];
}

export const FALLBACK_ROWS: Rows = {
  path: "resilience.fallbacks",
  rowsMax: 3,
  fields: [
    other("text", "provider", "Provider"),
    other("text", "key", "Ending of its key's secret"),
    other("pairs", "models", "Models there, one a line: asked for = asked of it"),
  ],
};
export const FINE_TUNE_ROWS: Rows = {
  path: "fineTunes",
  rowsMax: 100,
  fields: [
    other("text", "model", "Model"),
    other("list", "batches", "Batches it was trained on"),
    number("generation", "Generation, if known"),
  ],
};
export const ALL_ROWS = [FALLBACK_ROWS, FINE_TUNE_ROWS];

export const ALL_FIELDS: readonly Field[] = [
  ...LIMIT_FIELDS,
  ...FEEDBACK_FIELDS,
  ...REDACTION_FIELDS,
  ...REDACTION_KINDS,
  ...NIGHT_FIELDS,
  ...NIGHT_CHECKS,
  ...GUARD_FIELDS,
  ...GUARD_MARGINS,
  ...JUDGE_FIELDS,
  ...JUDGE_MORE,
  ...RETENTION_FIELDS,
  ...WEBHOOK_FIELDS,
  ...RESILIENCE_FIELDS,
  PROVIDER_KEY_FIELD,
];

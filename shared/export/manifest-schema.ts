/**
 * JSON Schema of the manifest, strict: a key that it does not name is an error. For readers in other languages, and
 * for the test that holds what is published to it. https://json-schema.org/draft/2020-12
 */
import { EXAMPLE_FILES } from "../core/example.ts";
import type { Gate, JudgeAgreement, JudgeSummary, LearnedVerdict } from "../core/judged.ts";
import { MANIFEST_SCHEMA, type Manifest, type ManifestFile, type Retraction } from "../core/manifest.ts";
import type { RunSettings } from "../core/run.ts";

const COUNT = { type: "integer", minimum: 0 };
const SHARE = { type: "number", minimum: 0, maximum: 1 };
const TEXT = { type: "string" };
const SHA256 = { type: "string", pattern: "^[0-9a-f]{64}$" };
const TIME = { type: "string", format: "date-time" };
const COUNTS = { type: "object", additionalProperties: COUNT };

/** All keys are required, and there are no others. */
function strict(properties: Record<string, unknown>): Record<string, unknown> {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

function orNull(schema: Record<string, unknown>): Record<string, unknown> {
  return { anyOf: [schema, { type: "null" }] };
}

// A field that Manifest learns and this does not is an error of types here.
const FILE = {
  file: { enum: [...EXAMPLE_FILES, "provenance", "canonical"] },
  format: { type: "string", pattern: "^[a-z0-9-]+$" },
  rows: COUNT,
  bytes: COUNT,
  sha256: SHA256,
  leftOut: COUNTS,
  leftAway: COUNTS,
} satisfies Record<keyof ManifestFile, unknown>;

const SETTINGS = {
  budget: COUNT,
  nightBudget: COUNT,
  auditShare: SHARE,
  pGoodMin: SHARE,
  userShareMax: SHARE,
  sessionShareMax: SHARE,
  templateShareMax: SHARE,
  clusterShareMax: SHARE,
  checks: { type: "object", additionalProperties: { type: "boolean" } },
} satisfies Record<keyof RunSettings, unknown>;

const AGREEMENT = {
  n: COUNT,
  agreement: orNull(SHARE),
  kappa: orNull({ type: "number" }),
  low: { type: "number" },
  high: { type: "number" },
  calibrated: { type: "boolean" },
  because: TEXT,
} satisfies Record<keyof JudgeAgreement, unknown>;

const JUDGE = {
  judge: orNull(strict({ provider: TEXT, model: TEXT })),
  rubric: TEXT,
  prompt: TEXT,
  budgetUsdMicros: COUNT,
  spentUsdMicros: COUNT,
  unsureUsdMicros: COUNT,
  calls: COUNT,
  cached: COUNT,
  judged: strict({ rows: COUNT, pairs: COUNT }),
  stopped: orNull(TEXT),
  leftOut: COUNTS,
  standing: strict({
    points: strict(AGREEMENT),
    pairs: strict(AGREEMENT),
    swap: strict({ n: COUNT, consistent: COUNT, placeAWon: COUNT, placeBWon: COUNT }),
    lengthSlope: strict({ n: COUNT, slope: orNull({ type: "number" }), error: orNull({ type: "number" }) }),
  }),
} satisfies Record<keyof JudgeSummary, unknown>;

const RETRACTION = {
  exampleId: TEXT,
  version: { type: "integer", minimum: 1 },
  exchangeId: TEXT,
  file: { enum: [...EXAMPLE_FILES] },
  batch: TEXT,
  reason: TEXT,
} satisfies Record<keyof Retraction, unknown>;

const NUMBERS = { type: "object", additionalProperties: { type: "number" } };

const GATE = {
  open: { type: "boolean" },
  rows: COUNT,
  share: orNull(SHARE),
  low: orNull({ type: "number", maximum: 1 }),
  because: TEXT,
} satisfies Record<keyof Gate, unknown>;

const SCORER = {
  used: { type: "boolean" },
  because: TEXT,
  rows: COUNT,
  features: orNull(TEXT),
  calibration: orNull(TEXT),
  auc: orNull(SHARE),
  calibrationError: orNull(SHARE),
  baseCalibrationError: orNull(SHARE),
  version: orNull(TEXT),
} satisfies Record<keyof LearnedVerdict["scorer"], unknown>;

const LEARNED = {
  baseRate: strict({ pGood: SHARE, low: SHARE, high: SHARE }),
  typicalVoter: strict({ sensitivity: SHARE, specificity: SHARE }),
  behaviour: NUMBERS,
  learnedFrom: COUNT,
  gate: strict(GATE),
  scorer: strict(SCORER),
} satisfies Record<keyof LearnedVerdict, unknown>;

const PROPERTIES = {
  schema: { const: MANIFEST_SCHEMA },
  id: { type: "string", minLength: 1 },
  app: { type: "string", minLength: 1 },
  task: orNull(TEXT),
  status: { enum: ["ready", "held"] },
  createdAt: TIME,
  run: { type: "string", minLength: 1 },
  codeVersion: TEXT,
  window: strict({
    from: TIME,
    to: TIME,
    maturationHours: { type: "number", minimum: 0 },
    cutShort: { type: "boolean" },
  }),
  seed: TEXT,
  settings: strict(SETTINGS),
  configSha256: SHA256,
  funnel: { ...COUNTS, required: ["window"] },
  counts: strict(Object.fromEntries(EXAMPLE_FILES.map((file) => [file, COUNT]))),
  guard: orNull(
    strict({
      held: { type: "boolean" },
      reasons: { type: "array", items: TEXT },
      reference: orNull(TEXT),
      result: { type: "object" },
      measures: { type: "object" },
    }),
  ),
  lineage: strict({ generation: COUNT, models: { type: "array", items: TEXT } }),
  release: orNull(strict({ at: TIME, reason: TEXT, key: TEXT })),
  retractions: { type: "array", items: strict(RETRACTION) },
  emptyBecause: orNull(TEXT),
  sampling: strict({
    method: TEXT,
    budget: COUNT,
    auditSize: COUNT,
    strata: { type: "array", items: strict({ stratum: TEXT, size: COUNT, drawn: COUNT }) },
    inclusionProbability: orNull(strict({ min: SHARE, mean: SHARE, max: SHARE })),
  }),
  verdict: strict({
    weights: TEXT,
    calibrated: { type: "boolean" },
    logOdds: NUMBERS,
    learned: orNull(strict(LEARNED)),
    goodRate: strict({
      share: orNull(SHARE),
      low: SHARE,
      high: SHARE,
      rows: COUNT,
      effectiveRows: { type: "number", minimum: 0 },
    }),
  }),
  judge: orNull(strict(JUDGE)),
  dedupe: strict({
    method: TEXT,
    alarms: { type: "array", items: strict({ exchangeId: TEXT, size: COUNT, share: SHARE }) },
  }),
  redaction: strict({ at: { enum: ["export", "storage", "off"] }, values: COUNTS }),
  split: strict({ evalShare: SHARE, method: TEXT, evalSets: { type: "array", items: TEXT } }),
  kto: orNull(
    strict({
      desirable: { type: "number", exclusiveMinimum: 0 },
      undesirable: { type: "number", exclusiveMinimum: 0 },
      desirableCount: COUNT,
      undesirableCount: COUNT,
    }),
  ),
  preference: orNull(strict({ pairs: COUNT, chosenLonger: SHARE, meanLogLengthRatio: { type: "number" } })),
  files: { type: "array", items: strict(FILE) },
} satisfies Record<keyof Manifest, unknown>;

export const MANIFEST_JSON_SCHEMA: Record<string, unknown> = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  $id: `urn:winnow:${MANIFEST_SCHEMA}`,
  title: "Manifest of a winnow batch",
  ...strict(PROPERTIES),
};

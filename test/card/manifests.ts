/** Manifests for the tests of card and schema: one by hand, others for fast-check. */
import fc from "fast-check";
import { EXAMPLE_FILES } from "../../shared/core/example.ts";
import type { ExchangeId } from "../../shared/core/ids.ts";
import type { LearnedVerdict } from "../../shared/core/judged.ts";
import { MANIFEST_SCHEMA, type Manifest, type ManifestFile } from "../../shared/core/manifest.ts";
import { DEFAULT_SETTINGS } from "../../shared/core/run.ts";
import { EXPORTABLE } from "../../shared/export/formats.ts";

export const MANIFEST: Manifest = {
  schema: MANIFEST_SCHEMA,
  id: "019a0000-0000-7000-8000-000000000001",
  app: "helpdesk",
  task: "summarise-ticket",
  status: "ready",
  createdAt: "2025-11-20T03:04:05.678Z",
  run: "019a0000-0000-7000-8000-000000000002",
  codeVersion: "0.1.0",
  window: {
    from: "2025-11-18T00:00:00.000Z",
    to: "2025-11-19T00:00:00.000Z",
    maturationHours: 24,
    cutShort: false,
  },
  seed: "night-1",
  settings: { ...DEFAULT_SETTINGS, checks: { refusal: true } },
  configSha256: "c".repeat(64),
  funnel: { window: 1_000, not_drawn: 700, exported: 220, duplicate: 50, check_failed: 30 },
  counts: { sft: 150, preference: 20, kto: 40, eval: 10 },
  guard: { held: false, reasons: [], reference: null, result: {}, measures: {} },
  lineage: { generation: 0, models: ["gpt-4o-mini"] },
  release: { at: "2025-11-20T00:00:00.000Z", reason: "looked over by hand", key: "key-1" },
  retractions: [],
  emptyBecause: null,
  sampling: {
    method: "simple random sampling within strata",
    budget: 5_000,
    auditSize: 50,
    strata: [
      { stratum: "good", size: 600, drawn: 200 },
      { stratum: "bad", size: 400, drawn: 100 },
    ],
    inclusionProbability: { min: 0.25, mean: 0.3, max: 1 },
  },
  verdict: {
    weights: "2025-11-01",
    calibrated: false,
    logOdds: { thumb_up: 1.386, regenerate: -1.5 },
    learned: null,
    goodRate: { share: 0.8, low: 0.7, high: 0.9, rows: 300, effectiveRows: 250 },
  },
  judge: {
    judge: { provider: "mistral", model: "mistral-large" },
    rubric: "winnow.rubric.1",
    prompt: "winnow.judge.1",
    budgetUsdMicros: 2_000_000,
    spentUsdMicros: 180_000,
    unsureUsdMicros: 0,
    calls: 210,
    cached: 12,
    judged: { rows: 180, pairs: 20 },
    stopped: null,
    leftOut: { own_family: 3 },
    standing: {
      points: { n: 150, agreement: 0.84, kappa: 0.66, low: 0.53, high: 0.79, calibrated: true, because: "agrees" },
      pairs: { n: 12, agreement: 0.75, kappa: 0.5, low: 0, high: 0.9, calibrated: false, because: "too_few_labels" },
      swap: { n: 20, consistent: 16, placeAWon: 3, placeBWon: 1 },
      lengthSlope: { n: 16, slope: 0.3, error: 0.4 },
    },
  },
  dedupe: {
    method: "MinHash",
    alarms: [{ exchangeId: "019a0000-0000-7000-8000-000000000001" as ExchangeId, size: 40, share: 0.3 }],
  },
  redaction: { at: "export", values: { email: 3 } },
  split: { evalShare: 0.05, method: "SHA-256 of app and conversation group", evalSets: ["gsm8k-test"] },
  kto: { desirable: 1, undesirable: 1.5, desirableCount: 30, undesirableCount: 10 },
  preference: { pairs: 20, chosenLonger: 0.5, meanLogLengthRatio: 0.1 },
  files: [
    fileOf({ file: "canonical", format: "winnow", rows: 220 }),
    fileOf({ file: "sft", format: "openai", rows: 150, leftOut: { audio: 2, image_invalid: 7 } }),
    ...EXAMPLE_FILES.map((file) => fileOf({ file, format: "parquet", rows: file === "kto" ? 0 : 10 })),
    fileOf({ file: "provenance", format: "winnow", rows: 220 }),
  ],
};

function fileOf(options: Pick<ManifestFile, "file" | "format" | "rows"> & Partial<ManifestFile>): ManifestFile {
  return { bytes: options.rows * 100, sha256: "0123456789abcdef".repeat(4), leftOut: {}, leftAway: {}, ...options };
}

/** Text that somebody could bring into a manifest, to break out of where it stands. */
export const HOSTILE_TEXTS = [
  "<script>alert(1)</script>",
  "</svg><svg onload=alert(1)>",
  "| a | b |\n| --- | --- |",
  "`` ` ```code``` ",
  "`",
  "\\",
  "foo\\|bar\\",
  "[click](javascript:alert(1))",
  "![x](https://evil.example/pixel.png)",
  "https://evil.example/ and www.evil.example and a@evil.example",
  "# Heading\n\n---\nlicense: mit\n---",
  "\n---\n",
  '"\nlicense: "mit',
  "*a* _b_ ~~c~~ $x$ <!-- -->",
  "&lt;b&gt; &amp; ]]>",
  "yes: no # comment",
  "- item\n- item",
  "{a: [b",
  "\u202egpj.exe\u202c \u200b\ufeff\u0000\u001b[31m\u0085\u2028\u2029",
  "half \ud83d pair",
  "𝒳 😀 שלום é=e\u0301",
  "x".repeat(5_000),
  "",
  " ",
  "null",
  "2025-11-20",
];

const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.string({ unit: "grapheme", maxLength: 20 }),
);
const some = hostile.filter((text) => text !== "");
const count = fc.nat(100_000);
const share = fc.double({ min: 0, max: 1, noNaN: true });
const odds = fc.double({ min: -10, max: 10, noNaN: true });
const time = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date("2100-01-01") })
  .map((at) => at.toISOString());
const sha256 = fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: 64, maxLength: 64 });
/** The validator of the schema makes an address of each key, which half a surrogate pair cannot be part of. */
const key = hostile.map((text) => text.toWellFormed());
const counts = fc.dictionary(key, count, { maxKeys: 4 });

const file: fc.Arbitrary<ManifestFile> = fc
  .tuple(
    fc.constantFrom(...EXPORTABLE),
    fc.record({ rows: count, bytes: count, sha256, leftOut: counts, leftAway: counts }),
  )
  .map(([{ file, format }, numbers]) => ({ file, format, ...numbers }));

const learned: fc.Arbitrary<LearnedVerdict> = fc.record({
  baseRate: fc.record({ pGood: share, low: share, high: share }),
  typicalVoter: fc.record({ sensitivity: share, specificity: share }),
  behaviour: fc.dictionary(key, odds, { maxKeys: 4 }),
  learnedFrom: count,
  gate: fc.record({
    open: fc.boolean(),
    rows: count,
    share: fc.option(share),
    low: fc.option(share),
    because: hostile,
  }),
  scorer: fc.record({
    used: fc.boolean(),
    because: hostile,
    rows: count,
    features: fc.option(hostile),
    calibration: fc.option(hostile),
    auc: fc.option(share),
    calibrationError: fc.option(share),
    baseCalibrationError: fc.option(share),
    version: fc.option(hostile),
  }),
});

const agreement = fc.record({
  n: count,
  agreement: fc.option(share),
  kappa: fc.option(share),
  low: share,
  high: share,
  calibrated: fc.boolean(),
  because: hostile,
});

export const arbitraryManifest: fc.Arbitrary<Manifest> = fc.record({
  schema: fc.constant(MANIFEST_SCHEMA),
  id: some,
  app: some,
  task: fc.option(hostile),
  status: fc.constantFrom("ready", "held"),
  createdAt: time,
  run: some,
  codeVersion: hostile,
  window: fc.record({ from: time, to: time, maturationHours: fc.nat(1_000), cutShort: fc.boolean() }),
  seed: hostile,
  settings: fc.record({
    budget: count,
    nightBudget: count,
    auditShare: share,
    pGoodMin: share,
    userShareMax: share,
    sessionShareMax: share,
    templateShareMax: share,
    clusterShareMax: share,
    checks: fc.dictionary(key, fc.boolean(), { maxKeys: 3 }),
  }),
  configSha256: sha256,
  funnel: fc.tuple(count, counts).map(([window, buckets]) => ({ ...buckets, window })),
  counts: fc.record({ sft: count, preference: count, kto: count, eval: count }),
  guard: fc.option(
    fc.record({
      held: fc.boolean(),
      reasons: fc.array(hostile, { maxLength: 2 }),
      reference: fc.option(hostile),
      result: fc.constant({}),
      measures: fc.constant({}),
    }),
  ),
  lineage: fc.record({ generation: count, models: fc.array(hostile, { maxLength: 3 }) }),
  release: fc.option(fc.record({ at: time, reason: hostile, key: hostile })),
  retractions: fc.array(
    fc.record({
      exampleId: hostile,
      version: fc.integer({ min: 1, max: 9 }),
      exchangeId: hostile,
      file: fc.constantFrom(...EXAMPLE_FILES),
      batch: hostile,
      reason: hostile,
    }),
    { maxLength: 3 },
  ),
  emptyBecause: fc.option(hostile),
  sampling: fc.record({
    method: hostile,
    budget: count,
    auditSize: count,
    strata: fc.array(fc.record({ stratum: hostile, size: count, drawn: count }), { maxLength: 40 }),
    inclusionProbability: fc.option(fc.record({ min: share, mean: share, max: share })),
  }),
  verdict: fc.record({
    weights: hostile,
    calibrated: fc.boolean(),
    logOdds: fc.dictionary(key, odds, { maxKeys: 4 }),
    learned: fc.option(learned),
    goodRate: fc.record({ share: fc.option(share), low: share, high: share, rows: count, effectiveRows: share }),
  }),
  judge: fc.option(
    fc.record({
      judge: fc.option(fc.record({ provider: hostile, model: hostile })),
      rubric: hostile,
      prompt: hostile,
      budgetUsdMicros: count,
      spentUsdMicros: count,
      unsureUsdMicros: count,
      calls: count,
      cached: count,
      judged: fc.record({ rows: count, pairs: count }),
      stopped: fc.option(hostile),
      leftOut: counts,
      standing: fc.record({
        points: agreement,
        pairs: agreement,
        swap: fc.record({ n: count, consistent: count, placeAWon: count, placeBWon: count }),
        lengthSlope: fc.record({ n: count, slope: fc.option(share), error: fc.option(share) }),
      }),
    }),
  ),
  dedupe: fc.record({
    method: hostile,
    alarms: fc.array(fc.record({ exchangeId: hostile.map((id) => id as ExchangeId), size: count, share }), {
      maxLength: 2,
    }),
  }),
  redaction: fc.record({ at: fc.constantFrom("export", "storage", "off"), values: counts }),
  split: fc.record({ evalShare: share, method: hostile, evalSets: fc.array(hostile, { maxLength: 2 }) }),
  kto: fc.option(
    fc.record({
      desirable: fc.double({ min: 0.01, max: 100, noNaN: true }),
      undesirable: fc.double({ min: 0.01, max: 100, noNaN: true }),
      desirableCount: count,
      undesirableCount: count,
    }),
  ),
  preference: fc.option(fc.record({ pairs: count, chosenLonger: share, meanLogLengthRatio: odds })),
  files: fc.array(file, { maxLength: 8 }),
});

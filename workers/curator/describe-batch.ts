/** What stands beside the files of a batch: the card with its pictures, Croissant, LLaMA-Factory's dataset_info. */
import { makeCard } from "../../shared/card/card.ts";
import type { BatchPoint, CardInput } from "../../shared/card/card-input.ts";
import { makeCroissant } from "../../shared/card/croissant.ts";
import { plotsOf } from "../../shared/card/plots.ts";
import type { Example } from "../../shared/core/example.ts";
import type { GuardReport, Manifest, Retraction } from "../../shared/core/manifest.ts";
import { datasetInfo } from "../../shared/export/dataset-info.ts";
import { EXPORTABLE, fileNameOf } from "../../shared/export/formats.ts";
import { PARQUET_COLUMNS } from "../../shared/export/parquet-columns.ts";
import type { GuardResult } from "../../shared/guard/guard.ts";
import type { GuardMeasures } from "../../shared/guard/measures.ts";
import { messageText } from "./conversation-text.ts";

/** @param options.earlier manifests of earlier batches, newest last @returns names and texts */
export function describeBatch(options: {
  manifest: Manifest;
  examples: readonly Example[];
  earlier: readonly Manifest[];
}): [name: string, text: string][] {
  const { manifest } = options;
  const input = cardInputOf(options);
  const described = EXPORTABLE.filter(({ format }) => format === "sharegpt").map(({ file, format }) => ({
    file,
    fileName: fileNameOf({ file, format }),
    rows: manifest.files.find((one) => one.file === file && one.format === format)?.rows ?? 0,
  }));
  return [
    ["README.md", makeCard(input)],
    ...plotsOf(input).map(({ name, svg }): [string, string] => [name, svg]),
    ["croissant.json", `${JSON.stringify(makeCroissant(input), null, 2)}\n`],
    ["dataset_info.json", `${JSON.stringify(datasetInfo(described), null, 2)}\n`],
  ];
}

function cardInputOf({ manifest, examples, earlier }: Parameters<typeof describeBatch>[0]): CardInput {
  const learned = examples.filter(({ file }) => file !== "eval");
  return {
    manifest,
    columns: PARQUET_COLUMNS,
    scores: examples.map((example) => example.provenance.pGood),
    lengths: learned.map((example) => messageText("chosen" in example ? example.chosen : example.completion).length),
    history: [...earlier, manifest].flatMap(pointOf),
    lineage: countOrigins(learned),
    retractions: countRetractions(manifest.retractions),
    ...(manifest.guard !== null && { guard: { checks: checksOf(manifest.guard) } }),
    ...calibrationOf(manifest),
  };
}

/** distinct-2, length-matched: of a hundred pairs of words in a row, how many are different ones. */
function pointOf({ createdAt, counts, guard }: Manifest): BatchPoint[] {
  if (guard == null) return [];
  const { text } = guard.measures as unknown as GuardMeasures;
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return [{ batch: createdAt.slice(0, 10), rows, diversity: text.distinct2?.value ?? null }];
}

/** The guard's comparisons. */
function checksOf({ result }: GuardReport): NonNullable<CardInput["guard"]>["checks"] {
  const { compared } = result as unknown as GuardResult;
  return compared.map(({ measure, against, over, value, threshold }) => {
    return { name: `${measure} (${against})`, passed: !over, value, limit: String(threshold) };
  });
}

function countOrigins(examples: readonly Example[]): { origin: string; rows: number }[] {
  const groups = Map.groupBy(examples, ({ provenance: { lineage } }) => {
    if (lineage.origin !== "model") return lineage.origin;
    const { model, generation = 0 } = lineage;
    return `${model ?? "unknown model"}${generation === 0 ? "" : `, generation ${generation}`}`;
  });
  return [...groups].map(([origin, rows]) => ({ origin, rows: rows.length })).sort((a, b) => b.rows - a.rows);
}

function countRetractions(retractions: readonly Retraction[]): { batch: string; rows: number; reason: string }[] {
  const groups = Map.groupBy(retractions, ({ batch, reason }) => `${batch}\n${reason}`);
  return [...groups.values()].flatMap((rows) => {
    const [first] = rows;
    return first === undefined ? [] : [{ batch: first.batch, rows: rows.length, reason: first.reason }];
  });
}

function calibrationOf({ verdict: { learned } }: Manifest): Pick<CardInput, "calibration"> {
  if (learned == null) return {};
  const { used, calibration, calibrationError, baseCalibrationError, rows } = learned.scorer;
  const method = used ? (calibration ?? "the scorer") : "base rate and agreement, without the scorer";
  return { calibration: { method, error: used ? calibrationError : baseCalibrationError, rows } };
}

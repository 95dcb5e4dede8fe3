/** Sections of the card by which a reader decides whether to trust the batch: checks, lineage, limits. */
import type { ManifestFile } from "../core/manifest.ts";
import type { CardInput } from "./card-input.ts";
import { cardFileName } from "./file-names.ts";
import { codeSpan, markdownTable } from "./markdown-text.ts";

export function checksSection({ guard, calibration }: CardInput): string {
  const parts: string[] = [];
  if (guard !== undefined) {
    const rows = guard.checks.map(({ name, passed, value, limit }) => [
      codeSpan(name),
      value === null ? "not measured" : number(value),
      codeSpan(limit),
      passed ? "passed" : "**failed**",
    ]);
    parts.push(markdownTable(["check", "value", "limit", "outcome"], rows));
  }
  if (calibration !== undefined) {
    const { method, error, rows } = calibration;
    const measured = error === null ? "its error could not be measured" : `expected calibration error ${number(error)}`;
    parts.push(`P(good) is calibrated by ${codeSpan(method)}: ${measured}, over ${rows} answers with thumbs.`);
  }
  return parts.length === 0 ? "" : ["## Guard report", ...parts].join("\n\n");
}

export function lineageSection({ lineage, retractions }: CardInput): string {
  const parts: string[] = [];
  if (lineage !== undefined) {
    const rows = lineage.map(({ origin, rows }) => [codeSpan(origin), String(rows)]);
    parts.push("Who wrote the text that is learned:", markdownTable(["origin", "rows"], rows));
  }
  if (retractions !== undefined && retractions.length > 0) {
    const rows = retractions.map((one) => [codeSpan(one.batch), String(one.rows), codeSpan(one.reason)]);
    parts.push("Rows of earlier batches that should be trained on no more:");
    parts.push(markdownTable(["batch", "rows", "why"], rows));
  }
  return parts.length === 0 ? "" : ["## Lineage", ...parts].join("\n\n");
}

export function limitsSection({ manifest, guard, lineage }: CardInput): string {
  const limits = [
    "Feedback is sparse and biased: who answers, and about what, is not chance. Rows are weighted by nothing; use " +
      "the inclusion probabilities of the provenance file to estimate rates.",
    manifest.verdict.calibrated
      ? "P(good) is calibrated on the answers that got a thumb, which are not like the others."
      : "P(good) is not calibrated yet: it orders rows, and is no rate of anything.",
    "Users like what flatters and what is long. What they liked need not be right; nobody checked the facts.",
    "Personal data can be in any text: what was masked was masked by rules, and rules miss some. Treat the files as " +
      "confidential.",
    "An answer that nobody corrected is a model's own. Training again and again on such text narrows what a model says.",
  ];
  limits.push(...smallFiles(manifest.files));
  if (guard === undefined) limits.push("No guard compared this batch with earlier ones.");
  if (lineage === undefined)
    limits.push("Who wrote each answer is in the provenance file only, and not summed up here.");
  const uses = "Licence: the texts belong to the app's operator and its users; there is no public licence.";
  return ["## Limitations", limits.map((limit) => `- ${limit}`).join("\n"), uses].join("\n\n");
}

/** How many rows a sink wants of a file to train on: OpenAI says 10; Amazon 8, and 200 for Nova 2 Lite. */
const ROWS_MIN: Record<string, number> = { openai: 10, bedrock: 8 };

function smallFiles(files: readonly ManifestFile[]): string[] {
  const small = files.filter(({ file, format, rows }) => {
    return file !== "eval" && rows > 0 && rows < (ROWS_MIN[format] ?? 0);
  });
  return small.map((file) => {
    const { format, rows } = file;
    return `${codeSpan(cardFileName(file))} has ${rows} rows, and its sink takes ${ROWS_MIN[format]} at least: put several batches together.`;
  });
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}

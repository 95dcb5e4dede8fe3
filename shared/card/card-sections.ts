/** Sections of the card that say what a batch is and how its rows came about. */
import type { ManifestFile } from "../core/manifest.ts";
import type { CardInput } from "./card-input.ts";
import { cardFileName } from "./file-names.ts";
import { codeSpan, markdownTable } from "./markdown-text.ts";

/** Strata are many where templates are; the manifest has all of them. */
const STRATA_MAX = 30;

export function aboutSection({ manifest }: CardInput): string {
  const { app, task, status, createdAt, window, counts } = manifest;
  const whose = `${codeSpan(app)}${task === null ? "" : `, task ${codeSpan(task)}`}`;
  const held =
    status === "held"
      ? " The guard **held** it when it was made: read the checks below; whether it was released since is in the manifest."
      : "";
  const cut = window.cutShort ? " The window was cut short: there was more than one run takes." : "";
  const empty = manifest.emptyBecause === null ? "" : `\n\nIt is empty: ${codeSpan(manifest.emptyBecause)}.`;
  return [
    `Fine-tuning candidates from production calls of ${whose}, made by winnow ${codeSpan(manifest.codeVersion)} ` +
      `on ${codeSpan(createdAt)}. The calls are from ${codeSpan(window.from)} to ` +
      `${codeSpan(window.to)}; feedback had ${window.maturationHours} hours to come in.${held}${cut}${empty}`,
    markdownTable(
      ["file", "rows", "what a row is"],
      [
        ["sft", String(counts.sft), "a conversation whose last answer is worth imitating"],
        ["preference", String(counts.preference), "a conversation with a better and a worse answer"],
        ["kto", String(counts.kto), "a conversation with one answer, and whether it was wanted"],
        ["eval", String(counts.eval), "like sft, of conversations that are never trained on"],
      ],
    ),
  ].join("\n\n");
}

export function funnelSection({ manifest }: CardInput): string {
  const { window, ...buckets } = manifest.funnel;
  const rows = sortByCount(Object.entries(buckets)).map(([bucket, count]) => [
    codeSpan(bucket),
    String(count),
    share(count, window),
  ]);
  return [
    "## Where the calls went",
    "Every call of the window is in exactly one of these.",
    markdownTable(
      ["outcome", "calls", "share"],
      [...rows, ["all of the window", String(window), share(window, window)]],
    ),
  ].join("\n\n");
}

export function samplingSection({ manifest }: CardInput): string {
  const { sampling, settings, verdict, split, seed, kto } = manifest;
  const chances = sampling.inclusionProbability;
  const strata = sampling.strata.toSorted((a, b) => b.size - a.size || compare(a.stratum, b.stratum));
  const shown = strata
    .slice(0, STRATA_MAX)
    .map(({ stratum, size, drawn }) => [codeSpan(stratum), String(size), String(drawn)]);
  const more = strata.length > STRATA_MAX ? `\n\n${strata.length - STRATA_MAX} more strata are in the manifest.` : "";
  const weights = Object.entries(verdict.logOdds).sort(([a], [b]) => compare(a, b));
  return [
    "## How rows were chosen",
    `Drawing: ${codeSpan(sampling.method)}; ${settings.budget} calls at most, and ` +
      `${sampling.auditSize} more drawn blind to feedback. Seed ${codeSpan(seed)}.` +
      (chances === null
        ? ""
        : ` A row's probability of being drawn is between ${number(chances.min)} and ${number(chances.max)}, ` +
          `${number(chances.mean)} on average; each row has its own in the provenance file.`),
    markdownTable(["stratum", "calls", "drawn"], shown) + more,
    `Verdict: log-odds of each piece of evidence add up to P(good), weights ${codeSpan(verdict.weights)}; ` +
      `${verdict.calibrated ? "calibrated" : "not calibrated yet"}. An answer is imitated from ` +
      `${number(settings.pGoodMin)} on.`,
    markdownTable(
      ["evidence", "log-odds"],
      weights.map(([name, odds]) => [codeSpan(name), number(odds)]),
    ),
    `Split: ${percent(split.evalShare)} of the conversations are for evaluation for ever, by ` +
      `${codeSpan(split.method)}.` +
      (kto === null
        ? ""
        : ` KTO: desirable_weight ${number(kto.desirable)}, undesirable_weight ${number(kto.undesirable)}, for ` +
          `${kto.desirableCount} wanted and ${kto.undesirableCount} unwanted answers.`),
  ].join("\n\n");
}

export function filesSection({ manifest }: CardInput): string {
  const files = manifest.files.map((file) => [
    codeSpan(cardFileName(file)),
    String(file.rows),
    String(file.bytes),
    codeSpan(file.sha256),
    leftOut(file),
  ]);
  return [
    "## Files",
    "The bytes of a batch never change. A row that a format cannot express is left out of that format; a model's reasoning " +
      "is in none.",
    markdownTable(["file", "rows", "bytes", "SHA-256", "left out"], files),
    `Made by the rules of config ${codeSpan(manifest.configSha256)}.`,
  ].join("\n\n");
}

function leftOut(file: ManifestFile): string {
  const reasons = sortByCount(Object.entries(file.leftOut)).map(([reason, count]) => `${count} ${codeSpan(reason)}`);
  const parts = Object.entries(file.leftAway).map(([part, count]) => `${codeSpan(part)} of ${count} rows`);
  return [...reasons, ...parts].join(", ") || "none";
}

function sortByCount(entries: [string, number][]): [string, number][] {
  return entries.toSorted(([a, count], [b, other]) => other - count || compare(a, b));
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function share(part: number, whole: number): string {
  return whole === 0 ? "–" : percent(part / whole);
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}

/** Four digits are more than any of these numbers is good for. */
function number(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** The pictures beside a card, one file each; a picture without data is left away. */

import type { CardInput } from "./card-input.ts";
import { barPlot, linePlot } from "./plot-svg.ts";

export interface Plot {
  /** Path beside the card. */
  name: string;
  title: string;
  svg: string;
}

const SCORE_BINS = 20;
/** Lengths double from bar to bar, because they differ by orders of magnitude; the last bar takes all that is longer. */
const LENGTH_BINS = 18;

export function plotsOf({ scores = [], lengths = [], history = [] }: CardInput): Plot[] {
  const plots: Plot[] = [];
  const known = scores.filter((score) => score >= 0 && score <= 1);
  if (known.length > 0) plots.push(plot("plots/scores.svg", "P(good) of the rows", (title) => scorePlot(title, known)));
  const sizes = lengths.filter((length) => Number.isSafeInteger(length) && length >= 0);
  if (sizes.length > 0) {
    plots.push(plot("plots/lengths.svg", "Characters of the answers", (title) => lengthPlot(title, sizes)));
  }
  const measured = history.flatMap(({ batch, diversity }) => (isMeasured(diversity) ? [{ batch, diversity }] : []));
  if (measured.length > 1) {
    const points = measured.map(({ batch, diversity }) => ({ label: batch, value: diversity }));
    plots.push(plot("plots/diversity.svg", "Diversity over batches", (title) => linePlot({ title, points })));
  }
  return plots;
}

function plot(name: string, title: string, draw: (title: string) => string): Plot {
  return { name, title, svg: draw(title) };
}

function scorePlot(title: string, scores: readonly number[]): string {
  const counts = countBins(
    scores.map((score) => Math.floor(score * SCORE_BINS)),
    SCORE_BINS,
  );
  const bars = counts.map((count, at) => ({ label: at % 5 === 0 ? (at / SCORE_BINS).toFixed(2) : "", count }));
  return barPlot({ title, bars });
}

function lengthPlot(title: string, lengths: readonly number[]): string {
  const counts = countBins(
    lengths.map((length) => 31 - Math.clz32(Math.min(Math.max(length, 1), 2 ** 31))),
    LENGTH_BINS,
  );
  const bars = counts.map((count, at) => ({ label: at % 3 === 0 ? String(2 ** at) : "", count }));
  return barPlot({ title, bars });
}

/** @param places those past the end count in the last bin */
function countBins(places: readonly number[], bins: number): number[] {
  const counts = Array.from({ length: bins }, () => 0);
  for (const place of places) {
    const at = Math.min(place, bins - 1);
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

function isMeasured(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}

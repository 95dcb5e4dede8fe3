/** Precision and recall of what is found in a labelled set, by kind and by locale. */
import { findSpans } from "../../shared/redact/find-spans.ts";
import type { Found } from "../../shared/redact/kinds.ts";
import { makeNames } from "../../shared/redact/names.ts";
import type { Label, Labelled } from "./labelled-set.ts";

export interface Tally {
  /** Labels that a find of their kind covers from end to end. */
  hits: number;
  labels: number;
  /** Finds that meet no label of their kind. */
  wrong: number;
  finds: number;
}

export interface Measured {
  byKind: Map<string, Tally>;
  byLocale: Map<string, Tally>;
  byBoth: Map<string, Tally>;
  /** What was missed and what was found by mistake, with its text. */
  faults: string[];
}

export function measure(set: readonly Labelled[]): Measured {
  const measured: Measured = { byKind: new Map(), byLocale: new Map(), byBoth: new Map(), faults: [] };
  for (const { locale, region, text, labels } of set) {
    const names = makeNames();
    names.learn(text);
    const found = findSpans(text, { names, region });
    for (const one of labels) {
      const hit = found.some((span) => sameKind(span, one) && span.start <= one.start && span.end >= one.end);
      if (!hit) measured.faults.push(`missed ${locale} ${one.kind}: ${text.slice(one.start, one.end)} | ${text}`);
      count({ measured, locale, kind: one.kind, add: { hits: Number(hit), labels: 1, wrong: 0, finds: 0 } });
    }
    for (const span of found) {
      const wrong = !labels.some((one) => sameKind(span, one) && span.start < one.end && span.end > one.start);
      if (wrong) measured.faults.push(`wrong ${locale} ${span.kind}: ${text.slice(span.start, span.end)} | ${text}`);
      count({ measured, locale, kind: span.kind, add: { hits: 0, labels: 0, wrong: Number(wrong), finds: 1 } });
    }
  }
  return measured;
}

export function recallOf({ hits, labels }: Tally): number {
  return labels === 0 ? 1 : hits / labels;
}

export function precisionOf({ wrong, finds }: Tally): number {
  return finds === 0 ? 1 : 1 - wrong / finds;
}

function sameKind(span: Found, label: Label): boolean {
  return span.kind === label.kind;
}

function count({
  measured,
  locale,
  kind,
  add,
}: {
  measured: Measured;
  locale: string;
  kind: string;
  add: Tally;
}): void {
  addTo({ tallies: measured.byKind, key: kind, add });
  addTo({ tallies: measured.byBoth, key: `${locale} ${kind}`, add });
  addTo({ tallies: measured.byLocale, key: locale, add });
}

function addTo({ tallies, key, add }: { tallies: Map<string, Tally>; key: string; add: Tally }): void {
  const tally = tallies.get(key) ?? { hits: 0, labels: 0, wrong: 0, finds: 0 };
  tally.hits += add.hits;
  tally.labels += add.labels;
  tally.wrong += add.wrong;
  tally.finds += add.finds;
  tallies.set(key, tally);
}

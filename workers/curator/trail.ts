/** What a run writes down of each exchange that it looked at: all that its answer to "why?" is made of. */
import type { Example } from "../../shared/core/example.ts";
import type { Retraction } from "../../shared/core/manifest.ts";
import { round6 } from "../../shared/core/probability.ts";
import type { TrailEntry, TrailRow } from "../../shared/core/run.ts";
import type { Candidate } from "./candidate.ts";
import type { Clusters } from "./clusters.ts";

export interface Outcome {
  batch: string;
  /** The row of each example in its file's default format. */
  rowOf: ReadonlyMap<string, number>;
  clusters: Clusters;
  retractions: readonly Retraction[];
}

export function trailOf(candidates: readonly Candidate[], outcome: Outcome): TrailEntry[] {
  const { batch, rowOf, clusters } = outcome;
  const retracted = Map.groupBy(outcome.retractions, ({ exchangeId }) => exchangeId as string);
  const rejected = rejectedRows(candidates, rowOf);
  return candidates.map((candidate): TrailEntry => {
    const { id, bucket, reason, drawn, stratum, judged, side, examples } = candidate;
    return {
      id,
      bucket: bucket ?? "no_label",
      ...(reason !== null && { reason }),
      ...(candidate.isLate && { isLate: true }),
      inclusionProbability: round6(drawn.inclusionProbability),
      stratum,
      audit: drawn.audit,
      pGood: judged.pGood,
      interval: judged.interval,
      grounds: judged.grounds,
      failed: candidate.failed,
      cluster: clusters.get(id) ?? null,
      side,
      batch,
      before: candidate.before,
      rows: [...examples.map((example) => rowIn(example, rowOf)), ...(rejected.get(id) ?? [])],
      retracted: (retracted.get(id) ?? []).map(({ file, batch: from, version, reason: why }) => ({
        ...{ file, batch: from, version },
        reason: why,
      })),
    };
  });
}

function rowIn({ id, file, provenance: { amends } }: Example, rowOf: Outcome["rowOf"]): TrailRow {
  return { file, row: rowOf.get(id) ?? null, ...(amends !== undefined && { amends }) };
}

/** An answer also stands in the pair of the one that was chosen over it. */
function rejectedRows(candidates: readonly Candidate[], rowOf: Outcome["rowOf"]): Map<string, TrailRow[]> {
  const rows = candidates.flatMap(({ examples }) =>
    examples.flatMap((example): [string, TrailRow][] => {
      const { rejectedExchangeId } = example.provenance;
      return rejectedExchangeId === undefined
        ? []
        : [[rejectedExchangeId, { ...rowIn(example, rowOf), as: "rejected" }]];
    }),
  );
  return new Map([...Map.groupBy(rows, ([id]) => id)].map(([id, found]) => [id, found.map(([, row]) => row)]));
}

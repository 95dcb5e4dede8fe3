/** Which row stands for those that say the same or nearly the same, and how many they are. */
import type { ExchangeId } from "../../shared/core/ids.ts";
import type { Manifest } from "../../shared/core/manifest.ts";
import type { Cluster } from "../../shared/core/run.ts";
import type { Candidate } from "./candidate.ts";

/** A cluster of more rows than these, by number and by share of the rows that were compared, is told of. */
const ALARM_ROWS = 20;
const ALARM_SHARE = 0.2;

export type Clusters = ReadonlyMap<string, Cluster>;

/** Of each row that was compared: its cluster. A row of an earlier batch counts as one of those that it stands for. */
export function clustersOf(candidates: readonly Candidate[]): Clusters {
  const byId = new Map(candidates.map((candidate) => [candidate.id as string, candidate]));
  const compared = candidates.filter(({ bucket, like }) => bucket === "exported" || like !== null);
  const standsFor = new Map(compared.map(({ id }) => [id as string, representativeOf(id, byId)]));
  const members = Map.groupBy(compared, ({ id }) => standsFor.get(id) ?? id);
  const sizeOf = (representative: ExchangeId) => {
    const own = members.get(representative) ?? [];
    return own.length + (own.some(({ id }) => id === representative) ? 0 : 1);
  };
  return new Map(
    [...standsFor].map(([id, representative]): [string, Cluster] => [
      id,
      { representative, size: sizeOf(representative) },
    ]),
  );
}

/** What a row is like may itself be like a third one, which was found later. */
function representativeOf(id: ExchangeId, byId: ReadonlyMap<string, Candidate>): ExchangeId {
  let representative = id;
  for (let steps = 0; steps < byId.size; steps++) {
    const like = byId.get(representative)?.like ?? null;
    if (like === null) return representative;
    representative = like;
  }
  return representative;
}

export function alarmsOf(clusters: Clusters): Manifest["dedupe"]["alarms"] {
  const sizes = new Map([...clusters.values()].map(({ representative, size }) => [representative, size]));
  return [...sizes].flatMap(([exchangeId, size]) => {
    const share = size / clusters.size;
    if (size < ALARM_ROWS || share < ALARM_SHARE) return [];
    return [{ exchangeId, size, share: Math.round(Math.min(1, share) * 1e6) / 1e6 }];
  });
}

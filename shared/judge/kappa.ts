/**
 * Cohen's kappa (1960): agreement over what chance would bring, with the interval of Fleiss, Cohen and Everitt (1969). The
 * interval is taken of a table with half a count more in every cell, so that few rows that all agree are no certainty.
 */
export interface Kappa {
  n: number;
  /** Share of equal labels; null without rows. */
  agreement: number | null;
  /** null where it is undefined: no rows, or all of one label on both sides. */
  kappa: number | null;
  /** 95%, within -1 and 1. */
  low: number;
  high: number;
}

export interface Labelled {
  judge: string;
  people: string;
}

export function cohensKappa(rows: readonly Labelled[]): Kappa {
  const labels = [...new Set(rows.flatMap(({ judge, people }) => [judge, people]))].sort();
  const table = labels.map((judge) =>
    labels.map((people) => rows.filter((row) => row.judge === judge && row.people === people).length),
  );
  if (rows.length === 0) return { n: 0, agreement: null, kappa: null, low: -1, high: 1 };
  const raw = statisticsOf(table);
  const { kappa = 0, error } =
    labels.length < 2 ? { error: 1 } : statisticsOf(table.map((row) => row.map((n) => n + 0.5)));
  return {
    n: rows.length,
    agreement: raw.observed,
    kappa: raw.chance === 1 ? null : raw.kappa,
    low: Math.max(-1, kappa - 1.96 * error),
    high: Math.min(1, kappa + 1.96 * error),
  };
}

interface Statistics {
  observed: number;
  chance: number;
  kappa: number;
  /** Standard error. */
  error: number;
}

function statisticsOf(table: readonly (readonly number[])[]): Statistics {
  const n = table.flat().reduce((sum, count) => sum + count, 0);
  const at = (i: number, j: number) => (table[i]?.[j] ?? 0) / n;
  const all = table.map((_, i) => i);
  const rowShare = all.map((i) => all.reduce((sum, j) => sum + at(i, j), 0));
  const columnShare = all.map((j) => all.reduce((sum, i) => sum + at(i, j), 0));
  const share = (shares: readonly number[], i: number) => shares[i] ?? 0;
  const observed = all.reduce((sum, i) => sum + at(i, i), 0);
  const chance = all.reduce((sum, i) => sum + share(rowShare, i) * share(columnShare, i), 0);
  const kappa = chance === 1 ? 0 : (observed - chance) / (1 - chance);
  let spread = -((kappa - chance * (1 - kappa)) ** 2);
  for (const i of all) {
    spread += at(i, i) * (1 - (share(rowShare, i) + share(columnShare, i)) * (1 - kappa)) ** 2;
    for (const j of all) {
      if (i !== j) spread += (1 - kappa) ** 2 * at(i, j) * (share(columnShare, i) + share(rowShare, j)) ** 2;
    }
  }
  const error = chance === 1 ? 0 : Math.sqrt(Math.max(0, spread) / n) / (1 - chance);
  return { observed, chance, kappa, error };
}

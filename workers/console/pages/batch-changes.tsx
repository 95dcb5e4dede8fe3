/** What a batch has that the one before it had not, and the other way round. */
import { EXAMPLE_FILES } from "../../../shared/core/example.ts";
import { canonicalJson, type Json } from "../../../shared/core/json.ts";
import type { Manifest } from "../../../shared/core/manifest.ts";
import { count, percent } from "./figures.ts";
import { columnsOf, Table } from "./table.tsx";

export interface Change {
  what: string;
  before: string;
  now: string;
  /** Of numbers; undefined: there is no more or less. */
  difference?: number;
}

export function Changes({ before, now }: { before: Manifest; now: Manifest }) {
  return (
    <>
      <p>
        Since <a href={`/console/batches/${before.id}`}>{before.id}</a>
        {before.configSha256 === now.configSha256
          ? ", made by the same rules."
          : ", made by other rules: settings, weights or versions have changed."}
      </p>
      <Table label="Changes" columns={columnsOf("What", "#Before", "#Now", "#Difference")}>
        {changesOf(before, now).map((change) => (
          <tr>
            <th scope="row">{change.what}</th>
            <td class="num">{change.before}</td>
            <td class="num">{change.now}</td>
            <td class="num">{change.difference === undefined ? "" : signed(change.difference)}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}

export function changesOf(before: Manifest, now: Manifest): Change[] {
  const numbers = (what: string, was: number, is: number): Change[] =>
    was === 0 && is === 0 ? [] : [{ what, before: count(was), now: count(is), difference: is - was }];
  const buckets = new Set([...Object.keys(now.funnel), ...Object.keys(before.funnel)]);
  return [
    ...EXAMPLE_FILES.flatMap((file) => numbers(`${file} rows`, before.counts[file], now.counts[file])),
    ...[...buckets].flatMap((name) =>
      numbers(
        name === "window" ? "exchanges in the window" : name.replaceAll("_", " "),
        before.funnel[name] ?? 0,
        now.funnel[name] ?? 0,
      ),
    ),
    { what: "good answers in the window", before: rate(before), now: rate(now) },
    { what: "P(good) calibrated", before: yes(before), now: yes(now) },
    ...settingChanges(before, now),
  ];
}

function settingChanges(before: Manifest, now: Manifest): Change[] {
  const was = before.settings as unknown as Record<string, Json>;
  const is = now.settings as unknown as Record<string, Json>;
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])].sort();
  return names
    .map((name) => ({ what: `setting ${name}`, before: canonicalJson(was[name]), now: canonicalJson(is[name]) }))
    .filter((change) => change.before !== change.now);
}

function rate({ verdict: { goodRate } }: Manifest): string {
  if (goodRate.share === null) return "not known";
  return `${percent(goodRate.share)} (${percent(goodRate.low)}–${percent(goodRate.high)})`;
}

function yes({ verdict }: Manifest): string {
  return verdict.calibrated ? "yes" : "no";
}

function signed(difference: number): string {
  return difference === 0 ? "0" : `${difference < 0 ? "−" : "+"}${count(Math.abs(difference))}`;
}

/** A plot over time: its numbers in the page, as data for the script that draws them, and as a table for everybody else. */
import { cut, inputTime } from "./figures.ts";

export type PlotUnit = "calls" | "usd" | "ms" | "share";

export interface PlotSeries {
  name: string;
  /** In the order of the times; null: nothing is known. */
  values: readonly (number | null)[];
}

export interface PlotData {
  title: string;
  unit: PlotUnit;
  startsMs: readonly number[];
  series: readonly PlotSeries[];
}

const UNIT_NAMES: Record<PlotUnit, string> = { calls: "calls", usd: "US dollars", ms: "milliseconds", share: "shares" };

const NAME_CHARS_MAX = 40;

export function Plot({ title, unit, startsMs, series }: PlotData) {
  const rounded = series.map(({ name, values }) => ({
    name: cut(name, NAME_CHARS_MAX),
    values: values.map((value) => rounded3(value)),
  }));
  const data = { title, unit, times: startsMs.map((ms) => ms / 1_000), series: rounded };
  return (
    <section class="card">
      <div class="plot" data-plot={JSON.stringify(data)}>
        <h2>{title}</h2>
      </div>
      <details>
        <summary>{`As a table, in ${UNIT_NAMES[unit]}`}</summary>
        <section class="scroll short" tabindex={0} aria-label={`${title}, in ${UNIT_NAMES[unit]}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">From (UTC)</th>
                {rounded.map(({ name }) => (
                  <th scope="col" class="num">
                    <bdi>{name}</bdi>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {startsMs.map((ms, at) => (
                <tr>
                  <th scope="row">{inputTime(ms).replace("T", " ")}</th>
                  {rounded.map(({ values }) => (
                    <td class="num">{values[at] ?? "–"}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </details>
    </section>
  );
}

/** Three digits: what a plot can show. */
function rounded3(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(3));
}

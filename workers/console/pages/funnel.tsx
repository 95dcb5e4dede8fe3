/** A funnel as a picture: of the exchanges of a window, how many came to which end. */
import type { Funnel } from "../../../shared/core/run.ts";
import { count, percent } from "./figures.ts";
import { columnsOf, Table } from "./table.tsx";

export function FunnelPicture({ funnel }: { funnel: Funnel }) {
  const { window, ...buckets } = funnel;
  const ends = Object.entries(buckets).sort(([a, countA], [b, countB]) => {
    if (a === "exported" || b === "exported") return a === "exported" ? -1 : 1;
    return countB - countA || (a < b ? -1 : 1);
  });
  return (
    <Table label="Funnel" columns={columnsOf("Came to", "", "#Exchanges", "#Share")}>
      <FunnelRow name="in the window" value={window} window={window} />
      {ends.map(([name, value]) => (
        <FunnelRow name={name.replaceAll("_", " ")} value={value} window={window} />
      ))}
    </Table>
  );
}

const WIDTH = 200;

function FunnelRow({ name, value, window }: { name: string; value: number; window: number }) {
  const share = window === 0 ? 0 : value / window;
  const fill = name === "exported" ? "good" : name === "in the window" ? "" : "soft";
  return (
    <tr>
      <th scope="row">{name}</th>
      <td class="bar-cell">
        <svg class="chart" viewBox={`0 0 ${WIDTH} 14`} preserveAspectRatio="none" aria-hidden="true">
          <rect class={`fill ${fill}`} x="0" y="2" width={share * WIDTH} height="10" />
        </svg>
      </td>
      <td class="num">{count(value)}</td>
      <td class="num">{percent(share)}</td>
    </tr>
  );
}

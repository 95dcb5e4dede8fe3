/** Totals by name: of tasks or of models. */
import { count, cut, dollars, percent } from "./figures.ts";
import type { NamedTotals } from "./overview-sums.ts";
import { columnsOf, Table } from "./table.tsx";

const ROWS_MAX = 30;
/** A model may be called anything, at any length; an address may not. */
const LINKED_CHARS_MAX = 200;

export function TotalsTable(props: { label: string; rows: readonly NamedTotals[]; link: (name: string) => string }) {
  const { label, rows, link } = props;
  if (rows.length === 0) return <p class="muted">No calls in this time.</p>;
  return (
    <>
      <Table label={label} columns={columnsOf("Name", "#Calls", "#Errors", "#Cost", "#Feedback (95%)", "#Good, bad")}>
        {rows.slice(0, ROWS_MAX).map((row) => (
          <tr>
            <th scope="row">
              {row.name.length > LINKED_CHARS_MAX ? (
                <bdi>{cut(row.name, 60)}</bdi>
              ) : (
                <a href={link(row.name)}>
                  <bdi>{cut(row.name, 60)}</bdi>
                </a>
              )}
            </th>
            <td class="num">{count(row.calls)}</td>
            <td class="num">{percent(row.calls > 0 ? row.errors / row.calls : 0)}</td>
            <td class="num">{dollars(row.costUsdMicros)}</td>
            <td class="num">
              {percent(row.calls > 0 ? Math.min(1, row.spoken / row.calls) : 0)}{" "}
              <span class="muted">{`${percent(row.low)}–${percent(row.high)}`}</span>
            </td>
            <td class="num">{`${count(row.good)}, ${count(row.bad)}`}</td>
          </tr>
        ))}
      </Table>
      {rows.length > ROWS_MAX && <p class="muted">{`and ${count(rows.length - ROWS_MAX)} more with fewer calls`}</p>}
    </>
  );
}

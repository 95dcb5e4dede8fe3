/** What a verdict stands on: each piece of evidence as a bar to the left (bad) or the right (good) of nothing. */
import type { Ground } from "../../../shared/core/example.ts";
import { SENT_KINDS } from "../../../shared/core/feedback.ts";
import { cut, percent } from "./figures.ts";
import { columnsOf, Table } from "./table.tsx";

/** Half the width of the picture. */
const HALF = 100;
/** Bars are cut at this; a thumb has 1.4. */
const LOG_ODDS_MAX = 4;
const ROWS_MAX = 20;

export function Evidence({ grounds, pGood }: { grounds: readonly Ground[]; pGood: number }) {
  if (grounds.length === 0) return <p class="muted">Nobody has said or done anything about this answer yet.</p>;
  const total = grounds.reduce((sum, { logOdds }) => sum + logOdds, 0);
  return (
    <Table label="Evidence" columns={columnsOf("Evidence", "bad ← → good", "#Log-odds")}>
      {grounds.slice(0, ROWS_MAX).map((ground) => (
        <tr>
          <th scope="row">
            <bdi>{cut(describe(ground), 120)}</bdi>
            <div class="muted small">
              <bdi>{whoOf(ground)}</bdi>
            </div>
          </th>
          <td class="bar-cell">
            <EvidenceBar logOdds={ground.logOdds} />
          </td>
          <td class="num">{signed(ground.logOdds)}</td>
        </tr>
      ))}
      {grounds.length > ROWS_MAX && (
        <tr>
          <th scope="row">{`${grounds.length - ROWS_MAX} more`}</th>
        </tr>
      )}
      <tr>
        <th scope="row">
          <strong>P(good) {percent(pGood)}</strong>
        </th>
        <td class="bar-cell">
          <EvidenceBar logOdds={total} />
        </td>
        <td class="num">{signed(total)}</td>
      </tr>
    </Table>
  );
}

/** What people say without a name is theirs all the same. */
function whoOf({ kind, actor }: Ground): string {
  if (actor !== "") return cut(actor, 40);
  return SENT_KINDS.some((sent) => sent === kind) ? "somebody unnamed" : "winnow";
}

function EvidenceBar({ logOdds }: { logOdds: number }) {
  const width = (Math.min(Math.abs(logOdds), LOG_ODDS_MAX) / LOG_ODDS_MAX) * HALF;
  return (
    <svg class="chart" viewBox={`0 0 ${2 * HALF} 14`} preserveAspectRatio="none" aria-hidden="true">
      <rect
        class={`fill ${logOdds < 0 ? "bad" : "good"}`}
        x={logOdds < 0 ? HALF - width : HALF}
        y="2"
        width={width}
        height="10"
      />
      <line class="axis" x1={HALF} x2={HALF} y1="0" y2="14" />
    </svg>
  );
}

/** `thumb up`; what is true by being there says no more. */
export function describe({ kind, name, value }: Pick<Ground, "kind" | "name" | "value">): string {
  const shown = value === true ? "" : typeof value === "number" ? Number(value.toPrecision(3)) : value;
  return [kind.replaceAll("_", " "), name ?? "", String(shown)].filter((part) => part !== "").join(" ");
}

function signed(logOdds: number): string {
  return `${logOdds < 0 ? "−" : "+"}${Math.abs(logOdds).toFixed(2)}`;
}

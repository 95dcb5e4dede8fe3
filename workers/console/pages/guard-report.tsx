/** What the guard found: why a batch is held, and each measure against generation 0 and against the recent batches. */
import { isObject, type Json, type JsonObject } from "../../../shared/core/json.ts";
import type { Manifest } from "../../../shared/core/manifest.ts";
import { meaningOf } from "../../../shared/guard/reason-text.ts";
import { number } from "../../../shared/readiness/describe.ts";
import { cut } from "./figures.ts";
import { Report } from "./report.tsx";
import { columnsOf, Table } from "./table.tsx";

const ROWS_MAX = 100;

export function GuardReport({ manifest: { id, guard } }: { manifest: Manifest }) {
  if (guard == null) return <p class="muted">There was nothing to compare.</p>;
  const { compared, notCompared, advice } = guard.result;
  const comparisons = (Array.isArray(compared) ? compared : []).flatMap(comparisonIn).toSorted(byNearness);
  return (
    <>
      {guard.reasons.map((reason) => (
        <p class="problem">{cut(reason, 500)}</p>
      ))}
      <p class="muted">
        {guard.reference === null && "There is no generation 0 yet to compare with. "}
        {guard.reference === id && "It is the task's generation 0 from now on. "}
        {guard.reference !== null && guard.reference !== id && (
          <>
            Generation 0 is <a href={`/console/batches/${guard.reference}`}>{guard.reference}</a>.{" "}
          </>
        )}
        {comparisons.length === 0 && `Nothing could be compared; ${missing(notCompared)}.`}
      </p>
      {comparisons.length > 0 && <Comparisons comparisons={comparisons} />}
      {isObject(advice) && typeof advice.text === "string" && <p class="hint">{cut(advice.text, 600)}</p>}
      <details>
        <summary>All of it</summary>
        <Report label="Guard" value={guard.result} />
      </details>
    </>
  );
}

interface Shown {
  measure: string;
  against: string;
  value: number;
  baseline: number;
  worsening: number;
  threshold: number;
  over: boolean;
}

/** Manifests of other versions may say it otherwise: what is no comparison is left to the whole report. */
function comparisonIn(value: Json): Shown[] {
  if (!isObject(value)) return [];
  const { measure, against, over } = value;
  const [now, baseline, worsening, threshold] = ["value", "baseline", "worsening", "threshold"].map((name) =>
    numberIn(value, name),
  );
  if (typeof measure !== "string" || typeof against !== "string" || typeof over !== "boolean") return [];
  if (now === undefined || baseline === undefined || worsening === undefined || threshold === undefined) return [];
  return [{ measure, against, value: now, baseline, worsening, threshold, over }];
}

function numberIn(value: JsonObject, name: string): number | undefined {
  const found = value[name];
  return typeof found === "number" ? found : undefined;
}

/** What is over its threshold first, then what is nearest to it. */
function byNearness(a: Shown, b: Shown): number {
  return Number(b.over) - Number(a.over) || b.worsening / b.threshold - a.worsening / a.threshold;
}

function Comparisons({ comparisons }: { comparisons: readonly Shown[] }) {
  return (
    <Table
      label="Comparisons"
      columns={columnsOf("What would be worse", "Against", "#Then", "#Now", "Worse, of allowed")}
    >
      {comparisons.slice(0, ROWS_MAX).map((one) => (
        <tr>
          <th scope="row">
            {cut(meaningOf(one.measure), 120)}
            <div class="muted small mono">{cut(one.measure, 40)}</div>
          </th>
          <td>{cut(one.against, 40)}</td>
          <td class="num">{number(one.baseline)}</td>
          <td class="num">{number(one.value)}</td>
          <td class="bar-cell">
            <Bar {...one} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** Three quarters of the width are what is allowed. */
const WIDTH = 200;
const ALLOWED = 150;

function Bar({ worsening, threshold, over }: Pick<Shown, "worsening" | "threshold" | "over">) {
  const width = threshold > 0 ? Math.min(WIDTH, Math.max(0, (worsening / threshold) * ALLOWED)) : 0;
  return (
    <>
      <svg class="chart" viewBox={`0 0 ${WIDTH} 14`} preserveAspectRatio="none" aria-hidden="true">
        <rect class={`fill ${over ? "bad" : "soft"}`} x="0" y="2" width={width} height="10" />
        <line class="axis" x1={ALLOWED} x2={ALLOWED} y1="0" y2="14" />
      </svg>
      <span class="small">
        {over && <span class="tag bad">over</span>}{" "}
        {worsening < 0 ? "better" : `${number(worsening)} of ${number(threshold)}`}
      </span>
    </>
  );
}

function missing(notCompared: Json | undefined): string {
  const reasons = (Array.isArray(notCompared) ? notCompared : []).filter(isObject).map(({ because }) => because);
  if (reasons.includes("too_little_text")) return "there is too little text";
  return "there are no baselines yet";
}

/** What the nights did with an exchange: drawn or not, kept or left out, and why. */
import type { TrailRow } from "../../../shared/core/run.ts";
import type { TrailOf } from "../../../shared/store/runs.ts";
import { cut, percent } from "./figures.ts";

function rowText({ file, row, as }: TrailRow): string {
  return `${file} ${row ?? "–"}${as === "rejected" ? ", as the answer that is rejected" : ""}`;
}

/** The newest; more of them come of nights that were run again and again. */
const RUNS_MAX = 10;

export function Trail({ trail }: { trail: readonly TrailOf[] }) {
  if (trail.length === 0) {
    return (
      <p class="muted">No night has come to it yet. One does, once its feedback had time to come in (24 hours).</p>
    );
  }
  return (
    <ol class="timeline">
      {trail.slice(-RUNS_MAX).map(({ run, entry, status }) => (
        <li>
          <div>
            <strong>{entry.bucket.replaceAll("_", " ")}</strong>
            {entry.reason !== undefined && <bdi>{`: ${cut(entry.reason, 300)}`}</bdi>}
          </div>
          <div class="muted">
            drawn with probability {percent(entry.inclusionProbability)} from <bdi>{cut(entry.stratum, 80)}</bdi>
            {entry.audit && ", audit slice"}
            {entry.side !== null && `, ${entry.side} side`}
          </div>
          {entry.failed != null && (
            <div class="muted">
              failed the check <bdi>{cut(entry.failed.check, 80)}</bdi>
            </div>
          )}
          {entry.cluster != null && entry.cluster.size > 1 && (
            <div class="muted">
              {entry.cluster.size} that say nearly the same, for which{" "}
              <a href={`/console/exchanges/${entry.cluster.representative}`}>{entry.cluster.representative}</a> stands
            </div>
          )}
          {entry.batch !== null && (
            <div>
              in <a href={`/console/batches/${entry.batch}`}>{entry.batch}</a>
              {status === "held" && ", which is held"}
              {entry.rows.length > 0 && ` (${entry.rows.map(rowText).join(", ")})`}
            </div>
          )}
          {(entry.retracted ?? []).map(({ file, batch, reason }) => (
            <div>
              takes back its row of {file} in <a href={`/console/batches/${batch}`}>{batch}</a>: {reason}
            </div>
          ))}
          <div class="muted mono">run {run}</div>
        </li>
      ))}
    </ol>
  );
}

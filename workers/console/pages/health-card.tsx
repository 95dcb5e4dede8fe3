/** Whether winnow itself is well: what was lost and why, what waits, what could not be taken in. */
import type { Health } from "../read-health.ts";
import { count, duration, time } from "./figures.ts";

/** An exchange takes some seconds; a minute is worth a look. */
const LAG_MS_MAX = 60_000;

export function HealthCard({ health }: { health: Health }) {
  const { losses, deadLetters, spill, lagMs, newestAtMs } = health;
  const lost = Object.entries(losses).sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <section class="card">
      <h2>Health, of all apps</h2>
      <dl class="facts">
        <dt>Queue lag</dt>
        <dd>
          {lagMs === null ? "not known" : duration(lagMs)} {lagMs !== null && <State isWell={lagMs <= LAG_MS_MAX} />}
        </dd>
        <dt>Newest call</dt>
        <dd>{newestAtMs === null ? "none yet" : `${time(newestAtMs)} UTC`}</dd>
        <dt>Dead letters</dt>
        <dd>
          {count(deadLetters)} <State isWell={deadLetters === 0} />
        </dd>
        <dt>Spilled, waiting</dt>
        <dd>
          {count(spill.objects)}
          {spill.more && " and more"} <State isWell={!spill.more} />
        </dd>
        <dt>Lost in 7 days</dt>
        <dd>
          {lost.length === 0 ? "nothing " : ""}
          <State isWell={lost.length === 0} />
          {lost.map(([reason, number]) => (
            <div>{`${count(number)} ${reason.replaceAll("_", " ")}`}</div>
          ))}
        </dd>
      </dl>
    </section>
  );
}

function State({ isWell }: { isWell: boolean }) {
  return <span class={`tag ${isWell ? "good" : "bad"}`}>{isWell ? "well" : "look"}</span>;
}

/** Is winnow itself well: each rule of shared/health, with what to do where one is broken. For admins. */
import type { Hono } from "hono";
import { checkHealth, type Finding, type HealthState } from "../../../shared/health/rules.ts";
import { gatherHealth } from "../health-facts.ts";
import type { PagesContext } from "../session.ts";
import { bytes, time } from "./figures.ts";
import { showPage } from "./frame.tsx";
import { needs, sessionOf } from "./guard.tsx";
import { columnsOf, Table } from "./table.tsx";
import { Words } from "./words.tsx";

const WORDS: Record<HealthState, string> = { ok: "well", look: "look", act: "act" };

export function statusPage(routes: Hono<PagesContext>): void {
  routes.get("/status", needs("admin"), async (c) => {
    const nowMs = Date.now();
    const { app } = sessionOf(c);
    const { facts, newestExchangeAtMs } = await gatherHealth({
      env: c.env,
      app,
      host: new URL(c.req.url).hostname,
      nowMs,
    });
    const { state, findings } = checkHealth(facts);
    return showPage(c, {
      title: "Status",
      children: (
        <>
          <h1>
            Status <State state={state} />
          </h1>
          <p class="muted">
            {`As of ${time(nowMs)} UTC. Newest call: ${newestExchangeAtMs === null ? "none yet" : time(newestExchangeAtMs)}. `}
            {`The database has ${bytes(facts.databaseBytes)}.`}
          </p>
          <Table label="Checks" columns={columnsOf("Check", "State", "What is wrong", "What to do")}>
            {findings.toSorted(byUrgency).map((finding) => (
              <Row finding={finding} />
            ))}
          </Table>
        </>
      ),
    });
  });
}

/** What is to be done first; else in the order of the rules. */
function byUrgency(a: Finding, b: Finding): number {
  const states: readonly HealthState[] = ["act", "look", "ok"];
  return states.indexOf(a.state) - states.indexOf(b.state);
}

function Row({ finding: { check, state, says, remedy } }: { finding: Finding }) {
  return (
    <tr>
      <th scope="row">{check.replaceAll("_", " ")}</th>
      <td>
        <State state={state} />
      </td>
      <td>
        <Words text={says} />
      </td>
      <td>
        <Words text={remedy} />
      </td>
    </tr>
  );
}

function State({ state }: { state: HealthState }) {
  return <span class={`tag ${state === "ok" ? "good" : "bad"}`}>{WORDS[state]}</span>;
}

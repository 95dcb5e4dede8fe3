/** The keys of an app: those there are, and a form for a new one. A key is shown once, in the answer to the form that makes it. */
import { SCOPES } from "../../../shared/core/keys.ts";
import type { KeyRow } from "../../../shared/store/keys.ts";
import type { Session } from "../session.ts";
import { cut, time } from "./figures.ts";
import { FormToken } from "./frame.tsx";
import { type KeyOutcome, OVERLAPS } from "./key-forms.ts";
import { columnsOf, Table } from "./table.tsx";

export function KeysCard(props: {
  session: Session;
  keys: readonly KeyRow[];
  outcome: KeyOutcome | undefined;
  nowMs: number;
}) {
  const { session, keys, outcome, nowMs } = props;
  return (
    <section class="card" id="keys">
      <h2>Keys of {session.app}</h2>
      {outcome !== undefined && <Outcome outcome={outcome} />}
      {keys.length === 0 ? (
        <p class="muted">None was made yet; the one from setting up is not listed.</p>
      ) : (
        <Table label="Keys" columns={columnsOf("Key", "Name", "Scopes", "Made (UTC)", "Ends (UTC)", "")}>
          {keys.map((key) => (
            <KeyLine session={session} row={key} nowMs={nowMs} />
          ))}
        </Table>
      )}
      <h3>A new key</h3>
      <NewKey session={session} />
    </section>
  );
}

function Outcome({ outcome }: { outcome: KeyOutcome }) {
  return (
    <div class={outcome.ok ? "done" : "problem"} role="alert">
      <p>{outcome.text}</p>
      {outcome.ok && outcome.key !== undefined && (
        <>
          <p>Copy it now: it is shown this once, and kept nowhere.</p>
          <p class="secret mono" id="new-key">
            {outcome.key}
          </p>
        </>
      )}
    </div>
  );
}

function KeyLine({ session, row, nowMs }: { session: Session; row: KeyRow; nowMs: number }) {
  const isActive = row.endsAtMs === null || row.endsAtMs > nowMs;
  return (
    <tr>
      <th scope="row" class="mono">
        {row.id}
      </th>
      <td>
        <bdi>{cut(row.name, 60)}</bdi>
      </td>
      <td>{row.scopes.join(", ")}</td>
      <td class="nowrap">{time(row.createdAtMs)}</td>
      <td class="nowrap">
        {row.endsAtMs === null ? "never" : time(row.endsAtMs)} {!isActive && <span class="tag bad">ended</span>}
      </td>
      <td>{isActive && <KeyActs session={session} id={row.id} />}</td>
    </tr>
  );
}

function KeyActs({ session, id }: { session: Session; id: string }) {
  return (
    <details>
      <summary>
        Change<span class="hidden"> key {id}</span>
      </summary>
      <form method="post" action="/console/settings/keys/replace" class="row">
        <FormToken session={session} />
        <input type="hidden" name="id" value={id} />
        <div>
          <label for={`hours-${id}`}>The old one works for</label>
          <select id={`hours-${id}`} name="hours">
            {OVERLAPS.map((hours) => (
              <option value={String(hours)} selected={hours === 24}>{`${hours} hours more`}</option>
            ))}
          </select>
        </div>
        <button type="submit" class="plain">
          Replace
        </button>
      </form>
      <form method="post" action="/console/settings/keys/revoke">
        <FormToken session={session} />
        <input type="hidden" name="id" value={id} />
        <button type="submit" class="danger">
          Revoke now
        </button>
      </form>
    </details>
  );
}

function NewKey({ session }: { session: Session }) {
  return (
    <form method="post" action="/console/settings/keys" class="row">
      <FormToken session={session} />
      <div>
        <label for="key-name">Name</label>
        <input id="key-name" name="name" maxlength={128} placeholder="web server" />
      </div>
      <div>
        <label for="key-app">App</label>
        <input id="key-app" name="app" value={session.app} maxlength={32} pattern="[a-z0-9][a-z0-9\-]*" required />
      </div>
      <fieldset class="scopes">
        <legend>Scopes</legend>
        {SCOPES.map((scope) => (
          <label class="check">
            <input type="checkbox" name="scope" value={scope} checked={scope === "proxy"} />
            {scope}
          </label>
        ))}
      </fieldset>
      <div>
        <label for="key-until">Until (day, UTC)</label>
        <input id="key-until" name="until" type="date" />
      </div>
      <button type="submit">Make key</button>
    </form>
  );
}

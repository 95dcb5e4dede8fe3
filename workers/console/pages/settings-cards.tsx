/** The cards of the settings: the form, the providers' keys, what was used today. */
import type { Child } from "hono/jsx";
import type { AppSettings } from "../../../shared/settings/app-settings.ts";
import type { Spent } from "../../../shared/store/spending.ts";
import type { Session } from "../session.ts";
import { count, dollars } from "./figures.ts";
import { FormToken } from "./frame.tsx";
import type { ProviderKeyState } from "./provider-keys.ts";
import { NUMBER_FIELDS, type SettingsFields } from "./settings-form.ts";
import { columnsOf, Table } from "./table.tsx";

export function SettingsCard(props: {
  session: Session;
  fields: SettingsFields;
  problem: string | undefined;
  saved: boolean;
}) {
  const { session, fields, problem, saved } = props;
  return (
    <section class="card" id="settings">
      <h2>Limits, origins, resilience, redaction</h2>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}. Nothing was changed.
        </p>
      )}
      {saved && (
        <p class="done" role="status">
          Saved. Every gateway knows within a minute.
        </p>
      )}
      <form method="post" action="/console/settings">
        <FormToken session={session} />
        <Numbers title="Limits: an empty one limits nothing" of="limits" fields={fields} />
        <Numbers title="When a provider fails" of="resilience" fields={fields} />
        <LongField name="fallbacks" label="Fallbacks, as JSON" rows={2} fields={fields}>
          In their order: <code>{'[{"provider":"groq","models":{"gpt-4o":"llama-3.3-70b"}}]'}</code>
        </LongField>
        <LongField
          name="origins"
          label="Origins that may send feedback with an id alone, one a line"
          rows={3}
          fields={fields}
        >
          Such as <code>https://app.example</code>. None: all may.
        </LongField>
        <LongField name="providerKeys" label="Which of a provider's keys, as JSON" rows={1} fields={fields}>
          <code>{'{"openai":"TEAM_B"}'}</code> takes the secret <code>OPENAI_API_KEY_TEAM_B</code>.
        </LongField>
        <LongField
          name="redaction"
          label="What is masked of personal data and secrets, as JSON"
          rows={1}
          fields={fields}
        >
          <code>{'{"at":"storage"}'}</code> masks before anything is stored; <code>export</code> only what leaves;{" "}
          <code>off</code> nothing.
        </LongField>
        <LongField
          name="fineTunes"
          label="Models that were trained on batches of ours, as JSON"
          rows={1}
          fields={fields}
        >
          <code>{'[{"model":"ft:…","batches":["<batch id>"]}]'}</code>: so that nothing trains on its own echo.
        </LongField>
        <LongField name="night" label="How rows are chosen at night, as JSON" rows={1} fields={fields}>
          <code>{'{"budget":2000,"auditShare":0.1,"checks":{"refused":false}}'}</code>: over the defaults, which the
          README lists.
        </LongField>
        <LongField name="guard" label="When a batch is held, as JSON" rows={1} fields={fields}>
          <code>{'{"margins":{"distinct2":0.2},"groundedRowsMin":20}'}</code>: over the guard's own thresholds.
        </LongField>
        <LongField name="retention" label="When bodies and rows go by their age, as JSON" rows={1} fields={fields}>
          <code>{'{"bodyDays":90,"rowDays":365}'}</code>; empty: never. Batches stay.
        </LongField>
        <LongField name="judge" label="A judge that is asked at night, as JSON" rows={1} fields={fields}>
          <code>{'{"provider":"mistral","model":"mistral-large-latest","budgetUsd":2}'}</code>; empty: none is asked.
        </LongField>
        <LongField name="webhook" label="Address that is told of each batch" rows={1} fields={fields}>
          https; empty: nobody is told. <code>GET /v1/settings/webhook-secret</code> has what it verifies with.
        </LongField>
        <fieldset>
          <label for="userIds">Names of users are kept</label>
          <select id="userIds" name="userIds">
            <option value="hashed" selected={fields.userIds !== "plain"}>
              hashed: they tell nobody who it is
            </option>
            <option value="plain" selected={fields.userIds === "plain"}>
              as they are sent
            </option>
          </select>
        </fieldset>
        <button type="submit">Save settings</button>
      </form>
    </section>
  );
}

function Numbers({ title, of, fields }: { title: string; of: "limits" | "resilience"; fields: SettingsFields }) {
  return (
    <fieldset>
      <legend>{title}</legend>
      <div class="row">
        {NUMBER_FIELDS.filter((field) => field.of === of).map(({ name, label }) => (
          <div>
            <label for={name}>{label}</label>
            <input id={name} name={name} inputmode="decimal" value={fields[name]} maxlength={20} size={12} />
          </div>
        ))}
      </div>
    </fieldset>
  );
}

function LongField(props: { name: string; label: string; rows: number; fields: SettingsFields; children: Child }) {
  const { name, label, rows, fields, children } = props;
  return (
    <fieldset>
      <label for={name}>{label}</label>
      <textarea id={name} name={name} rows={rows} spellcheck={false} aria-describedby={`${name}-hint`}>
        {fields[name]}
      </textarea>
      <div class="hint" id={`${name}-hint`}>
        {children}
      </div>
    </fieldset>
  );
}

export function ProviderKeysCard({ states }: { states: readonly ProviderKeyState[] }) {
  return (
    <section class="card">
      <h2>Providers' keys</h2>
      <p class="hint">
        Secrets of the gateway, which nothing here shows. Set one with <code>wrangler secret put OPENAI_API_KEY</code>.
      </p>
      <Table label="Providers' keys" columns={columnsOf("Provider", "State", "Secret")}>
        {states.map(({ provider, variable, state }) => (
          <tr>
            <th scope="row">{provider}</th>
            <td>
              <span class={`tag ${state === "present" ? "good" : "none"}`}>{state}</span>
            </td>
            <td class="mono">{variable}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

export function SpendingCard({ spent, limits }: { spent: Spent | undefined; limits: AppSettings["limits"] }) {
  const { tokens = 0, costUsdMicros = 0 } = spent ?? {};
  return (
    <section class="card">
      <h2>Used today (UTC)</h2>
      <dl class="facts">
        <dt>Tokens</dt>
        <dd>
          {count(tokens)}
          {limits.tokensPerDay !== undefined && ` of ${count(limits.tokensPerDay)}`}
        </dd>
        <dt>Cost</dt>
        <dd>
          {dollars(costUsdMicros)}
          {limits.costUsdPerDay !== undefined && ` of ${dollars(limits.costUsdPerDay * 1e6)}`}
        </dd>
      </dl>
    </section>
  );
}

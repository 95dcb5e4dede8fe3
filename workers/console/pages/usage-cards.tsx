/** Beside the settings: which providers' keys are there, and what was used today. */
import type { AppSettings } from "../../../shared/settings/app-settings.ts";
import type { Spent } from "../../../shared/store/spending.ts";
import { count, dollars } from "./figures.ts";
import type { ProviderKeyState } from "./provider-keys.ts";
import { columnsOf, Table } from "./table.tsx";

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

/** Every app of this winnow: those with keys, and those that called today. */
export function AppsCard(props: {
  app: string;
  keys: ReadonlyMap<string, number>;
  spending: ReadonlyMap<string, Spent>;
}) {
  const { app: own, keys, spending } = props;
  const apps = [...new Set([own, ...keys.keys(), ...spending.keys()])].sort();
  return (
    <section class="card" id="apps">
      <h2>Apps</h2>
      <p class="hint">
        An app begins with its first key: make one above with its name. These settings are those of {own}; sign in with
        a key of another app to see its own.
      </p>
      <Table label="Apps" columns={columnsOf("App", "#Keys", "#Tokens today", "#Cost")}>
        {apps.map((app) => {
          const { tokens = 0, costUsdMicros = 0 } = spending.get(app) ?? {};
          return (
            <tr>
              <th scope="row">{app === own ? <b>{app}</b> : app}</th>
              <td class="num">{count(keys.get(app) ?? 0)}</td>
              <td class="num">{count(tokens)}</td>
              <td class="num">{dollars(costUsdMicros)}</td>
            </tr>
          );
        })}
      </Table>
    </section>
  );
}

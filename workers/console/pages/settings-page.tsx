/** Settings: keys, limits, origins, retries, and which providers' keys are there. For admins. */
import type { Hono } from "hono";
import { countKeysByApp, listKeys } from "../../../shared/store/keys.ts";
import { readSettings } from "../../../shared/store/settings.ts";
import { dayOf, readSpending } from "../../../shared/store/spending.ts";
import { changeSettings } from "../change-settings.ts";
import type { PageContext, PagesContext } from "../session.ts";
import { showPage } from "./frame.tsx";
import { needs, sessionOf } from "./guard.tsx";
import { type KeyOutcome, makeByForm, replaceByForm, revokeByForm } from "./key-forms.ts";
import { KeysCard } from "./keys-card.tsx";
import { providerKeyStates } from "./provider-keys.ts";
import { SETTINGS_CARDS, SettingsForm } from "./settings-cards.tsx";
import { fieldsOf, readSettingsForm, type SettingsFields } from "./settings-form.ts";
import { AppsCard, ProviderKeysCard, SpendingCard } from "./usage-cards.tsx";

export function settingsPage(routes: Hono<PagesContext>): void {
  routes.get("/settings", needs("admin"), (c) => showSettings(c, {}));

  routes.post("/settings", needs("admin"), async (c) => {
    const fields = onlyTexts(await c.req.parseBody());
    const read = readSettingsForm(fields);
    if (!read.ok) return showSettings(c, { fields: read.fields, problem: read.problem, wrongField: read.field });
    const session = sessionOf(c);
    await changeSettings(c.env.DB, session, { app: session.app, settings: read.settings });
    return showSettings(c, { saved: true });
  });

  for (const [path, act] of [
    ["/settings/keys", makeByForm],
    ["/settings/keys/replace", replaceByForm],
    ["/settings/keys/revoke", revokeByForm],
  ] as const) {
    routes.post(path, needs("admin"), async (c) => {
      const fields = allTexts(await c.req.parseBody({ all: true }));
      return showSettings(c, { outcome: await act(c, sessionOf(c), fields) });
    });
  }
}

interface Shown {
  /** As they were sent, where something is wrong with them. */
  fields?: SettingsFields;
  problem?: string;
  wrongField?: string;
  saved?: boolean;
  outcome?: KeyOutcome;
}

async function showSettings(c: PageContext, { fields, problem, wrongField, saved = false, outcome }: Shown) {
  const session = sessionOf(c);
  const { app } = session;
  const nowMs = Date.now();
  const [settings, keys, spending, keysByApp] = await Promise.all([
    readSettings(c.env.DB, app),
    listKeys(c.env.DB, app),
    readSpending(c.env.DB, dayOf(nowMs)),
    countKeysByApp(c.env.DB, nowMs),
  ]);
  return showPage(c, {
    title: "Settings",
    status: problem === undefined && outcome?.ok !== false ? 200 : 400,
    children: (
      <>
        <h1>Settings of {app}</h1>
        <nav class="tabs" aria-label="Settings">
          {[{ id: "keys", name: "Keys" }, ...SETTINGS_CARDS, { id: "apps", name: "Apps" }].map(({ id, name }) => (
            <a href={`#${id}`}>{name}</a>
          ))}
        </nav>
        <KeysCard session={session} keys={keys} outcome={outcome} nowMs={nowMs} />
        <SettingsForm
          session={session}
          fields={fields ?? fieldsOf(settings)}
          problem={problem}
          wrongField={wrongField}
          saved={saved}
        />
        <div class="grid">
          <ProviderKeysCard states={providerKeyStates(c, settings)} />
          <div>
            <SpendingCard spent={spending.get(app)} limits={settings.limits} />
            <AppsCard app={app} keys={keysByApp} spending={spending} />
          </div>
        </div>
      </>
    ),
  });
}

type Body = Record<string, string | File | (string | File)[]>;

function onlyTexts(body: Body): SettingsFields {
  return Object.fromEntries(
    Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}

function allTexts(body: Body): Record<string, string[]> {
  const texts = Object.entries(body).map(([name, value]): [string, string[]] => [
    name,
    (Array.isArray(value) ? value : [value]).filter((one) => typeof one === "string"),
  ]);
  return Object.fromEntries(texts);
}

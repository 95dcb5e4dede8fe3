/** The settings as one form in cards: a field for each thing that can be set, and what holds where it is left empty. */
import type { Child } from "hono/jsx";
import type { Session } from "../session.ts";
import { FormToken } from "./frame.tsx";
import {
  FALLBACK_ROWS,
  FEEDBACK_FIELDS,
  FINE_TUNE_ROWS,
  GUARD_FIELDS,
  GUARD_MARGINS,
  JUDGE_FIELDS,
  JUDGE_MORE,
  LIMIT_FIELDS,
  NIGHT_CHECKS,
  NIGHT_FIELDS,
  PROVIDER_KEY_FIELD,
  REDACTION_FIELDS,
  REDACTION_KINDS,
  RESILIENCE_FIELDS,
  RETENTION_FIELDS,
  WEBHOOK_FIELDS,
} from "./settings-fields.ts";
import type { SettingsFields } from "./settings-form.ts";
import { FieldRows, Fields, type Form, Switches } from "./settings-inputs.tsx";

/** The cards, as the list at the top of the page leads to them. */
export const SETTINGS_CARDS = [
  { id: "limits", name: "Limits" },
  { id: "feedback", name: "Origins and users" },
  { id: "redaction", name: "Redaction" },
  { id: "sampling", name: "Sampling" },
  { id: "guard", name: "Guard" },
  { id: "judge", name: "Judge" },
  { id: "lineage", name: "Fine-tunes" },
  { id: "retention", name: "Retention" },
  { id: "webhook", name: "Webhook" },
  { id: "providers", name: "Providers" },
] as const;

export interface SettingsShown {
  session: Session;
  fields: SettingsFields;
  problem: string | undefined;
  /** Path of the one that is wrong. */
  wrongField: string | undefined;
  saved: boolean;
}

export function SettingsForm({ session, fields, problem, wrongField, saved }: SettingsShown) {
  const form: Form = { fields, wrongField };
  return (
    <form method="post" action="/console/settings" id="settings">
      <FormToken session={session} />
      {problem !== undefined && (
        <p class="problem" role="alert" id="settings-problem">
          {problem}. Nothing was changed.
        </p>
      )}
      {saved && (
        <p class="done" role="status">
          Saved. Every gateway knows within a minute.
        </p>
      )}
      <CallCards form={form} />
      <NightCards form={form} />
      <OtherCards form={form} />
      <p class="save">
        <button type="submit">Save settings</button> <span class="hint">All cards above are saved at once.</span>
      </p>
    </form>
  );
}

function CallCards({ form }: { form: Form }) {
  return (
    <>
      <Card id="limits" hint="Over one of them, a call gets a 429 in its provider's form. An empty one limits nothing.">
        <Fields all={LIMIT_FIELDS} form={form} />
      </Card>
      <Card id="feedback">
        <Fields all={FEEDBACK_FIELDS} form={form} />
      </Card>
      <Card
        id="redaction"
        hint="Personal data and secrets are found by rules, which miss some: treat batches as confidential."
      >
        <Fields all={REDACTION_FIELDS} form={form} />
        <Switches title="What is masked" all={REDACTION_KINDS} form={form} />
      </Card>
    </>
  );
}

function NightCards({ form }: { form: Form }) {
  return (
    <>
      <Card
        id="sampling"
        hint="How a night chooses, and which answers it leaves out. A run by hand may be given others."
      >
        <Fields all={NIGHT_FIELDS} form={form} />
        <Switches title="Answers are left out that failed" all={NIGHT_CHECKS} form={form} />
      </Card>
      <Card
        id="guard"
        hint="A batch that drifts further than this from earlier ones is held until somebody releases it."
      >
        <Fields all={GUARD_FIELDS} form={form} />
        <details open={form.wrongField?.startsWith("guard.margins")}>
          <summary>
            Margins of what is measured in the texts <span class="muted">{GUARD_MARGINS.length}</span>
          </summary>
          <p class="hint">How much worse than its baseline each may be, beyond what chance explains.</p>
          <Fields all={GUARD_MARGINS} form={form} />
        </details>
      </Card>
      <Card id="judge" hint="A model that is asked at night what answers are worth, within a budget.">
        <Fields all={JUDGE_FIELDS} form={form} />
        <details open={JUDGE_MORE.some(({ path }) => form.fields[path] || form.wrongField?.startsWith(path))}>
          <summary>Its tasks, questions and families</summary>
          <Fields all={JUDGE_MORE} form={form} />
        </details>
      </Card>
      <Card
        id="lineage"
        hint="Models that were trained on batches of winnow's, so that nothing trains on its own echo."
      >
        <FieldRows rows={FINE_TUNE_ROWS} form={form} />
      </Card>
    </>
  );
}

function OtherCards({ form }: { form: Form }) {
  return (
    <>
      <Card id="retention" hint="By age; an empty one means never. Batches stay.">
        <Fields all={RETENTION_FIELDS} form={form} />
      </Card>
      <Card id="webhook" hint="Told of each batch, ready or held.">
        <Fields all={WEBHOOK_FIELDS} form={form} />
        <p class="hint">
          <code>GET /v1/settings/webhook-secret</code> has what the receiver verifies with.
        </p>
      </Card>
      <Card id="providers" hint="What happens when a provider fails, and with which of its keys it is asked.">
        <Fields all={[...RESILIENCE_FIELDS, PROVIDER_KEY_FIELD]} form={form} />
        <h3>Fallbacks, in their order</h3>
        <FieldRows rows={FALLBACK_ROWS} form={form} />
      </Card>
    </>
  );
}

type CardId = (typeof SETTINGS_CARDS)[number]["id"];

function Card({ id, hint, children }: { id: CardId; hint?: string; children: Child }) {
  return (
    <section class="card" id={id} aria-labelledby={`${id}-name`}>
      <h2 id={`${id}-name`}>{SETTINGS_CARDS.find((card) => card.id === id)?.name}</h2>
      {hint !== undefined && <p class="hint">{hint}</p>}
      {children}
    </section>
  );
}

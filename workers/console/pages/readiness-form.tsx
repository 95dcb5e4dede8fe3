/** Every number that readiness compares with, as an input with its default and its reason. What is left empty is the default. */
import { ASSUMPTIONS, type AssumptionName } from "../../../shared/readiness/assumptions.ts";
import { READINESS_DAYS } from "../readiness.ts";
import { spaced } from "./report.tsx";

const NAMES = Object.keys(ASSUMPTIONS) as AssumptionName[];
const CHARS_MAX = 24;

/** Each begins with this assumption, in the order in which they stand there. */
const GROUPS: readonly { title: string; first: AssumptionName }[] = [
  { title: "What training costs", first: "trainingUsdPerMillionTokens" },
  { title: "What a call costs, before and after", first: "tunedInputUsdPerMillion" },
  { title: "What it takes to know anything", first: "daysMin" },
  { title: "The prompt", first: "versionGapMin" },
  { title: "Retrieval", first: "correctionsReadMin" },
  { title: "A smaller model", first: "cheaperByMin" },
  { title: "Examples in the prompt", first: "manyShotExamples" },
  { title: "Training", first: "labelsPerTemplateMin" },
];

/** `days` and assumptions that were given: of a form most fields are empty. */
export function givenIn(query: Readonly<Record<string, string>>): Record<string, string> {
  const known: readonly string[] = ["days", ...NAMES];
  const given = Object.entries(query).map(([name, text]) => [name, text.trim()] as const);
  return Object.fromEntries(given.filter(([name, text]) => known.includes(name) && text !== ""));
}

export function AssumptionsForm({ task, texts }: { task: string; texts: Readonly<Record<string, string>> }) {
  const starts = GROUPS.map(({ first }) => NAMES.indexOf(first));
  return (
    <form class="card" method="get" action="/console/readiness" aria-label="Your assumptions">
      <h2>Your assumptions</h2>
      <input type="hidden" name="task" value={task} />
      <div class="row">
        <div>
          <label for="days">Days to look back</label>
          <input
            id="days"
            name="days"
            value={texts.days}
            placeholder={String(READINESS_DAYS)}
            inputmode="numeric"
            size={6}
          />
        </div>
        <button type="submit">Assess</button>
        <a class="button plain" href={`/console/readiness?${new URLSearchParams({ task })}`}>
          Defaults
        </a>
      </div>
      {GROUPS.map(({ title }, at) => (
        <Group title={title} names={NAMES.slice(starts[at], starts[at + 1])} texts={texts} />
      ))}
    </form>
  );
}

function Group(props: { title: string; names: readonly AssumptionName[]; texts: Readonly<Record<string, string>> }) {
  const { title, names, texts } = props;
  const given = names.filter((name) => texts[name] !== undefined).length;
  return (
    <details open={given > 0}>
      <summary>
        {title} <span class="muted">{given > 0 ? `${given} of ${names.length} are yours` : `${names.length}`}</span>
      </summary>
      <div class="grid inputs">
        {names.map((name) => (
          <Assumption name={name} text={texts[name]} />
        ))}
      </div>
    </details>
  );
}

function Assumption({ name, text }: { name: AssumptionName; text: string | undefined }) {
  const { default: otherwise, why } = ASSUMPTIONS[name];
  return (
    <div>
      <label for={name}>{spaced(name)}</label>
      <input
        id={name}
        name={name}
        value={text?.slice(0, CHARS_MAX)}
        placeholder={otherwise === null ? "as measured" : String(otherwise)}
        inputmode="decimal"
        maxlength={CHARS_MAX}
        size={12}
        aria-describedby={`${name}-why`}
      />
      <div class="hint" id={`${name}-why`}>
        {why}
      </div>
    </div>
  );
}

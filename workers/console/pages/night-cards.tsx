/** What the night goes by: its defaults, the guard's thresholds, and which models are fine-tunes of the app's own. */
import { DEFAULT_MATURATION_HOURS, DEFAULT_SETTINGS } from "../../../shared/core/run.ts";
import { meaningOf } from "../../../shared/guard/reason-text.ts";
import { DEFAULT_THRESHOLDS } from "../../../shared/guard/thresholds.ts";
import type { AppSettings } from "../../../shared/settings/app-settings.ts";
import { count, cut, percent } from "./figures.ts";
import { columnsOf, Table } from "./table.tsx";

export function NightCard() {
  const { budget, nightBudget, auditShare, pGoodMin } = DEFAULT_SETTINGS;
  const { userShareMax, sessionShareMax, templateShareMax, clusterShareMax } = DEFAULT_SETTINGS;
  const rows: [string, string][] = [
    ["Feedback has time to come in for", `${DEFAULT_MATURATION_HOURS} hours`],
    ["Drawn of a task", `${count(budget)} exchanges`],
    ["Drawn of all tasks in one night", `${count(nightBudget)} exchanges`],
    ["Drawn blind to feedback", percent(auditShare)],
    ["P(good) of a target, at least", percent(pGoodMin)],
    [
      "Of one user, session, template, question, at most",
      [userShareMax, sessionShareMax, templateShareMax, clusterShareMax].map(percent).join(", "),
    ],
  ];
  return (
    <section class="card">
      <h2>Sampling</h2>
      <dl class="facts">
        {rows.map(([name, value]) => (
          <>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </>
        ))}
      </dl>
      <p class="hint">
        Of a run by hand each can be another: <code>POST /v1/runs</code> with <code>settings</code>.
      </p>
    </section>
  );
}

export function ThresholdsCard() {
  const { text, tailCoverageMin, deepSelfWrittenShareMax, groundedKeptMin, modelPromptShareMax } = DEFAULT_THRESHOLDS;
  const shares: [string, string, string][] = [
    ["tailCoverage", meaningOf("tailCoverage"), `under ${percent(tailCoverageMin)}`],
    ["deepSelfWrittenShare", meaningOf("deepSelfWrittenShare"), `over ${percent(deepSelfWrittenShareMax)}`],
    ["groundedShare", meaningOf("groundedShare"), `under ${percent(groundedKeptMin)} of before`],
    ["modelPromptShare", meaningOf("modelPromptShare"), `over ${percent(modelPromptShareMax)}`],
  ];
  return (
    <details class="card">
      <summary>A batch is held when</summary>
      <Table label="Thresholds" columns={columnsOf("It means", "Measure", "#Worse by more than")}>
        {Object.entries(text).map(([measure, { scale, margin }]) => (
          <Line
            meaning={meaningOf(measure)}
            measure={measure}
            bound={scale === "relative" ? percent(margin) : String(margin)}
          />
        ))}
        {shares.map(([measure, meaning, bound]) => (
          <Line meaning={meaning} measure={measure} bound={bound} />
        ))}
      </Table>
    </details>
  );
}

function Line({ meaning, measure, bound }: { meaning: string; measure: string; bound: string }) {
  return (
    <tr>
      <th scope="row">{meaning}</th>
      <td class="mono">{measure}</td>
      <td class="num">{bound}</td>
    </tr>
  );
}

export function FineTunesCard({ fineTunes }: { fineTunes: AppSettings["fineTunes"] }) {
  return (
    <section class="card">
      <h2>Fine-tunes of your own</h2>
      {fineTunes.length === 0 ? (
        <p class="muted">None is registered: every model counts as a base model, and no batch as its own echo.</p>
      ) : (
        <Table label="Fine-tunes" columns={columnsOf("Model", "#Generation", "Trained on")}>
          {fineTunes.map(({ model, generation, batches }) => (
            <tr>
              <th scope="row">
                <bdi>{cut(model, 100)}</bdi>
              </th>
              <td class="num">{generation ?? "by its batches"}</td>
              <td>
                {batches.map((batch) => (
                  <div>
                    <a href={`/console/batches/${encodeURIComponent(batch)}`}>{cut(batch, 40)}</a>
                  </div>
                ))}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </section>
  );
}

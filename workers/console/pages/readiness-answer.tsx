/** The answer of readiness: what to do, by which numbers, what the other answers lack, and what it would cost. */
import type { BreakEven, BreakEvenInputs } from "../../../shared/readiness/break-even.ts";
import type { Condition } from "../../../shared/readiness/condition.ts";
import { days, number } from "../../../shared/readiness/describe.ts";
import type { RankedAnswer, Readiness } from "../../../shared/readiness/readiness.ts";
import type { Answer } from "../../../shared/readiness/rules.ts";
import { Figure } from "./figure.tsx";
import { count, counted, cut, dollars, percent } from "./figures.ts";
import { columnsOf, Table } from "./table.tsx";

const ANSWERS: Readonly<Record<Answer, string>> = {
  fix_prompt: "Fix the prompt",
  add_retrieval: "Add retrieval",
  smaller_model: "Take a smaller model",
  sft: "Fine-tune on good answers (SFT)",
  dpo: "Fine-tune on preferences (DPO)",
  many_shot: "Show examples in the prompt, cached",
  kto: "Fine-tune on thumbs (KTO)",
  not_yet: "Not yet",
};
const TEXT_CHARS_MAX = 500;

export function ReadinessAnswer({ readiness }: { readiness: Readiness }) {
  const { recommendation, cautions, ranking, conditions } = readiness;
  return (
    <>
      <section class="card" aria-label="Recommendation">
        <h2 class="answer">{ANSWERS[recommendation.answer]}</h2>
        <p class="sentence">{cut(recommendation.because, TEXT_CHARS_MAX)}</p>
        <Reasons texts={recommendation.reasons} />
        {recommendation.answer === "not_yet" && (
          <p class="muted">{`Until then: ${wait(recommendation.daysAtTodaysRate)}.`}</p>
        )}
      </section>
      <Measured readiness={readiness} />
      <section class="card">
        <h2>Every answer, and what it lacks</h2>
        <ol class="answers">
          {ranking.map((one) => (
            <AnswerLine one={one} />
          ))}
        </ol>
      </section>
      <div class="grid">
        <BreakEvenCard breakEven={readiness.breakEven} manyShot={readiness.manyShot} />
        <section class="card">
          <h2>What these numbers cannot tell</h2>
          <Reasons texts={cautions} />
        </section>
      </div>
      <details class="card">
        <summary>{`All ${conditions.length} conditions`}</summary>
        <Conditions conditions={conditions} />
      </details>
    </>
  );
}

function Measured({ readiness: { facts, goodRate, breakEven } }: { readiness: Readiness }) {
  const { labels, recent } = facts;
  const perDay = (rows: number) => number(rows / recent.days);
  return (
    <dl class="figures">
      <Figure name="Calls" value={count(facts.calls)} more={`${perDay(recent.calls)} a day, of late`} />
      <Figure
        name="Spoken of"
        value={count(labels.labelled)}
        more={`${perDay(recent.labels.labelled)} a day, of late`}
      />
      <Figure
        name="Good"
        value={goodRate.share === null ? "not known" : percent(goodRate.share)}
        more={`95%: ${percent(goodRate.low)} to ${percent(goodRate.high)}`}
      />
      <Figure name="Corrected" value={count(labels.corrected)} more={`${count(labels.pairs)} pairs`} />
      <Figure
        name="Seen for"
        value={days(Math.floor(facts.daysSeen))}
        more={`${counted(facts.templateCount, "version")} of the prompt`}
      />
      <Figure
        name="Cost of a call"
        value={dollars(facts.cost.usdMicrosPerCall)}
        more={`${count(facts.cost.pricedCalls)} with a price`}
      />
      <Figure
        name="Break-even"
        value={breakEven.months === null ? "none" : `${number(breakEven.months)} months`}
        more={breakEven.calls === null ? "" : `${count(breakEven.calls)} calls`}
      />
    </dl>
  );
}

function AnswerLine({ one }: { one: RankedAnswer }) {
  const { answer, met, unmet, why, daysAtTodaysRate } = one;
  return (
    <li>
      <details>
        <summary>
          {ANSWERS[answer]} {answer !== "not_yet" && <State met={met} lacks={unmet.length} />}{" "}
          <span class="muted">{met ? "" : wait(daysAtTodaysRate)}</span>
        </summary>
        <Reasons texts={why} />
      </details>
    </li>
  );
}

function State({ met, lacks }: { met: boolean; lacks: number }) {
  return <span class={`tag ${met ? "good" : "none"}`}>{met ? "has all it needs" : `lacks ${lacks}`}</span>;
}

function wait(daysAtTodaysRate: number | null): string {
  return daysAtTodaysRate === null ? "time alone doesn't bring it" : `${days(daysAtTodaysRate)} at today's rate`;
}

/** They name templates, models and words of questions. */
function Reasons({ texts }: { texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <ul class="reasons">
      {texts.map((text) => (
        <li>
          <bdi>{cut(text, TEXT_CHARS_MAX)}</bdi>
        </li>
      ))}
    </ul>
  );
}

function Conditions({ conditions }: { conditions: readonly Condition[] }) {
  return (
    <Table label="Conditions" columns={columnsOf("What", "#Measured", "#Needed", "Met", "#Missing", "Until it is met")}>
      {conditions.map(({ about, value, comparison, needed, met, missing, daysAtTodaysRate, interval }) => (
        <tr>
          <th scope="row">
            <bdi>{cut(about, 200)}</bdi>
          </th>
          <td class="num">
            {value === null ? "–" : number(value)}
            {interval?.share != null && (
              <div class="muted small">{`${number(interval.low)} to ${number(interval.high)}`}</div>
            )}
          </td>
          <td class="num">{`${comparison === "at_least" ? "≥" : "≤"} ${number(needed)}`}</td>
          <td>
            <span class={`tag ${met ? "good" : "none"}`}>{met ? "yes" : "no"}</span>
          </td>
          <td class="num">{missing === null ? "–" : number(missing)}</td>
          <td>{met ? "" : wait(daysAtTodaysRate)}</td>
        </tr>
      ))}
    </Table>
  );
}

function BreakEvenCard({ breakEven, manyShot }: { breakEven: BreakEven; manyShot: Readiness["manyShot"] }) {
  const { inputs, because } = breakEven;
  return (
    <section class="card">
      <h2>Cost</h2>
      <p class="sentence">{cut(because, TEXT_CHARS_MAX)}</p>
      {inputs !== null && <Costs inputs={inputs} />}
      {manyShot !== null && (
        <p class="muted">
          {`${manyShot.examples} examples in the prompt instead: ${count(manyShot.tokens)} tokens, ${dollars(manyShot.usdPerCall * 1e6)} a call, ${dollars(manyShot.usdPerMonth * 1e6)} a month.`}
        </p>
      )}
    </section>
  );
}

function Costs({ inputs }: { inputs: BreakEvenInputs }) {
  const usd = (value: number) => `${value < 0 ? "−" : ""}${dollars(Math.abs(value) * 1e6)}`;
  const rows: [string, string][] = [
    ["Calls a month", count(inputs.callsPerMonth)],
    [
      "Tokens of a call",
      `${count(inputs.inputTokensPerCall)} in (${percent(inputs.cachedShare)} cached), ${count(inputs.outputTokensPerCall)} out`,
    ],
    ["A call now, cached", usd(inputs.baseUsdPerCall)],
    ["A call now, uncached", usd(inputs.uncachedUsdPerCall)],
    ["A call, tuned", `${usd(inputs.tunedUsdPerCall)}, and ${usd(inputs.hostingUsdPerCall)} of hosting`],
    ["Saved a call", usd(inputs.savingUsdPerCall)],
    ["Training", `${usd(inputs.tokensUsd)} of tokens in ${count(inputs.trainings)} trainings`],
    ["Hours", usd(inputs.hoursUsd)],
    ["Evaluation", usd(inputs.evaluationUsd)],
    ["All of it, in a year", usd(inputs.trainingUsd)],
  ];
  return (
    <dl class="facts">
      {rows.map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
  );
}

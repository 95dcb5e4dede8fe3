/** Some rows of each file of a batch, with the reasons why they are there. */
import { EXAMPLE_FILES, type Example, type ExampleFile } from "../../../shared/core/example.ts";
import type { Message } from "../../../shared/core/exchange.ts";
import { describe } from "./evidence.tsx";
import { cut, percent } from "./figures.ts";
import { textOf } from "./find-exchanges.ts";
import { cutToBytes } from "./page-bytes.ts";

/** As they stand in the page. */
const PROMPT_BYTES_MAX = 700;
const ANSWER_BYTES_MAX = 1_600;
const GROUNDS_MAX = 6;

const FILE_NAMES: Record<ExampleFile, string> = {
  sft: "SFT: answers to imitate",
  preference: "Preference: one answer over another",
  kto: "KTO: answers with a thumb",
  eval: "Evaluation: never trained on",
};

export function Samples({ samples }: { samples: ReadonlyMap<ExampleFile, readonly Example[]> }) {
  const filled = EXAMPLE_FILES.filter((file) => (samples.get(file)?.length ?? 0) > 0);
  if (filled.length === 0) return <p class="muted">There are no rows to show.</p>;
  return (
    <>
      {filled.map((file) => (
        <>
          <h3>{FILE_NAMES[file]}</h3>
          {samples.get(file)?.map((example) => (
            <Sample example={example} />
          ))}
        </>
      ))}
    </>
  );
}

function Sample({ example }: { example: Example }) {
  const asked = example.prompt.findLast(({ role }) => role === "user") ?? example.prompt.at(-1);
  return (
    <article class="turn">
      <p class="muted">
        <bdi>{asked === undefined ? "" : cutToBytes(textOf(asked), PROMPT_BYTES_MAX)}</bdi>
      </p>
      <Answers example={example} />
      <Reasons example={example} />
    </article>
  );
}

function Answers({ example }: { example: Example }) {
  if (example.file !== "preference") {
    const label = example.file === "kto" ? (example.label ? "desirable" : "undesirable") : "answer";
    return <Answer label={label} message={example.completion} />;
  }
  return (
    <>
      <Answer label="chosen" message={example.chosen} />
      <Answer label="rejected" message={example.rejected} />
    </>
  );
}

function Answer({ label, message }: { label: string; message: Message }) {
  return (
    <>
      <span class="label">{label}</span>
      <pre>
        <bdi>{cutToBytes(textOf(message), ANSWER_BYTES_MAX)}</bdi>
      </pre>
    </>
  );
}

function Reasons({ example: { provenance } }: { example: Example }) {
  const { because, pGood, grounds, inclusionProbability, lineage, exchangeId } = provenance;
  const strongest = grounds.toSorted((a, b) => Math.abs(b.logOdds) - Math.abs(a.logOdds)).slice(0, GROUNDS_MAX);
  const said = strongest.map((ground) => `${cut(describe(ground), 60)} (${ground.logOdds.toFixed(1)})`);
  return (
    <p class="hint">
      Here because of a {because}; P(good) {percent(pGood)}; drawn with probability {percent(inclusionProbability)},
      written by {lineage.origin.replace("-", ", ")}. <bdi>{said.join(", ")}</bdi>{" "}
      <a href={`/console/exchanges/${exchangeId}`}>its exchange</a>
    </p>
  );
}

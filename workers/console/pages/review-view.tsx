/** How an item to review looks: the conversation, what can be said of it, and how far the reviewing has come. */
import { messagesOf } from "../../../shared/parse/messages-of.ts";
import type { ReviewReason } from "../../../shared/review/order-queue.ts";
import type { ReviewProgress } from "../../../shared/store/review-progress.ts";
import { verdictOf } from "../../../shared/verdict/verdict.ts";
import type { Session } from "../session.ts";
import { Conversation } from "./conversation.tsx";
import { Evidence } from "./evidence.tsx";
import { Figure } from "./figure.tsx";
import { count, cut, percent, wilson } from "./figures.ts";
import { editableOf, type Outcome } from "./review-acts.ts";
import { ReviewForms, Undo } from "./review-forms.tsx";
import type { Shown } from "./review-page.tsx";

const REASONS: Readonly<Record<ReviewReason, { name: string; why: string }>> = {
  audit: { name: "by lot", why: "Drawn by lot, whatever people said: what you find here holds for all answers." },
  held: { name: "held batch", why: "It made rows of a batch that is held, and waits for somebody to look." },
  conflicting: { name: "disputed", why: "People contradict each other about it. Your word settles it." },
  influence: {
    name: "stands for many",
    why: "It stands for many that were not drawn, so your word moves the good rate.",
  },
  uncertain: { name: "uncertain", why: "What is known of it leaves it near even odds." },
};

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  up: "Said: good.",
  down: "Said: not good.",
  edited: "Your correction is on its way.",
  skipped: "Skipped. Others may still be asked.",
  undone: "Taken back. Here it is again.",
  nothing: "There was nothing to do.",
  taken: "Somebody else has that one, or it is done. Nothing was changed.",
  no_text: "A correction has some text, 60,000 characters at most. Nothing was said.",
  unchanged: "The text is the answer as it was. Nothing was said: if it is good, say so.",
  failed: "The queue did not take it. Nothing was said; try again in some seconds.",
};
const PROBLEMS: readonly Outcome[] = ["taken", "no_text", "unchanged", "failed"];

export function Review({ session, outcome, shown }: { session: Session; outcome: Outcome | undefined; shown: Shown }) {
  const { item, record, feedback, hand, undoable, progress } = shown;
  const messages = record === undefined ? [] : messagesOf(record);
  const { name, why } = REASONS[item.reason];
  const verdict = verdictOf(feedback);
  return (
    <>
      <Head session={session} outcome={outcome} undoable={undoable} />
      <div class="between">
        <h2>
          <span class="tag none">{name}</span> <bdi>{cut(item.task, 80)}</bdi>
        </h2>
        <nav class="tabs" aria-label="Your items">
          <Step id={hand.before} letter="k" name="Back" />
          <span class="muted">{`${hand.at + 1} of ${hand.items}`}</span>
          <Step id={hand.after} letter="j" name="Next" />
        </nav>
      </div>
      <p class="hint">{why}</p>
      {messages.length === 0 ? (
        <p class="note">Its words are gone from storage, or were never kept. Skip it.</p>
      ) : (
        <Conversation messages={messages} whole={`/v1/exchanges/${item.exchangeId}`} />
      )}
      <ReviewForms session={session} id={item.exchangeId} next={hand.after} answer={editableOf(messages.at(-1))} />
      <details>
        <summary>What others said, for after you have made up your mind</summary>
        <Evidence grounds={verdict.grounds} pGood={verdict.pGood} />
        <p>
          <a href={`/console/exchanges/${item.exchangeId}`}>All there is of this exchange</a>
        </p>
      </details>
      <Progress progress={progress} />
    </>
  );
}

export function NothingWaits(props: {
  session: Session;
  outcome: Outcome | undefined;
  undoable: string | undefined;
  progress: readonly ReviewProgress[];
}) {
  const others = props.progress.reduce((sum, { withOthers }) => sum + withOthers, 0);
  return (
    <>
      <Head {...props} />
      <section class="card">
        <h2>Nothing waits for you</h2>
        <p>
          {others > 0 && `Others look at ${count(others)} just now; what they let lie comes back within 15 minutes. `}
          What is worth a look is chosen anew after every night, and while people speak.
        </p>
      </section>
      <Progress progress={props.progress} />
    </>
  );
}

function Head(props: { session: Session; outcome: Outcome | undefined; undoable: string | undefined }) {
  const { session, outcome, undoable } = props;
  return (
    <>
      <div class="between">
        <h1>Review</h1>
        <p class="hint letters" hidden>
          <label class="check">
            <input type="checkbox" id="letters" />
            letters work
          </label>
          <span>
            <kbd>u</kbd> good, <kbd>d</kbd> not good, <kbd>e</kbd> edit, <kbd>s</kbd> skip, <kbd>z</kbd> undo,{" "}
            <kbd>j</kbd> <kbd>k</kbd> next and back
          </span>
        </p>
      </div>
      {(outcome !== undefined || undoable !== undefined) && (
        <div class={`row ${outcome !== undefined && PROBLEMS.includes(outcome) ? "problem" : "done"}`}>
          <span role="status">{outcome === undefined ? "You have said something before." : OUTCOMES[outcome]}</span>
          {undoable !== undefined && <Undo session={session} id={undoable} />}
        </div>
      )}
    </>
  );
}

function Step({ id, letter, name }: { id: string | undefined; letter: string; name: string }) {
  if (id === undefined) return null;
  return (
    <a href={`/console/review?item=${id}`} data-key={letter}>
      {name} <kbd>{letter}</kbd>
    </a>
  );
}

function Progress({ progress }: { progress: readonly ReviewProgress[] }) {
  const total = (field: "waiting" | "withOthers" | "ownToday" | "said" | "good") =>
    progress.reduce((sum, one) => sum + one[field], 0);
  const kinds = progress.filter(({ waiting }) => waiting > 0);
  const said = total("said");
  return (
    <dl class="figures" aria-label="Progress">
      <Figure
        name="Waiting"
        value={count(total("waiting"))}
        more={kinds.map(({ reason, waiting }) => `${count(waiting)} ${REASONS[reason].name}`).join(", ")}
      />
      <Figure name="With others" value={count(total("withOthers"))} more="just now" />
      <Figure name="Yours today" value={count(total("ownToday"))} more="since midnight, UTC" />
      <Figure
        name="Reviewed in 30 days"
        value={count(said)}
        more={said === 0 ? "" : `${percent(total("good") / said)} good as they were`}
      />
      <Audit audit={progress.find(({ reason }) => reason === "audit")} />
    </dl>
  );
}

/** Those by lot are like all others: what is good of them tells whether P(good) means what it says. */
function Audit({ audit }: { audit: ReviewProgress | undefined }) {
  if (audit === undefined || audit.said === 0) return null;
  const { low, high } = wilson(audit.good, audit.said);
  return (
    <Figure
      name="By lot, good"
      value={percent(audit.good / audit.said)}
      more={`95%: ${percent(low)} to ${percent(high)}; P(good) had said ${percent(audit.expected / audit.said)}`}
    />
  );
}

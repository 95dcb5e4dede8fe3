/** What can be said of an item: two words, a correction, or nothing. Plain forms, whose buttons bear their letters. */
import type { Session } from "../session.ts";
import { FormToken } from "./frame.tsx";

const LINES_MAX = 16;

export function ReviewForms(props: {
  session: Session;
  id: string;
  /** The item after this one. */
  next: string | undefined;
  /** undefined: it can't be mended here. */
  answer: string | undefined;
}) {
  const { session, id, next, answer } = props;
  return (
    <div class="card acts">
      <form method="post" action={`/console/review/${id}`} class="row" aria-label="Your word">
        <FormToken session={session} />
        {next !== undefined && <input type="hidden" name="next" value={next} />}
        <Act said="up" letter="u" name="Good" look="" />
        <Act said="down" letter="d" name="Not good" look="danger" />
        <Act said="skipped" letter="s" name="Skip" look="plain" />
      </form>
      {answer === undefined ? (
        <p class="hint">It can't be mended here: it calls tools, or is longer than a page.</p>
      ) : (
        <Edit session={session} id={id} next={next} answer={answer} />
      )}
    </div>
  );
}

function Act({ said, letter, name, look }: { said: string; letter: string; name: string; look: string }) {
  return (
    <button type="submit" name="said" value={said} class={look} data-key={letter}>
      {name} <kbd>{letter}</kbd>
    </button>
  );
}

/** Browsers leave out one line break at the beginning of a field (HTML, "textarea"): it is this one. */
const FIRST_BREAK = "\n";

function Edit({
  session,
  id,
  next,
  answer,
}: {
  session: Session;
  id: string;
  next: string | undefined;
  answer: string;
}) {
  const lines = answer.split("\n", LINES_MAX).length;
  return (
    <details data-key="e">
      <summary>
        Edit <kbd>e</kbd>
      </summary>
      <form method="post" action={`/console/review/${id}`}>
        <FormToken session={session} />
        {next !== undefined && <input type="hidden" name="next" value={next} />}
        <label for="text">What it should have said</label>
        <textarea id="text" name="text" rows={Math.max(4, lines + 1)} dir="auto" aria-describedby="text-hint">
          {FIRST_BREAK + answer}
        </textarea>
        <p class="hint" id="text-hint">
          It becomes a correction, and the answer as it was counts as not good. <kbd>Ctrl</kbd> <kbd>Enter</kbd> sends
          it, <kbd>Esc</kbd> leaves the field.
        </p>
        <button type="submit" name="said" value="edited">
          Save correction
        </button>
      </form>
    </details>
  );
}

export function Undo({ session, id }: { session: Session; id: string }) {
  return (
    <form method="post" action="/console/review/undo" class="inline">
      <FormToken session={session} />
      <input type="hidden" name="id" value={id} />
      <button type="submit" class="plain" data-key="z">
        Undo <kbd>z</kbd>
      </button>
    </form>
  );
}

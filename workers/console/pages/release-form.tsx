/** A held batch, let go by somebody who says why. */

import type { Session } from "../session.ts";
import { FormToken } from "./frame.tsx";

const REASON_CHARS_MAX = 1_000;

export function ReleaseForm({
  session,
  batch,
  problem,
}: {
  session: Session;
  batch: string;
  problem?: string | undefined;
}) {
  return (
    <form method="post" action={`/console/batches/${batch}/release`}>
      <FormToken session={session} />
      <p>It is held: no consumer gets it until somebody has looked at it and lets it go.</p>
      {problem !== undefined && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <label for="reason">Why it may go</label>
      <textarea id="reason" name="reason" rows={2} maxlength={REASON_CHARS_MAX} required />
      <button type="submit">Release</button>
    </form>
  );
}

/** undefined: it says nothing. */
export function reasonIn(fields: Record<string, unknown>): string | undefined {
  const reason = typeof fields.reason === "string" ? fields.reason.trim().slice(0, REASON_CHARS_MAX) : "";
  return reason === "" ? undefined : reason;
}

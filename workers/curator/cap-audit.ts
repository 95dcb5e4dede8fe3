/**
 * The audit slice is blind, also to who said how much. What it alone drew may be measured, but goes into the batch only as
 * far as its user and session have not had their share of it.
 */
import type { RunSettings } from "../../shared/core/run.ts";
import { type Candidate, leaveOut } from "./candidate.ts";
import { capsOf } from "./draw-tasks.ts";

export function capAudit(candidates: readonly Candidate[], settings: RunSettings): void {
  const caps = capsOf(settings, 1);
  const counts = new Map<string, number>();
  const groupsOf = ({ row }: Candidate) => [
    { name: row.user === null ? null : `user\0${row.user}`, cap: caps.user, bucket: "over_user_share" },
    { name: sessionOf(row), cap: caps.session, bucket: "over_session_share" },
  ];
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const candidate of candidates) {
    if (candidate.drawn.chosen) for (const { name } of groupsOf(candidate)) if (name !== null) count(name);
  }
  for (const candidate of candidates) {
    if (candidate.drawn.chosen || candidate.bucket !== null) continue;
    const groups = groupsOf(candidate);
    const over = groups.find(({ name, cap }) => name !== null && (counts.get(name) ?? 0) >= cap);
    if (over !== undefined) leaveOut(candidate, over.bucket);
    else for (const { name } of groups) if (name !== null) count(name);
  }
}

function sessionOf(row: Candidate["row"]): string | null {
  const session = row.session ?? row.conversation;
  return session === null ? null : `session\0${row.user}\0${session}`;
}

/**
 * Which conversation a call belongs to, where its app sends no session: the one of the call that it goes on from. A call
 * is first taken to belong with those that began alike (shared/parse/fingerprints.ts), which is wrong where the system
 * prompt changes between two turns, and not known where the provider keeps what came before.
 */
import type { Outcome } from "../core/exchange.ts";
import type { NextValue } from "../core/feedback.ts";
import type { ExchangeId } from "../core/ids.ts";

/** An exchange, as far as it takes to find its conversation. */
export interface Turn {
  id: ExchangeId;
  session: string | null;
  conversation: string | null;
  turn: string | null;
  responseId: string | null;
  follows: string | null;
  next: NextValue | null;
  user: string | null;
  outcome: Outcome;
}

export interface Links {
  /** The conversation of each that belongs to another one than its row says. */
  conversations: Map<ExchangeId, string>;
  /** Which exchange each goes on from. */
  before: Map<ExchangeId, ExchangeId>;
}

/** What `turns` go on from and is not among them. */
export function missingTurns(turns: readonly Turn[]): string[] {
  const known = new Set(turns.flatMap(({ turn, responseId }) => [turn, responseId]));
  const followed = turns.map(({ follows }) => follows);
  return [...new Set(followed)].filter((key) => key !== null && !known.has(key)) as string[];
}

/** @param turns in the order of their ids, those of earlier windows among them */
export function linkTurns(turns: readonly Turn[]): Links {
  const first = new Map<string, string>(); // conversations, by turn and by response id
  const newest = new Map<string, ExchangeId>();
  const links: Links = { conversations: new Map(), before: new Map() };
  for (const one of turns) {
    const before = one.follows === null ? undefined : newest.get(one.follows);
    if (before !== undefined) links.before.set(one.id, before);
    const followed = isOpen(one) && one.follows !== null ? first.get(one.follows) : undefined;
    const conversation = followed ?? one.conversation;
    if (conversation !== null && conversation !== one.conversation) links.conversations.set(one.id, conversation);
    for (const key of [one.turn, one.responseId]) {
      if (key === null) continue;
      newest.set(key, one.id);
      if (conversation !== null && !first.has(key)) first.set(key, conversation);
    }
  }
  return links;
}

/** An app that names its sessions knows best. */
function isOpen({ session, follows }: Turn): boolean {
  return session === null && follows !== null;
}

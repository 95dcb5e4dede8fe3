/**
 * Which conversation a call belongs to, where its app sends no session: the one of the call that it goes on from. A call
 * is first taken to belong with those that began alike (shared/parse/fingerprints.ts), which is wrong where the system
 * prompt changes between two turns, and not known where the provider keeps what came before.
 */
import type { ExchangeId } from "../core/ids.ts";

/** An exchange, as far as it takes to find its conversation. */
export interface Turn {
  id: ExchangeId;
  session: string | null;
  conversation: string | null;
  turn: string | null;
  responseId: string | null;
  follows: string | null;
}

/** What `turns` go on from and is not among them. */
export function missingTurns(turns: readonly Turn[]): string[] {
  const known = new Set(turns.flatMap(({ turn, responseId }) => [turn, responseId]));
  const followed = turns.filter(isOpen).map(({ follows }) => follows);
  return [...new Set(followed)].filter((key) => key !== null && !known.has(key)) as string[];
}

/**
 * @param turns in the order of their ids, those of earlier windows among them
 * @returns the conversation of each that belongs to another one than its row says
 */
export function linkConversations(turns: readonly Turn[]): Map<ExchangeId, string> {
  const conversations = new Map<string, string>(); // by turn and by response id
  const changed = new Map<ExchangeId, string>();
  for (const one of turns) {
    const followed = isOpen(one) && one.follows !== null ? conversations.get(one.follows) : undefined;
    const conversation = followed ?? one.conversation;
    if (conversation === null) continue;
    if (conversation !== one.conversation) changed.set(one.id, conversation);
    for (const key of [one.turn, one.responseId]) {
      if (key !== null && !conversations.has(key)) conversations.set(key, conversation);
    }
  }
  return changed;
}

/** An app that names its sessions knows best. */
function isOpen({ session, follows }: Turn): boolean {
  return session === null && follows !== null;
}

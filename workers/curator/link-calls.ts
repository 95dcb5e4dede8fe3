/** Finds the conversations of a window's calls, and writes down those that their rows don't say yet. */
import { CONVERSATION_GAP_MS_MAX } from "../../shared/core/limits.ts";
import { linkConversations, missingTurns, type Turn } from "../../shared/split/conversations.ts";
import { findTurns, listTurns, setConversations, type WindowFilter } from "../../shared/store/exchanges.ts";

/** @returns how many calls belong to another conversation than they seemed to */
export async function linkCalls(d1: D1Database, window: WindowFilter & { app: string }): Promise<number> {
  const { app, fromMs, toMs } = window;
  const turns = await listTurns(d1, window);
  const keys = missingTurns(turns);
  const earliestMs = Math.max(0, fromMs - CONVERSATION_GAP_MS_MAX);
  const elsewhere = keys.length === 0 ? [] : await findTurns(d1, { app, keys, fromMs: earliestMs, toMs });
  const changed = linkConversations(inOrder([...elsewhere, ...turns]));
  const ours = new Set(turns.map(({ id }) => id));
  const found = new Map([...changed].filter(([id]) => ours.has(id)));
  await setConversations(d1, found);
  return found.size;
}

function inOrder(turns: readonly Turn[]): Turn[] {
  return turns.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

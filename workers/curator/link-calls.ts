/**
 * Finds which of a window's calls goes on from which: writes down the conversations that their rows don't say yet, and what
 * their users say next as feedback on the answer before.
 */
import type { FeedbackEvent, NextValue } from "../../shared/core/feedback.ts";
import type { ExchangeId } from "../../shared/core/ids.ts";
import { idTimeMs } from "../../shared/core/ids.ts";
import { CONVERSATION_GAP_MS_MAX, LINK_EXCHANGES_MAX } from "../../shared/core/limits.ts";
import { type Links, linkTurns, missingTurns, type Turn } from "../../shared/split/conversations.ts";
import { recordFeedback } from "../../shared/store/feedback.ts";
import { fixSides } from "../../shared/store/fixed-sides.ts";
import { findTurns, listTurns, setConversations } from "../../shared/store/turns.ts";
import { type WindowFilter, windowCutMs } from "../../shared/store/windows.ts";

export interface Linked {
  /** Calls that belong to another conversation than they seemed to. */
  moved: number;
  /** Words on the answers before. */
  said: number;
}

/** A long window is gone through in parts, in the order of time: each finds the ends of those before it in D1. */
export async function linkCalls(d1: D1Database, window: WindowFilter & { app: string }): Promise<Linked> {
  const linked: Linked = { moved: 0, said: 0 };
  for (let { fromMs } = window; fromMs < window.toMs; ) {
    const cutMs = await windowCutMs(d1, { ...window, fromMs, rowsMax: LINK_EXCHANGES_MAX });
    const toMs = cutMs === undefined || cutMs <= fromMs ? window.toMs : cutMs;
    const { moved, said } = await linkPart(d1, { ...window, fromMs, toMs });
    linked.moved += moved;
    linked.said += said;
    fromMs = toMs;
  }
  return linked;
}

async function linkPart(d1: D1Database, window: WindowFilter & { app: string }): Promise<Linked> {
  const { app, fromMs, toMs } = window;
  const turns = await listTurns(d1, window);
  const keys = missingTurns(turns);
  const earliestMs = Math.max(0, fromMs - CONVERSATION_GAP_MS_MAX);
  const elsewhere = keys.length === 0 ? [] : await findTurns(d1, { app, keys, fromMs: earliestMs, toMs });
  const links = linkTurns(inOrder([...elsewhere, ...turns]));
  const ours = new Set(turns.map(({ id }) => id));
  const moved = new Map([...links.conversations].filter(([id]) => ours.has(id)));
  await fixSides(d1, { app, moved });
  await setConversations(d1, moved);
  const said = wordsOf({ app, turns, links });
  if (said.length > 0) await recordFeedback(d1, said, toMs);
  return { moved: moved.size, said: said.length };
}

function inOrder(turns: readonly Turn[]): Turn[] {
  return turns.toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** An answer that its reader broke off, and to which nothing more was said, was left. */
function wordsOf(options: { app: string; turns: readonly Turn[]; links: Links }): FeedbackEvent[] {
  const { app, turns, links } = options;
  const answered = new Set(links.before.values());
  return turns.flatMap((turn) => {
    const { id, next, outcome } = turn;
    const before = links.before.get(id);
    const words: FeedbackEvent[] = [];
    if (before !== undefined && next !== null) words.push(wordOn({ app, about: before, by: turn, value: next }));
    if (outcome === "client_aborted" && !answered.has(id))
      words.push(wordOn({ app, about: id, by: turn, value: "left" }));
    return words;
  });
}

/** The call that said it is the event: read again, it is the same one. */
function wordOn(word: { app: string; about: ExchangeId; by: Turn; value: NextValue }): FeedbackEvent {
  const { app, about, by, value } = word;
  const atMs = idTimeMs(by.id);
  const common = { type: "feedback", version: 1, kind: "next", name: "", text: null } as const;
  return { ...common, eventId: by.id, ref: { id: about }, app, actor: by.user ?? "", value, atMs, receivedAtMs: atMs };
}

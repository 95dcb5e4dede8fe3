/**
 * What a reviewer does with an item: a word becomes feedback on the same queue as everybody's. First it goes to the queue, then
 * the item is closed: if something fails between the two the item comes back, and the newest word stands.
 */
import type { Message } from "../../../shared/core/exchange.ts";
import { type ExchangeId, makeUuidV7 } from "../../../shared/core/ids.ts";
import { REVIEW_TEXT_CHARS_MAX } from "../../../shared/core/limits.ts";
import { sendEvents } from "../../../shared/feedback/send-events.ts";
import { messagesOf } from "../../../shared/parse/messages-of.ts";
import { reviewEvents, SAID, type Stamps, undoEvents } from "../../../shared/review/review-events.ts";
import { readExchange } from "../../../shared/store/exchanges.ts";
import {
  closeItem,
  holdItem,
  type Looker,
  readSaid,
  reopenItem,
  skipItem,
} from "../../../shared/store/review-queue.ts";
import { readRecord } from "../../../shared/store/segments.ts";
import { pageBytes } from "./page-bytes.ts";

const OUTCOMES = [...SAID, "skipped", "undone", "nothing", "taken", "no_text", "unchanged", "failed"] as const;
export type Outcome = (typeof OUTCOMES)[number];

type Env = Pick<ConsoleEnv, "DB" | "STORE" | "CAPTURE">;

/** As the address names it. */
export function outcomeNamed(name: string | undefined): Outcome | undefined {
  return OUTCOMES.find((one) => one === name);
}

export async function actOn(
  env: Env,
  act: { looker: Looker; id: ExchangeId | undefined; said: unknown; text: unknown },
): Promise<Outcome> {
  const { looker, id } = act;
  const held = id === undefined ? undefined : await holdItem(env.DB, looker, id);
  if (id === undefined || held === undefined) return "taken";
  if (act.said === "skipped") {
    await skipItem(env.DB, looker, id);
    return "skipped";
  }
  const said = SAID.find((one) => one === act.said);
  if (said === undefined) return "nothing";
  const text = said === "edited" ? textOf(act.text) : "";
  if (text === undefined) return "no_text";
  if (said === "edited" && text === (await answerOf(env, looker.app, id))) return "unchanged";
  const { app, reviewer } = looker;
  const events = reviewEvents({ app, id, reviewer, said, text }, stampsOf(looker));
  if (!(await sendEvents(env.CAPTURE, events))) return "failed";
  await closeItem(env.DB, looker, { id, said });
  return said;
}

export async function undo(
  env: Env,
  { looker, id }: { looker: Looker; id: ExchangeId | undefined },
): Promise<{ outcome: Outcome; id: ExchangeId | undefined }> {
  if (id === undefined) return { outcome: "nothing", id };
  const item = await readSaid(env.DB, looker, id);
  if (item?.said != null) {
    const { app, reviewer } = item;
    const events = undoEvents({ app, id, reviewer, said: item.said }, stampsOf(looker));
    if (!(await sendEvents(env.CAPTURE, events))) return { outcome: "failed", id };
  }
  await reopenItem(env.DB, looker, id);
  const held = await holdItem(env.DB, looker, id);
  return { outcome: held === undefined ? "taken" : "undone", id };
}

/** As forms send a text, lines end in CR LF (HTML, "form control value"). undefined: there is none, or it is too long. */
function textOf(value: unknown): string | undefined {
  const text = typeof value === "string" ? value.replaceAll("\r\n", "\n") : "";
  const isText = text.trim() !== "" && text.length <= REVIEW_TEXT_CHARS_MAX && text.isWellFormed();
  return isText ? text : undefined;
}

async function answerOf(env: Env, app: string, id: ExchangeId): Promise<string | undefined> {
  const row = await readExchange(env.DB, { app, id });
  const record = row && (await readRecord(env.STORE, row));
  return editableOf(record === undefined ? undefined : messagesOf(record).at(-1));
}

/** An answer that is text alone can be mended in place; what calls tools, or is longer than a page, elsewhere. */
const EDIT_BYTES_MAX = 30_000;

export function editableOf(answer: Message | undefined): string | undefined {
  if (answer?.role !== "assistant" || typeof answer.content !== "string") return undefined;
  if ((answer.tool_calls?.length ?? 0) > 0 || pageBytes(answer.content) > EDIT_BYTES_MAX) return undefined;
  return answer.content;
}

function stampsOf({ nowMs }: Looker): Stamps {
  return { nowMs, newEventId: () => makeUuidV7(nowMs, crypto.getRandomValues(new Uint8Array(10))) };
}

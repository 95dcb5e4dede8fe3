/**
 * Messages as text for a judge to read: visible, bounded, and in pieces, of which `fence.ts` makes blocks. What is too long
 * loses its middle, and says so: the beginning sets the task, the end is what the answer answers.
 */
import type { Message } from "../core/exchange.ts";
import { isObject, type Json } from "../core/json.ts";
import { CONVERSATION_CHARS_MAX, MESSAGE_CHARS_MAX } from "./bounds.ts";
import { toVisible } from "./visible.ts";

/** One thing that is shown; `label` is ours, `parts` are captured. Between two parts something was left out. */
export interface Piece {
  label: string;
  parts: readonly string[];
  /** Characters left out between the parts; 0 where there is one part. */
  leftOutChars: number;
}

const ROLES = new Set(["system", "developer", "user", "assistant", "tool"]);

/** Labels tell position and role; a role that is none of the five is "other", since roles too come from outside. */
export function piecesOf(messages: readonly Message[]): Piece[] {
  const pieces = messages.map((message, at) => pieceOf(message, at + 1));
  const kept = keptOf(pieces);
  if (kept.size === pieces.length) return pieces;
  const gap = pieces.findIndex((_, at) => !kept.has(at));
  const gone = pieces.length - kept.size;
  const notice: Piece = { label: `${gone} messages are left out here`, parts: [], leftOutChars: 0 };
  return [...pieces.slice(0, gap), notice, ...pieces.slice(gap + gone)];
}

/** One text, visible, with its middle cut out where it is longer than `charsMax`. */
export function boundedPiece(label: string, options: { text: string; charsMax: number }): Piece {
  const { text, charsMax } = options;
  const visible = toVisible(text);
  if (visible.length <= charsMax) return { label, parts: [visible], leftOutChars: 0 };
  const half = Math.floor(charsMax / 2);
  const head = visible.slice(0, wholeAt(visible, half));
  const tail = visible.slice(wholeAt(visible, visible.length - half));
  return { label, parts: [head, tail], leftOutChars: visible.length - head.length - tail.length };
}

/** The text of a message: what was said, and the calls that were made. */
export function textOfMessage(message: Message): string {
  const calls = (message.tool_calls ?? []).map((call) => `[tool call] ${JSON.stringify(call)}`);
  const refusal = typeof message.refusal === "string" ? [message.refusal] : [];
  return [contentText(message.content), ...refusal, ...calls].filter((text) => text !== "").join("\n");
}

function pieceOf(message: Message, number: number): Piece {
  const role = ROLES.has(message.role) ? message.role : "other";
  return boundedPiece(`message ${number}: ${role}`, { text: textOfMessage(message), charsMax: MESSAGE_CHARS_MAX });
}

/** The first message, and as many from the end as fit beside it. */
function keptOf(pieces: readonly Piece[]): Set<number> {
  const kept = new Set<number>(pieces.length === 0 ? [] : [0]);
  let chars = pieces.length === 0 ? 0 : sizeOf(pieces[0]);
  for (let at = pieces.length - 1; at > 0; at--) {
    chars += sizeOf(pieces[at]);
    if (chars > CONVERSATION_CHARS_MAX) break;
    kept.add(at);
  }
  return kept;
}

/** A message of no text still takes its line. */
function sizeOf(piece: Piece | undefined): number {
  return (piece?.parts ?? []).reduce((sum, part) => sum + part.length, 64);
}

function contentText(content: Json | undefined): string {
  if (typeof content === "string") return content;
  return Array.isArray(content) ? content.map(partText).join("\n") : "";
}

/** Pictures and sound can't be shown to every judge; that there was one can. */
function partText(part: Json): string {
  if (typeof part === "string") return part;
  if (!isObject(part)) return "";
  if (typeof part.text === "string") return part.text;
  return typeof part.refusal === "string" ? part.refusal : `[${typeof part.type === "string" ? part.type : "part"}]`;
}

/** A place that splits neither a surrogate pair nor what stands for a hidden character. */
function wholeAt(text: string, at: number): number {
  const open = text.lastIndexOf("⟦", at - 1);
  if (open >= 0 && at - open < 12 && text.indexOf("⟧", open) >= at) return open;
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}

/**
 * Exchanges by what D1 has no index for: model, user, verdict, feedback, words. Pages of rows are read, newest first, and
 * those that fit are kept, until there are enough or so many were looked at; the answer says how far it looked.
 */
import type { ExchangeRecord, Message } from "../../../shared/core/exchange.ts";
import { type ExchangeId, idTimeMs } from "../../../shared/core/ids.ts";
import type { Json } from "../../../shared/core/json.ts";
import { PAGE_ROWS_MAX } from "../../../shared/core/limits.ts";
import { messagesOf } from "../../../shared/parse/messages-of.ts";
import { type ExchangeFilter, type ExchangeRow, listExchanges } from "../../../shared/store/exchanges.ts";
import { readStandingFeedback } from "../../../shared/store/feedback.ts";
import { readRecords } from "../../../shared/store/segments.ts";
import { classOf, type VerdictClass, verdictOf } from "../../../shared/verdict/verdict.ts";
import { cut } from "./figures.ts";

export interface Wanted {
  app: string;
  task?: string | undefined;
  session?: string | undefined;
  model?: string | undefined;
  /** As it was sent, and as it may be kept: hashed. */
  users?: readonly string[] | undefined;
  verdict?: VerdictClass | undefined;
  /** A kind of feedback, or any. */
  feedback?: string | undefined;
  /** Anywhere in the conversation, whatever the case. */
  text?: string | undefined;
  fromMs: number;
  toMs: number;
  afterId?: string | undefined;
}

export interface FoundRow {
  row: ExchangeRow;
  /** The last thing its user said, cut; or where the words stand that were looked for. */
  excerpt: string;
  class: VerdictClass;
  pGood: number;
  feedback: string[];
}

export interface Found {
  rows: FoundRow[];
  looked: { rows: number; oldestMs: number; newestMs: number } | undefined;
  /** Where to go on; undefined: there is no more. */
  next: string | undefined;
}

export const SHOWN_ROWS_MAX = 50;
/** Rows of D1 looked at for one page: some 2 MB. */
export const LOOKED_ROWS_MAX = 2_000;
/** The same where words are looked for: each is a record to unpack. */
export const READ_RECORDS_MAX = 400;
const EXCERPT_CHARS = 140;

export interface Store {
  d1: D1Database;
  bucket: R2Bucket;
}

export async function findExchanges(store: Store, wanted: Wanted): Promise<Found> {
  const bounds = wanted.text === undefined ? WITHOUT_WORDS : WITH_WORDS;
  const { app, task, session, fromMs, toMs } = wanted;
  const filter: ExchangeFilter = { app, task, session, fromMs, toMs, newestFirst: true, rowsMax: bounds.pageRows };
  const rows: FoundRow[] = [];
  const looked: ExchangeId[] = [];
  let next: string | undefined;
  for (let more = true; more; ) {
    const page = await listExchanges(store.d1, { ...filter, afterId: looked.at(-1) ?? wanted.afterId });
    const fitting = await keepFitting(store, page, wanted);
    rows.push(...fitting.slice(0, SHOWN_ROWS_MAX - rows.length));
    const isFull = rows.length === SHOWN_ROWS_MAX;
    const end = isFull ? page.findIndex(({ id }) => id === rows.at(-1)?.row.id) + 1 : page.length;
    looked.push(...page.slice(0, end).map(({ id }) => id));
    const isLast = end === page.length && page.length < bounds.pageRows;
    next = isLast ? undefined : looked.at(-1);
    more = !isFull && !isLast && looked.length < bounds.lookedMax;
  }
  return { rows: wanted.text === undefined ? await withQuestions(store, rows) : rows, looked: spanOf(looked), next };
}

const WITHOUT_WORDS = { pageRows: PAGE_ROWS_MAX, lookedMax: LOOKED_ROWS_MAX };
const WITH_WORDS = { pageRows: PAGE_ROWS_MAX / 2, lookedMax: READ_RECORDS_MAX };

function spanOf(looked: readonly ExchangeId[]): Found["looked"] {
  const [newest, oldest] = [looked.at(0), looked.at(-1)];
  if (newest === undefined || oldest === undefined) return undefined;
  return { rows: looked.length, newestMs: idTimeMs(newest), oldestMs: idTimeMs(oldest) };
}

async function keepFitting(store: Store, page: readonly ExchangeRow[], wanted: Wanted): Promise<FoundRow[]> {
  const { model, users, verdict, feedback: kind, text } = wanted;
  const named = page.filter(
    (row) => (model === undefined || row.model === model) && (users === undefined || users.includes(row.user ?? "")),
  );
  const said = await readStandingFeedback(store.d1, named);
  const kept = named.flatMap((row): FoundRow[] => {
    const pieces = said.get(row.id) ?? [];
    const found = verdictOf(pieces);
    const kinds = [...new Set(pieces.map((piece) => piece.kind))];
    if (verdict !== undefined && classOf(found) !== verdict) return [];
    if (kind !== undefined && !(kind === "any" ? kinds.length > 0 : kinds.some((one) => one === kind))) return [];
    return [{ row, excerpt: "", class: classOf(found), pGood: found.pGood, feedback: kinds }];
  });
  return text === undefined ? kept : withWords(store, { rows: kept, text });
}

/** Those whose conversation holds the words, with the place where they stand. */
async function withWords(
  { bucket }: Store,
  { rows, text }: { rows: readonly FoundRow[]; text: string },
): Promise<FoundRow[]> {
  const sought = text.toLowerCase();
  const excerpts = new Map<string, string>();
  for await (const { row, record } of readRecords(
    bucket,
    rows.map(({ row }) => row),
  )) {
    if (record === undefined) continue;
    const whole = messagesOf(record).map(textOf).join("\n");
    const at = whole.toLowerCase().indexOf(sought);
    if (at === -1) continue;
    const from = Math.max(0, at - EXCERPT_CHARS / 3);
    excerpts.set(
      row.id,
      (from > 0 ? "…" : "") + cut(oneLine(whole.slice(from, from + 2 * EXCERPT_CHARS)), EXCERPT_CHARS),
    );
  }
  return rows.flatMap((found) => {
    const excerpt = excerpts.get(found.row.id);
    return excerpt === undefined ? [] : [{ ...found, excerpt }];
  });
}

async function withQuestions({ bucket }: Store, rows: readonly FoundRow[]): Promise<FoundRow[]> {
  const questions = new Map<string, string>();
  for await (const { row, record } of readRecords(
    bucket,
    rows.map(({ row }) => row),
  )) {
    if (record !== undefined) questions.set(row.id, cut(questionOf(record), EXCERPT_CHARS));
  }
  return rows.map((found) => ({ ...found, excerpt: questions.get(found.row.id) ?? "" }));
}

function questionOf(record: ExchangeRecord): string {
  const asked = messagesOf(record).findLast(({ role }) => role === "user");
  return asked === undefined ? "" : oneLine(textOf(asked));
}

/** All there is to read in a message: its content, its calls, their arguments. */
export function textOf(message: Message): string {
  const { content, tool_calls: calls } = message;
  return [content ?? null, ...(calls ?? [])].flatMap((value) => textsIn(value, 0)).join("\n");
}

/** Deeper than any provider's messages go. */
const DEPTH_MAX = 12;

function textsIn(value: Json | undefined, depth: number): string[] {
  if (typeof value === "string") return value.startsWith("data:") ? [] : [value];
  if (value === null || typeof value !== "object" || depth > DEPTH_MAX) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === "type" || name === "id" ? [] : textsIn(inner, depth + 1),
  );
}

function oneLine(text: string): string {
  return text.slice(0, LINE_CHARS_MAX).replace(/\s+/g, " ").trim();
}

/** More is never shown of a line. */
const LINE_CHARS_MAX = 1_000;

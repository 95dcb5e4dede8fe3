/** For readiness: the exchanges of a task that people spoke of outright, and of the newest of them the words. */
import { and, desc, gte, inArray, lt, sql } from "drizzle-orm";
import type { Message } from "../core/exchange.ts";
import type { Feedback, FeedbackKind } from "../core/feedback.ts";
import { type ExchangeId, idLowerBound, idTimeMs } from "../core/ids.ts";
import { isObject, type Json } from "../core/json.ts";
import {
  READINESS_FEEDBACK_ROWS_MAX,
  READINESS_LABELLED_ROWS_MAX,
  READINESS_RECORDS_ROWS_MAX,
  RUN_PAGE_ROWS,
} from "../core/limits.ts";
import { messagesOf } from "../parse/messages-of.ts";
import { addsFacts } from "../readiness/added-facts.ts";
import { clusterFailures, type SpokenOf } from "../readiness/failure-clusters.ts";
import type { LabelledRow } from "../readiness/tally-labels.ts";
import type { CorrectionFacts, FailureFacts } from "../readiness/task-facts.ts";
import { wordsOf } from "../readiness/words.ts";
import { classOf, verdictOf } from "../verdict/verdict.ts";
import { labels, votesOf } from "../verdict/votes.ts";
import { openDatabase } from "./database.ts";
import { readStandingFeedback } from "./feedback.ts";
import { exchanges, feedback } from "./schema.ts";
import { readRecords, type Stored } from "./segments.ts";
import { inWindow } from "./windows.ts";

/** Kinds of which some value labels (shared/verdict/weights.ts). */
const LABELLING: FeedbackKind[] = ["thumb", "rating", "correction", "accepted", "review"];

const { id, app, user, template, provider, model, prompt, segment, segmentOffset, segmentLength } = exchanges;
const COLUMNS = { id, app, user, template, provider, model, prompt };
const PLACE = { id, segment, segmentOffset, segmentLength };

export interface TaskWindow {
  app: string;
  task: string;
  fromMs: number;
  toMs: number;
}

export type LabelledExchange = LabelledRow & { id: ExchangeId; correction: string | null };

/** The newest, in the order of their ids. `cut`: there are older ones that were not read. */
export async function listLabelled(
  d1: D1Database,
  window: TaskWindow,
): Promise<{ labelled: LabelledExchange[]; cut: boolean }> {
  const oldest = await openDatabase(d1)
    .select({ id: feedback.exchangeId })
    .from(feedback)
    .where(labelling(window))
    .orderBy(desc(feedback.exchangeId))
    .limit(1)
    .offset(READINESS_FEEDBACK_ROWS_MAX)
    .get();
  const from = oldest === undefined ? window : { ...window, fromMs: idTimeMs(oldest.id) + 1 };
  const said = openDatabase(d1).selectDistinct({ id: feedback.exchangeId }).from(feedback).where(labelling(from));
  const rows = await openDatabase(d1)
    .select(COLUMNS)
    .from(exchanges)
    .where(and(inWindow(from), inArray(id, said)))
    .orderBy(desc(id))
    .limit(READINESS_LABELLED_ROWS_MAX);
  rows.reverse();
  const labelled: LabelledExchange[] = [];
  for (let at = 0; at < rows.length; at += RUN_PAGE_ROWS) {
    const page = rows.slice(at, at + RUN_PAGE_ROWS);
    const standing = await readStandingFeedback(d1, page);
    labelled.push(...page.flatMap((row) => labelOf(row, standing.get(row.id) ?? []) ?? []));
  }
  return { labelled, cut: oldest !== undefined || rows.length === READINESS_LABELLED_ROWS_MAX };
}

function labelling({ fromMs, toMs }: TaskWindow) {
  return and(
    gte(feedback.exchangeId, idLowerBound(fromMs) as ExchangeId),
    lt(feedback.exchangeId, idLowerBound(toMs) as ExchangeId),
    inArray(feedback.kind, LABELLING),
  );
}

type Row = Pick<LabelledExchange, "id" | "template" | "provider" | "model" | "prompt">;

/** undefined: what stands labels nothing, as all that did was taken back. */
function labelOf(row: Row, said: readonly Feedback[]): LabelledExchange | undefined {
  const verdict = verdictOf(said);
  const found = classOf(verdict);
  if (found === "none" || found === "weak") return undefined;
  const votes = votesOf(said.filter(({ kind }) => kind === "thumb" || kind === "rating" || kind === "review"));
  const ups = votes.filter(({ up }) => up).length;
  return {
    ...row,
    atMs: idTimeMs(row.id),
    verdict: found,
    thumb: votes.length === 0 ? null : ups * 2 >= votes.length ? "up" : "down",
    voices: new Set(said.filter(labels).map(({ actor }) => actor)).size,
    disagreeing: verdict.conflicting,
    correction: said.findLast(({ kind }) => kind === "correction")?.text ?? null,
  };
}

/** Reads the newest failures and the newest good ones; a record that is gone, or was kept without its words, is left out. */
export async function readFailures(
  { d1, bucket }: { d1: D1Database; bucket: R2Bucket },
  labelled: readonly LabelledExchange[],
): Promise<{ failures: FailureFacts; corrections: CorrectionFacts }> {
  const failed = labelled.filter(({ verdict }) => verdict === "bad" || verdict === "corrected");
  const good = labelled.filter(({ verdict }) => verdict === "good");
  const chosen = [...failed.slice(-READINESS_RECORDS_ROWS_MAX), ...good.slice(-READINESS_RECORDS_ROWS_MAX)];
  const spokenOf: (SpokenOf & { id: ExchangeId })[] = [];
  const corrections: CorrectionFacts = { read: 0, addingFacts: 0 };
  for await (const { row, record } of readRecords(bucket, await placed(d1, chosen))) {
    if (record === undefined) continue;
    const texts = textsOf(messagesOf(record));
    if (texts === undefined) continue;
    const { id, template, atMs, verdict, correction } = row;
    spokenOf.push({ id, question: texts.question, failed: verdict !== "good", template, atMs });
    if (correction === null || texts.answer === "") continue;
    corrections.read++;
    if (addsFacts({ correction, ...texts })) corrections.addingFacts++;
  }
  spokenOf.sort((a, b) => (a.id < b.id ? -1 : 1)); // they come by segment
  const read = spokenOf.filter((row) => row.failed).length;
  const clusters = clusterFailures(spokenOf, {
    failureWeight: failed.length / Math.max(1, read),
    goodWeight: good.length / Math.max(1, spokenOf.length - read),
  });
  return { failures: { read, clusters }, corrections };
}

/** With where their records lie; one that has been erased meanwhile lies nowhere. */
async function placed(d1: D1Database, chosen: readonly LabelledExchange[]): Promise<(LabelledExchange & Stored)[]> {
  const ids = JSON.stringify(chosen.map((row) => row.id));
  const rows = await openDatabase(d1)
    .select(PLACE)
    .from(exchanges)
    .where(sql`${id} in (select value from json_each(${ids}))`);
  const places = new Map(rows.map((row) => [row.id, row]));
  return chosen.flatMap((row) => {
    const place = places.get(row.id);
    return place === undefined ? [] : { ...row, ...place };
  });
}

/** The question as its words alone, which hold on to nothing of a large body; undefined where nothing was kept. */
function textsOf(messages: readonly Message[]): { question: string; prompt: string; answer: string } | undefined {
  const answered = messages.at(-1)?.role === "assistant";
  const prompt = answered ? messages.slice(0, -1) : messages;
  const last = prompt.findLast(({ role }) => role === "user");
  if (last === undefined) return undefined;
  return {
    question: wordsOf(textOf(last)).join(" "),
    prompt: prompt.map(textOf).join("\n"),
    answer: answered ? textOf(messages.at(-1) ?? last) : "",
  };
}

function textOf({ content }: Message): string {
  if (typeof content === "string") return content;
  return Array.isArray(content) ? content.map(partText).join("\n") : "";
}

function partText(part: Json): string {
  return isObject(part) && typeof part.text === "string" ? part.text : "";
}

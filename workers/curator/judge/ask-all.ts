/**
 * All questions of a step: first what the cache knows, then the rest in their order, some at once, as far as the money goes.
 *
 * What is asked does not depend on how fast answers come: a question that does not fit beside what is set aside for those
 * under way waits for them, and only when all are settled is it decided. So a night that is repeated stops at the same row.
 */
import type { Budget } from "../../../shared/judge/budget.ts";
import { buildPrompt, type JudgePrompt } from "../../../shared/judge/prompt.ts";
import { readPoints, readWinner } from "../../../shared/judge/reply.ts";
import type { Rubric } from "../../../shared/judge/rubric.ts";
import { worstUsage } from "../../../shared/judge/worst-case.ts";
import { type Asked, ask, type FailedBecause, type Outside } from "./ask.ts";
import { CALLS_AT_ONCE, FAILURES_MAX, READS_AT_ONCE, UNREADABLE_MAX } from "./bounds.ts";
import { type JudgeEndpoint, tokensOf } from "./judge-endpoint.ts";
import type { OpenQuestion } from "./questions.ts";
import { type CacheEntry, type JudgeCache, readEntry, type Said, writeEntry } from "./verdict-cache.ts";

export interface AskAll {
  open: readonly OpenQuestion[];
  endpoint: JudgeEndpoint;
  rubric: Rubric;
  /** Of the fence's marks. */
  seed: string;
  run: string;
  budget: Budget;
  cache: JudgeCache;
  outside: Outside;
  tally: Tally;
}

/** Filled while it goes, so that it is right even if the step breaks off. */
export interface Tally {
  calls: number;
  cached: number;
  /** Charged at the worst, because nobody knows what was billed. */
  unsureMicros: number;
  stopped: Stopped | null;
}

export type Stopped = "budget_spent" | "judge_failing" | "judge_unreadable";
export type Unanswered = FailedBecause | Stopped | "too_dear" | "price_unknown" | "interrupted" | "cache_failed";

export type Answer = { said: Said } | { unanswered: Unanswered };

/** By the key of the question; questions of one key are asked once. */
export async function askAll(work: AskAll): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  const open = [...new Map(work.open.map((question) => [question.key, question])).values()];
  const missing = await takeCached(open, { work, answers });
  const underWay = new Set<Promise<void>>();
  const inRow = { failures: 0, unreadable: 0 };
  for (const question of missing) {
    while (underWay.size >= CALLS_AT_ONCE) await Promise.race(underWay);
    const prompt = buildPrompt({ ...question, rubric: work.rubric, seed: work.seed });
    const admitted = await admit(prompt, { work, underWay });
    if ("unanswered" in admitted) {
      answers.set(question.key, admitted);
      continue;
    }
    const task = settle({ question, prompt, micros: admitted.micros, work, inRow })
      .then((answer) => void answers.set(question.key, answer))
      .finally(() => underWay.delete(task));
    underWay.add(task);
  }
  await Promise.all(underWay);
  return answers;
}

interface Cached {
  work: AskAll;
  answers: Map<string, Answer>;
}

/** @returns what must be asked; what this run has already paid is counted as spent before anything is asked */
async function takeCached(open: readonly OpenQuestion[], { work, answers }: Cached): Promise<OpenQuestion[]> {
  const missing: OpenQuestion[] = [];
  for (let at = 0; at < open.length; at += READS_AT_ONCE) {
    const group = open.slice(at, at + READS_AT_ONCE);
    const entries = await Promise.all(
      group.map(({ key }) => readEntry(work.cache, key).catch(() => "unread" as const)),
    );
    for (const [index, question] of group.entries()) {
      const answer = answerOf(entries[index], work);
      if (answer === undefined) missing.push(question);
      else answers.set(question.key, answer);
    }
  }
  return missing;
}

function answerOf(entry: CacheEntry | "unread" | undefined, { run, budget, tally }: AskAll): Answer | undefined {
  if (entry === "unread") return { unanswered: "cache_failed" };
  if (entry === undefined) return undefined;
  if (entry.run === run) budget.settle({ micros: 0 }, entry.costUsdMicros);
  if (entry.said === null) {
    if (entry.run !== run || entry.costUsdMicros === 0) return undefined;
    tally.unsureMicros += entry.costUsdMicros;
    return { unanswered: "interrupted" };
  }
  tally.cached++;
  return { said: entry.said };
}

type Admitted = { micros: number } | { unanswered: Unanswered };

async function admit(prompt: JudgePrompt, at: { work: AskAll; underWay: Set<Promise<void>> }): Promise<Admitted> {
  const { budget, endpoint, tally } = at.work;
  const { inputTokens, outputTokens } = worstUsage(prompt, endpoint.replyTokensMax);
  const worst = endpoint.priceOf(tokensOf({ input: inputTokens, output: outputTokens }));
  if (worst === null) return { unanswered: "price_unknown" };
  for (;;) {
    if (tally.stopped !== null) return { unanswered: tally.stopped };
    const reserved = budget.reserve(worst);
    if (reserved.ok) return { micros: reserved.micros };
    if (reserved.because === "too_dear") return { unanswered: "too_dear" };
    if (reserved.because === "spent") tally.stopped = "budget_spent";
    else await Promise.race(at.underWay);
  }
}

interface Settling {
  question: OpenQuestion;
  prompt: JudgePrompt;
  /** Set aside. */
  micros: number;
  work: AskAll;
  inRow: { failures: number; unreadable: number };
}

async function settle({ question, prompt, micros, work, inRow }: Settling): Promise<Answer> {
  const { cache, run, budget, endpoint, outside, tally } = work;
  const keep = (entry: { costUsdMicros: number; said: Said | null }) =>
    writeEntry(cache, question.key, { run, ...entry }).then(
      () => true,
      () => false,
    );
  if (!(await keep({ costUsdMicros: micros, said: null }))) {
    budget.settle({ micros }, 0);
    return { unanswered: "cache_failed" };
  }
  const asked = await ask({ endpoint, prompt, key: question.key, worstMicros: micros }, outside);
  const costUsdMicros = budget.settle({ micros }, asked.costMicros);
  tally.calls += asked.calls;
  if (asked.unsure) tally.unsureMicros += costUsdMicros;
  const said = asked.kind === "answered" ? read(asked.reply, { question, prompt, rubric: work.rubric }) : null;
  await keep({ costUsdMicros, said }); // where this fails the entry before it holds: paid at its worst, not asked again
  noteInRow(asked, { said, inRow, tally });
  return said === null ? { unanswered: asked.kind === "failed" ? asked.because : "interrupted" } : { said };
}

function read(reply: string, at: { question: OpenQuestion; prompt: JudgePrompt; rubric: Rubric }): Said {
  const { question, prompt, rubric } = at;
  if (question.order === "points") {
    const points = readPoints(reply, { prompt, rubric });
    return points.ok ? { kind: "points", ...points.value } : { kind: "nothing", because: points.because };
  }
  const winner = readWinner(reply, { prompt });
  return winner.ok ? { kind: "winner", winner: winner.value } : { kind: "nothing", because: winner.because };
}

function noteInRow(asked: Asked, at: { said: Said | null; inRow: Settling["inRow"]; tally: Tally }): void {
  const { said, inRow, tally } = at;
  inRow.failures = asked.kind === "failed" ? inRow.failures + 1 : 0;
  if (asked.kind === "answered") inRow.unreadable = said?.kind === "nothing" ? inRow.unreadable + 1 : 0;
  if (inRow.failures >= FAILURES_MAX) tally.stopped ??= "judge_failing";
  else if (inRow.unreadable >= UNREADABLE_MAX) tally.stopped ??= "judge_unreadable";
}

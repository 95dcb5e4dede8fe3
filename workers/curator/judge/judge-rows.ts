/**
 * The judge of one step of a night: rows by rubric, pairs in both orders. It only ever adds: whatever goes wrong with it,
 * the night goes on without its word, and the report says what is missing and why.
 */

import { combineOrders, type Preference } from "../../../shared/judge/both-orders.ts";
import { Budget } from "../../../shared/judge/budget.ts";
import { textOfMessage } from "../../../shared/judge/conversation-text.ts";
import type { KnownFamilies } from "../../../shared/judge/family.ts";
import { PROMPT_VERSION } from "../../../shared/judge/prompt.ts";
import type { Points } from "../../../shared/judge/reply.ts";
import type { Rubric } from "../../../shared/judge/rubric.ts";
import { type Compared, type JudgedPair, type JudgeStanding, standingOf } from "../../../shared/judge/standing.ts";
import type { Outside } from "./ask.ts";
import { type Answer, askAll, type Stopped, type Tally } from "./ask-all.ts";
import type { FoundEndpoint } from "./judge-endpoint.ts";
import { type JudgePair, type JudgeRow, pairName, questionsOf, rowName } from "./questions.ts";
import type { JudgeCache } from "./verdict-cache.ts";

export interface JudgeOptions {
  found: FoundEndpoint;
  rubric: Rubric;
  /** Of the fence's marks: any text that stays the same, such as the app's name. */
  seed: string;
  /** The run and its step (`<run>/<app>/<task>`): a step that is done again pays nothing twice. */
  run: string;
  budgetUsdMicros: number;
  /** By earlier steps of this run. */
  spentUsdMicros: number;
  families?: KnownFamilies | undefined;
  cache: JudgeCache;
  /** What this judge and people said of the same in earlier nights, by the same rubric; see `compared`. */
  history: readonly Compared[];
  outside: Outside;
}

export interface JudgeResult {
  scores: Map<string, Points>;
  preferences: Map<string, Preference>;
  /** May `scores`, may `preferences` decide? Otherwise they rank. */
  mayGate: { scores: boolean; preferences: boolean };
  /** To be kept and given as `history` the next night. */
  compared: Compared[];
  report: JudgeReport;
}

/** For the manifest. */
export interface JudgeReport {
  judge: { provider: string; model: string } | null;
  rubric: string;
  prompt: string;
  budgetUsdMicros: number;
  /** In this run so far, at most: what nobody knows is counted at its worst, and `unsureUsdMicros` is that part. */
  spentUsdMicros: number;
  unsureUsdMicros: number;
  calls: number;
  cached: number;
  judged: { rows: number; pairs: number };
  /** Why the judge was not asked on: null where it was asked everything. */
  stopped: Stopped | "judge_broken" | null;
  /** Rows and pairs without a verdict, by reason; sorted by it. */
  leftOut: Record<string, number>;
  standing: JudgeStanding;
}

interface Work {
  rows: readonly JudgeRow[];
  pairs: readonly JudgePair[];
  options: JudgeOptions;
}

/** Never rejects. */
export async function judgeRows(work: Work): Promise<JudgeResult> {
  const { budgetUsdMicros: budgetMicros, spentUsdMicros: spentMicros } = work.options;
  const at: Progress = {
    budget: new Budget({ budgetMicros, spentMicros }),
    tally: { calls: 0, cached: 0, unsureMicros: 0, stopped: null },
    answers: new Map(),
    broken: false,
  };
  try {
    await askWhatMayBe(work, at);
  } catch {
    at.broken = true; // a mistake of ours: it is in the report, and the night goes on
  }
  return resultOf(work, at);
}

interface Progress {
  budget: Budget;
  tally: Tally;
  /** By name of row or pair: one answer, or two. */
  answers: Map<string, (Answer | { unanswered: string })[]>;
  broken: boolean;
}

async function askWhatMayBe({ rows, pairs, options }: Work, at: Progress): Promise<void> {
  const { found, rubric, families } = options;
  if (!found.ok) {
    for (const name of namesOf({ rows, pairs })) at.answers.set(name, [{ unanswered: found.because }]);
    return;
  }
  const { endpoint } = found;
  const { open, leftOut } = questionsOf({ rows, pairs, endpoint, rubric, families });
  for (const [name, because] of leftOut) at.answers.set(name, [{ unanswered: because }]);
  const answers = await askAll({ ...options, ...at, endpoint, open });
  for (const { id, key } of open) {
    const answer = answers.get(key) ?? { unanswered: "judge_broken" };
    at.answers.set(id, [...(at.answers.get(id) ?? []), answer]);
  }
}

function resultOf({ rows, pairs, options }: Work, at: Progress): JudgeResult {
  const scores = new Map<string, Points>();
  const preferences = new Map<string, Preference>();
  const leftOut = new Map<string, number>();
  const count = (because: string) => leftOut.set(because, (leftOut.get(because) ?? 0) + 1);
  for (const { id } of rows) {
    const points = pointsOf(at.answers.get(rowName(id)));
    if (typeof points === "string") count(points);
    else scores.set(id, points);
  }
  for (const { id } of pairs) {
    const preference = preferenceOf(at.answers.get(pairName(id)));
    if (typeof preference === "string") count(preference);
    else preferences.set(id, preference);
  }
  const compared = comparedOf({ rows, pairs, scores, preferences });
  const judged = pairs.flatMap((pair) => judgedPair(pair, preferences.get(pair.id)));
  const standing = standingOf({ compared: [...options.history, ...compared], judged });
  const mayGate = { scores: standing.points.calibrated, preferences: standing.pairs.calibrated };
  const report = reportOf(options, { at, standing, leftOut, judged: { rows: scores.size, pairs: preferences.size } });
  return { scores, preferences, mayGate, compared, report };
}

function reportOf(
  { found, rubric, budgetUsdMicros }: JudgeOptions,
  done: Pick<JudgeReport, "standing" | "judged"> & { at: Progress; leftOut: ReadonlyMap<string, number> },
): JudgeReport {
  const { budget, tally, broken } = done.at;
  return {
    judge: found.ok ? { provider: found.endpoint.provider, model: found.endpoint.model } : null,
    rubric: rubric.version,
    prompt: PROMPT_VERSION,
    budgetUsdMicros,
    spentUsdMicros: budget.spentMicros,
    unsureUsdMicros: tally.unsureMicros,
    calls: tally.calls,
    cached: tally.cached,
    judged: done.judged,
    stopped: broken ? "judge_broken" : tally.stopped,
    leftOut: Object.fromEntries([...done.leftOut].sort(([one], [other]) => (one < other ? -1 : 1))),
    standing: done.standing,
  };
}

type Answers = Progress["answers"] extends Map<string, infer List> ? List | undefined : never;

/** The reason, where there are no points. */
function pointsOf(answers: Answers): Points | string {
  const [answer] = answers ?? [];
  if (answer === undefined) return "judge_broken";
  if ("unanswered" in answer) return answer.unanswered;
  const { said } = answer;
  if (said.kind === "points") return { score: said.score, criteria: said.criteria };
  return said.kind === "nothing" ? said.because : "judge_broken";
}

/** Both orders, or none. */
function preferenceOf(answers: Answers): Preference | string {
  const winners = (answers ?? []).map((answer) => {
    if ("unanswered" in answer) return { because: answer.unanswered };
    const { said } = answer;
    if (said.kind === "winner") return said.winner;
    return { because: said.kind === "nothing" ? said.because : "judge_broken" };
  });
  const failed = winners.find((winner) => typeof winner === "object");
  if (typeof failed === "object") return failed.because;
  const [forward, backward] = winners;
  if (typeof forward !== "string" || typeof backward !== "string") return "judge_broken";
  return combineOrders({ forward, backward });
}

function comparedOf(judged: {
  rows: readonly JudgeRow[];
  pairs: readonly JudgePair[];
  scores: ReadonlyMap<string, Points>;
  preferences: ReadonlyMap<string, Preference>;
}): Compared[] {
  const points = judged.rows.flatMap(({ id, people }): Compared[] => {
    const score = judged.scores.get(id)?.score;
    return people === undefined || score === undefined ? [] : [{ kind: "points", id, score, people }];
  });
  const pairs = judged.pairs.flatMap(({ id, people }): Compared[] => {
    const preferred = judged.preferences.get(id)?.preferred;
    return people === undefined || preferred === undefined ? [] : [{ kind: "pair", id, preferred, people }];
  });
  return [...points, ...pairs];
}

function judgedPair({ first, second }: JudgePair, preference: Preference | undefined): JudgedPair[] {
  if (preference === undefined) return [];
  const [firstChars, secondChars] = [textOfMessage(first.answer).length, textOfMessage(second.answer).length];
  return [{ preference, firstChars, secondChars }];
}

function namesOf({ rows, pairs }: Pick<Work, "rows" | "pairs">): string[] {
  return [...rows.map(({ id }) => rowName(id)), ...pairs.map(({ id }) => pairName(id))];
}

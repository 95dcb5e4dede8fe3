/**
 * Judges what was drawn of an app: all its tasks together, as people's reliability and the scorer are learned across them.
 *
 *     drawn rows of tonight, and rows of earlier nights that people spoke of ─▶ judgeNight ─▶ a `judged` file for each task
 *
 * The bodies are read one at a time and packed (night-rows.ts); nothing is asked of the network but D1 and R2.
 */
import type { Feedback } from "../../shared/core/feedback.ts";
import type { AskedLine, Gate, JudgedLine, LearnedVerdict } from "../../shared/core/judged.ts";
import { RUN_LEARNED_AGE_MS_MAX, RUN_LEARNED_ROWS_MAX, RUN_PAGE_ROWS } from "../../shared/core/limits.ts";
import { round6, sigmoid } from "../../shared/core/probability.ts";
import { conversationOf } from "../../shared/parse/messages-of.ts";
import { scorerToBytes } from "../../shared/score/scorer-bytes.ts";
import { type ExchangeRow, readExchanges } from "../../shared/store/exchanges.ts";
import { readStandingFeedback } from "../../shared/store/feedback.ts";
import { getDrawing, getRunLines, putRunLines, putScorer } from "../../shared/store/run-files.ts";
import { readRecords } from "../../shared/store/segments.ts";
import { listSpokenOf } from "../../shared/store/windows.ts";
import { PRIOR_BASE } from "../../shared/verdict/base-rate.ts";
import { changedShare } from "../../shared/verdict/changed-share.ts";
import { askedText, messageText } from "./conversation-text.ts";
import { gateOf } from "./gate.ts";
import { judgeNight, type NightJudgement } from "./judge-night.ts";
import { lateLinesOf } from "./late-feedback.ts";
import { NightRows } from "./night-rows.ts";
import type { RunWindow } from "./run-window.ts";

/** Kinds of feedback that are a person's plain word. */
const OUTRIGHT = ["thumb", "rating", "correction", "accepted", "review"] as const;
const TWO_SIDED_95 = 1.96;

export interface JudgeApp {
  env: CuratorEnv;
  window: RunWindow;
  app: string;
  tasks: readonly string[];
}

/** @returns what was learned, by task */
export async function judgeApp(options: JudgeApp): Promise<Record<string, LearnedVerdict>> {
  const { env, window, app, tasks } = options;
  const drawn = new Map<string, string[]>();
  for (const task of tasks) {
    const of = { run: window.run, app, task };
    const drawing = await getDrawing(env.STORE, of);
    const ids = drawing?.drawn().map(({ id }) => id) ?? [];
    drawn.set(task, [...new Set([...ids, ...(await lateLinesOf(env.STORE, of)).map(({ id }) => id)])]);
  }
  const night = new NightRows();
  const ids = [...drawn.values()].flat().sort();
  for (let at = 0; at < ids.length; at += RUN_PAGE_ROWS) {
    await take(night, env, await readExchanges(env.DB, { app, ids: ids.slice(at, at + RUN_PAGE_ROWS) }));
  }
  const spokenOf = await takeEarlier(night, options, new Set(ids));
  const asked = await readAsked(options);
  const judged = judgeNight(night, { seed: window.seed, asked });
  for (const task of tasks) {
    const values = (drawn.get(task) ?? []).flatMap((id) => lineOf(id, judged, asked) ?? []);
    await putRunLines(env.STORE, { run: window.run, app, task, kind: "judged", values });
  }
  const version = await keepScorer(options, judged);
  const gate = gateOf(judged, { ids: spokenOf, pGoodMin: window.settings.pGoodMin });
  const ofApp = { version, gate, learnedFrom: spokenOf.length };
  return Object.fromEntries(tasks.map((task) => [task, learnedOf(judged, { task, ...ofApp })]));
}

async function readAsked({ env, window, app, tasks }: JudgeApp): Promise<Map<string, AskedLine>> {
  const asked = new Map<string, AskedLine>();
  for (const task of tasks) {
    const lines = await getRunLines<AskedLine>(env.STORE, { run: window.run, app, task, kind: "asked" });
    for (const line of lines ?? []) asked.set(line.id, line);
  }
  return asked;
}

/** What people said before tonight counts too: one night's words are few. @returns all that they spoke of */
async function takeEarlier(night: NightRows, options: JudgeApp, tonight: ReadonlySet<string>): Promise<string[]> {
  const { env, window, app } = options;
  const fromMs = Math.max(0, window.toMs - RUN_LEARNED_AGE_MS_MAX);
  const filter = { app, fromMs, toMs: window.toMs, kinds: OUTRIGHT, rowsMax: RUN_LEARNED_ROWS_MAX };
  const rows = (await listSpokenOf(env.DB, filter)).filter(({ id }) => !tonight.has(id));
  for (let at = 0; at < rows.length; at += RUN_PAGE_ROWS) {
    await take(night, env, rows.slice(at, at + RUN_PAGE_ROWS));
  }
  return night.rows.filter(({ feedback }) => feedback.some(isOutright)).map(({ id }) => id);
}

function isOutright({ kind }: Feedback): boolean {
  return (OUTRIGHT as readonly string[]).includes(kind);
}

async function take(night: NightRows, env: CuratorEnv, rows: readonly ExchangeRow[]): Promise<void> {
  const standing = await readStandingFeedback(env.DB, rows);
  for await (const { row, record } of readRecords(env.STORE, rows)) {
    const { id, task, model, prompt: promptKey, finishReason } = row;
    const conversation = record === undefined ? undefined : conversationOf(record);
    const known = conversation !== undefined && conversation.answer !== null && row.capture === "full";
    const text = known
      ? {
          prompt: askedText(conversation.messages),
          answer: messageText(conversation.answer ?? { role: "" }),
          finishReason,
        }
      : null;
    const feedback = standing.get(id) ?? [];
    night.add({
      id,
      task,
      model,
      promptKey,
      feedback: text === null ? feedback : feedback.map(measured(text.answer)),
      text,
    });
  }
}

/** How much a correction changed. */
function measured(answer: string): (piece: Feedback) => Feedback {
  return (piece) => {
    if (piece.kind !== "correction" || piece.text === null) return piece;
    return { ...piece, changed: changedShare(answer, piece.text) };
  };
}

function lineOf(id: string, judged: NightJudgement, asked: ReadonlyMap<string, AskedLine>): JudgedLine | undefined {
  const judgement = judged.judgementOf(id);
  if (judgement === undefined) return undefined;
  const { pGood, interval, grounds, labelled, conflicting } = judgement;
  const rank = asked.get(id)?.rank;
  return { id, pGood, interval, grounds, labelled, conflicting, ...(rank !== undefined && { rank }) };
}

async function keepScorer(options: JudgeApp, { scorer }: NightJudgement): Promise<string | null> {
  const { env, window, app, tasks } = options;
  if (scorer === null) return null;
  return putScorer(env.STORE, { run: window.run, app, task: tasks[0] ?? "", bytes: scorerToBytes(scorer) });
}

function learnedOf(
  judged: NightJudgement,
  { task, version, gate, learnedFrom }: { task: string; version: string | null; gate: Gate; learnedFrom: number },
): LearnedVerdict {
  const { report, typical } = judged;
  const { logOdds, variance } = judged.baseRates.get(task) ?? PRIOR_BASE;
  const reach = TWO_SIDED_95 * Math.sqrt(variance);
  const behaviour = Object.entries(judged.weights.get(task) ?? {}).map(([name, weight]) => [
    name,
    round6(weight.logOdds),
  ]);
  return {
    baseRate: { pGood: share(logOdds), low: share(logOdds - reach), high: share(logOdds + reach) },
    typicalVoter: { sensitivity: round6(typical.sensitivity), specificity: round6(typical.specificity) },
    behaviour: Object.fromEntries(behaviour),
    learnedFrom,
    gate,
    scorer: {
      used: report?.used ?? false,
      because: report?.because ?? "it was left out",
      rows: report?.rows ?? 0,
      features: report?.features ?? null,
      calibration: report?.calibration ?? null,
      auc: rounded(report?.auc),
      calibrationError: rounded(report?.calibrationError),
      baseCalibrationError: rounded(report?.baseCalibrationError),
      version,
    },
  };
}

function share(logOdds: number): number {
  return round6(sigmoid(logOdds));
}

function rounded(value: number | null | undefined): number | null {
  return value == null ? null : round6(value);
}

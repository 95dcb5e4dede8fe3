/**
 * Asks the judge that an app has chosen about some of what was drawn: half of it answers that people spoke of, by which it is
 * measured, the rest such as nobody spoke of, and pairs of answers to one prompt in both orders. What it says is written down for
 * the verdict (judge-app.ts): a voice where its agreement with people is sure enough, else an order and nothing more.
 *
 * Done again it asks and pays nothing twice (judge/verdict-cache.ts), and whatever goes wrong with it, the night goes on.
 */
import type { Message } from "../../shared/core/exchange.ts";
import { uniform } from "../../shared/core/hash.ts";
import type { Json } from "../../shared/core/json.ts";
import type { AskedLine, JudgeSummary } from "../../shared/core/judged.ts";
import { RUN_PAGE_ROWS } from "../../shared/core/limits.ts";
import { readProviders } from "../../shared/core/providers.ts";
import { secretNamed } from "../../shared/core/secret-named.ts";
import { voiceOf } from "../../shared/judge/judge-voice.ts";
import { PROMPT_VERSION } from "../../shared/judge/prompt.ts";
import { rubricOf } from "../../shared/judge/rubric.ts";
import type { Compared } from "../../shared/judge/standing.ts";
import { conversationOf } from "../../shared/parse/messages-of.ts";
import { makeRedactor } from "../../shared/redact/redactor.ts";
import type { Redaction } from "../../shared/settings/app-settings.ts";
import type { JudgeSettings } from "../../shared/settings/judge-settings.ts";
import { type ExchangeRow, readExchanges } from "../../shared/store/exchanges.ts";
import { readStandingFeedback } from "../../shared/store/feedback.ts";
import { readJudgeHistory, writeJudgeHistory } from "../../shared/store/judge-history.ts";
import { getDrawing, putRunLines } from "../../shared/store/run-files.ts";
import { readRecords } from "../../shared/store/segments.ts";
import { verdictOf } from "../../shared/verdict/verdict.ts";
import { judgeEndpoint } from "./judge/judge-endpoint.ts";
import { type JudgeResult, judgeRows } from "./judge/judge-rows.ts";
import type { JudgePair, JudgeRow } from "./judge/questions.ts";
import { bucketCache } from "./judge/verdict-cache.ts";
import type { JudgeApp } from "./judge-app.ts";

export interface AskJudge extends JudgeApp {
  judge: JudgeSettings;
  /** What the judge is shown leaves for another provider: it is masked as what is exported. */
  redaction: Redaction;
}

/** Of these rows half are such as people spoke of, and beside them there are so many pairs. */
const PAIRS_SHARE = 0.25;

export async function askJudge(options: AskJudge): Promise<JudgeSummary> {
  const { env, window, app, judge } = options;
  const tasks = options.tasks.filter((task) => judge.tasks === undefined || judge.tasks.includes(task));
  const rubric = rubricOf(judge.rubric);
  const name = [judge.provider, judge.model, rubric.version, PROMPT_VERSION].join(" ");
  const history = await readJudgeHistory<Compared>(env.STORE, { app, judge: name });
  const questions = await questionsOf(options, tasks);
  const result = await judgeRows({
    ...questions,
    options: {
      found: judgeEndpoint({
        judge,
        providers: readProviders(env.PROVIDERS),
        secretNamed: (secret) => secretNamed(env, secret),
        atMs: window.createdAtMs,
      }),
      rubric,
      seed: app,
      run: `${window.run}/${app}`,
      budgetUsdMicros: Math.floor(judge.budgetUsd * 1e6),
      spentUsdMicros: 0,
      families: judge.families,
      cache: bucketCache(env.STORE),
      history,
      outside: { fetch: (address, init) => fetch(address, init), wait: (ms) => scheduler.wait(ms) },
    },
  });
  const compared = [...history, ...result.compared];
  if (result.compared.length > 0) await writeJudgeHistory(env.STORE, { app, judge: name, compared });
  for (const task of tasks) {
    const values = askedLines(result, { compared, ids: questions.idsOf.get(task) ?? [], pairs: questions.pairs });
    await putRunLines(env.STORE, { run: window.run, app, task, kind: "asked", values });
  }
  return result.report;
}

interface Chosen {
  rows: JudgeRow[];
  pairs: JudgePair[];
  /** By task. */
  idsOf: Map<string, string[]>;
}

async function questionsOf(
  { env, window, app, judge, redaction }: AskJudge,
  tasks: readonly string[],
): Promise<Chosen> {
  const idsOf = new Map<string, string[]>();
  for (const task of tasks) {
    const drawing = await getDrawing(env.STORE, { run: window.run, app, task });
    idsOf.set(task, drawing?.drawn().map(({ id }) => id) ?? []);
  }
  const people = new Map<string, "good" | "bad">();
  const rows: ExchangeRow[] = [];
  const ids = [...idsOf.values()].flat().sort();
  for (let at = 0; at < ids.length; at += RUN_PAGE_ROWS) {
    const page = await readExchanges(env.DB, { app, ids: ids.slice(at, at + RUN_PAGE_ROWS) });
    const standing = await readStandingFeedback(env.DB, page);
    for (const row of page) {
      if (row.capture !== "full" || row.outcome !== "complete" || row.answer === null) continue;
      rows.push(row);
      const { labelled, conflicting, pGood } = verdictOf(standing.get(row.id) ?? []);
      if (labelled && !conflicting) people.set(row.id, pGood >= 0.5 ? "good" : "bad");
    }
  }
  const inTurn = rows.toSorted((a, b) => placeOf(window.seed, a.id) - placeOf(window.seed, b.id));
  const spoken = inTurn.filter(({ id }) => people.has(id)).slice(0, Math.ceil(judge.rowsMax / 2));
  const others = inTurn.filter(({ id }) => !people.has(id)).slice(0, judge.rowsMax - spoken.length);
  const siblings = siblingsOf(inTurn).slice(0, Math.ceil(PAIRS_SHARE * judge.rowsMax));
  const wanted = new Map([...spoken, ...others, ...siblings.flat()].map((row) => [row.id as string, row]));
  const read = await readAnswers([...wanted.values()], { env, people, redaction });
  return {
    rows: [...spoken, ...others].flatMap(({ id }) => read.get(id) ?? []),
    pairs: siblings.flatMap((pair) => pairOf(pair, read)),
    idsOf,
  };
}

function placeOf(seed: string, id: string): number {
  return uniform(seed, "judge", id);
}

/** Of each prompt with different answers the first two, in turn. */
function siblingsOf(rows: readonly ExchangeRow[]): [ExchangeRow, ExchangeRow][] {
  const byPrompt = Map.groupBy(rows, ({ task, prompt }) => `${task} ${prompt}`);
  return [...byPrompt.values()].flatMap((same): [ExchangeRow, ExchangeRow][] => {
    const [first] = same;
    const second = same.find(({ answer }) => answer !== first?.answer);
    return first === undefined || first.prompt === null || second === undefined ? [] : [[first, second]];
  });
}

async function readAnswers(
  rows: readonly ExchangeRow[],
  { env, people, redaction }: Pick<AskJudge, "env" | "redaction"> & { people: ReadonlyMap<string, "good" | "bad"> },
): Promise<Map<string, JudgeRow>> {
  const found = new Map<string, JudgeRow>();
  for await (const { row, record } of readRecords(env.STORE, rows)) {
    const conversation = record === undefined ? undefined : conversationOf(record);
    if (conversation?.answer == null) continue;
    const { id, model } = row;
    const { messages, answer } = redactConversation(conversation.messages, conversation.answer, redaction);
    found.set(id, { id, model, messages, answer, people: people.get(id) });
  }
  return found;
}

function redactConversation(messages: Message[], answer: Message, redaction: Redaction) {
  if (redaction.at === "off") return { messages, answer };
  const redactor = makeRedactor(redaction);
  redactor.learn([...messages, answer] as Json[]);
  const redact = (message: Message) => redactor.json(message as { [field: string]: Json }) as Message;
  return { messages: messages.map(redact), answer: redact(answer) };
}

/** People prefer what they called good over what they called bad; two of a kind tell nothing. */
function pairOf([a, b]: [ExchangeRow, ExchangeRow], read: ReadonlyMap<string, JudgeRow>): JudgePair[] {
  const [first, second] = [read.get(a.id), read.get(b.id)];
  if (first === undefined || second === undefined) return [];
  const told = first.people !== undefined && second.people !== undefined && first.people !== second.people;
  return [
    {
      id: `${a.id}+${b.id}`,
      messages: first.messages,
      first: { model: first.model, answer: first.answer },
      second: { model: second.model, answer: second.answer },
      people: told ? (first.people === "good" ? "first" : "second") : undefined,
    },
  ];
}

/** A voice only where the judge's points are calibrated; a pair's winner ranks before its loser. */
function askedLines(
  { scores, preferences, mayGate }: JudgeResult,
  { compared, ids, pairs }: { compared: readonly Compared[]; ids: readonly string[]; pairs: readonly JudgePair[] },
): AskedLine[] {
  const ranks = new Map<string, number>();
  for (const { id } of pairs) {
    const preferred = preferences.get(id)?.preferred;
    const [first = "", second = ""] = id.split("+");
    if (preferred === undefined) continue;
    ranks.set(first, preferred === "tie" ? 0.5 : preferred === "first" ? 1 : 0);
    ranks.set(second, preferred === "tie" ? 0.5 : preferred === "second" ? 1 : 0);
  }
  const voice = mayGate.scores ? voiceOf(compared) : undefined;
  return ids.flatMap((id): AskedLine[] => {
    const score = scores.get(id)?.score;
    if (score === undefined) {
      const rank = ranks.get(id);
      return rank === undefined ? [] : [{ id, rank, voice: null }];
    }
    return [{ id, rank: score, voice: voice === undefined ? null : { score, ...voice(score) } }];
  });
}

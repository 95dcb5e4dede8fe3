/** Reads the bodies of what was drawn, one at a time, and checks them: each becomes a candidate, or says why not. */
import { type CheckSwitches, failedCheck } from "../../shared/check/checks.ts";
import type { ExchangeRecord } from "../../shared/core/exchange.ts";
import type { Feedback } from "../../shared/core/feedback.ts";
import type { Gate, JudgedLine } from "../../shared/core/judged.ts";
import { RUN_PAGE_ROWS, RUN_TEXT_READ_BYTES_MAX } from "../../shared/core/limits.ts";
import { lineageOf } from "../../shared/lineage/lineage-of.ts";
import { conversationOf } from "../../shared/parse/messages-of.ts";
import type { Drawn } from "../../shared/sample/draw.ts";
import { type ExchangeRow, readExchanges } from "../../shared/store/exchanges.ts";
import { readStandingFeedback } from "../../shared/store/feedback.ts";
import { readRecords } from "../../shared/store/segments.ts";
import { isSurelyGood } from "../../shared/verdict/verdict.ts";
import { type Candidate, leaveOut } from "./candidate.ts";
import { Room } from "./room.ts";
import type { CurateTask } from "./run-window.ts";
import { type GenerationOf, readGenerations } from "./trace-lineage.ts";

/** What is known of a candidate before its body is read. */
export interface CandidateEntry {
  id: string;
  stratum: string;
  drawn: Drawn;
  isLate: boolean;
  isBeside: boolean;
}

/** @returns in the order of their ids */
export async function makeCandidates(
  options: CurateTask,
  night: { drawn: readonly CandidateEntry[]; judged: ReadonlyMap<string, JudgedLine>; gate: Gate | undefined },
): Promise<Candidate[]> {
  const { env, app } = options;
  const candidates: Candidate[] = [];
  const generation = await readGenerations(env, options.settings.fineTunes);
  const room = new Room(RUN_TEXT_READ_BYTES_MAX);
  const drawn = night.drawn.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  for (let at = 0; at < drawn.length; at += RUN_PAGE_ROWS) {
    const page = new Map(drawn.slice(at, at + RUN_PAGE_ROWS).map((entry) => [entry.id, entry]));
    const rows = await readExchanges(env.DB, { app, ids: [...page.keys()] });
    const standing = await readStandingFeedback(env.DB, rows);
    for await (const { row, record, recordBytes } of readRecords(env.STORE, rows)) {
      const entry = page.get(row.id);
      const judged = night.judged.get(row.id);
      if (entry === undefined || judged === undefined) continue;
      const candidate = newCandidate(row, { entry, judged });
      candidates.push(candidate);
      look(candidate, {
        record,
        feedback: standing.get(row.id) ?? [],
        options,
        verified: night.gate?.open ?? false,
        generation,
      });
      const refusal = candidate.sampled === null ? null : room.refusal(recordBytes);
      if (refusal !== null) leaveOut(candidate, "no_room", refusal);
    }
  }
  return candidates.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function newCandidate(row: ExchangeRow, { entry, judged }: { entry: CandidateEntry; judged: JudgedLine }): Candidate {
  const { stratum, drawn, isLate, isBeside } = entry;
  const open = {
    bucket: null,
    reason: null,
    like: null,
    failed: null,
    before: [],
    side: null,
    sampled: null,
    examples: [],
    auditAnswer: null,
  };
  return { id: row.id, row, stratum, drawn, isLate, isBeside, judged, ...open };
}

function look(
  candidate: Candidate,
  found: {
    record: ExchangeRecord | undefined;
    feedback: readonly Feedback[];
    options: CurateTask;
    verified: boolean;
    generation: GenerationOf;
  },
): void {
  const { row, judged, drawn, stratum } = candidate;
  const { record, feedback, options, verified } = found;
  if (row.capture === "metadata") {
    leaveOut(candidate, "metadata_only");
    return;
  }
  if (record === undefined) {
    leaveOut(candidate, "body_missing");
    return;
  }
  const conversation = conversationOf(record);
  if (conversation === undefined || conversation.messages.length === 0) {
    leaveOut(candidate, "not_understood");
    return;
  }
  const answer = conversation.answer ?? undefined;
  const { settings } = options.window;
  const failed = failedCheck(
    { record, prompt: conversation.messages, tools: conversation.tools, answer },
    settings.checks as CheckSwitches,
  );
  candidate.failed = failed === undefined ? null : { check: failed.name, because: failed.reason };
  const { pGoodMin } = settings;
  if (drawn.audit) candidate.auditAnswer = answer ?? null;
  const origin = {
    model: record.model,
    generation: found.generation(record.model),
    meta: record.meta,
    promptIsAnswer: false,
  };
  candidate.sampled = {
    lineage: {
      answer: lineageOf({ ...origin, because: "verdict" }),
      correction: lineageOf({ ...origin, because: "correction", withoutAnswer: answer === undefined }),
    },
    record: { id: record.id, at: record.at, model: record.model, template: record.template },
    prompt: conversation.messages,
    tools: conversation.tools,
    answer,
    failed: failed?.name ?? null,
    feedback,
    verdict: { ...judged, verified: verified && isSurelyGood(judged, pGoodMin) },
    inclusionProbability: drawn.inclusionProbability,
    stratum,
    pGoodMin,
  };
}

/**
 * One question: the call, its tries, and what it cost. A try is repeated only where the provider says that it did no work
 * (429, 500, 503, 529); whatever may have been billed, unseen, is charged at its worst and not asked again.
 */
import { uniform } from "../../../shared/core/hash.ts";
import type { JudgePrompt } from "../../../shared/judge/prompt.ts";
import { type WireRequest, wireRequest } from "../../../shared/judge/wire-request.ts";
import { CALL_TIMEOUT_MS, RETRY_WAIT_MS, RETRY_WAIT_MS_MAX, TRIES_MAX } from "./bounds.ts";
import type { JudgeEndpoint } from "./judge-endpoint.ts";
import { readAnswer, readBody } from "./read-answer.ts";

export interface Outside {
  fetch(address: string, init: RequestInit): Promise<Response>;
  wait(milliseconds: number): Promise<void>;
  /** Of one call; for tests. */
  timeoutMs?: number | undefined;
}

export type FailedBecause = "overloaded" | "refused" | "timed_out" | "unreachable" | "answer_too_long" | "answer_cut";

export type Asked = { calls: number } & (
  | { kind: "answered"; reply: string; costMicros: number; unsure: boolean }
  /** costMicros is 0, or the worst case where nobody knows. */
  | { kind: "failed"; because: FailedBecause; costMicros: number; unsure: boolean }
);

export interface Question {
  endpoint: JudgeEndpoint;
  prompt: JudgePrompt;
  key: string;
  worstMicros: number;
}

/** Never throws. */
export async function ask(question: Question, outside: Outside): Promise<Asked> {
  const request = wireRequest(question.endpoint, question.prompt);
  for (let calls = 1; ; calls++) {
    const tried = await tryOnce({ question, request, outside });
    if (tried.kind !== "repeat") return { ...tried, calls };
    const waitMs = tried.waitMs ?? jitteredMs(question.key, calls);
    if (calls === TRIES_MAX || waitMs > RETRY_WAIT_MS_MAX) {
      return { kind: "failed", because: "overloaded", costMicros: 0, unsure: false, calls };
    }
    await outside.wait(waitMs);
  }
}

type Tried =
  | { kind: "answered"; reply: string; costMicros: number; unsure: boolean }
  | { kind: "failed"; because: FailedBecause; costMicros: number; unsure: boolean }
  | { kind: "repeat"; waitMs: number | undefined };

const REPEATABLE = new Set([429, 500, 503, 529]);

interface Attempt {
  question: Question;
  request: WireRequest;
  outside: Outside;
}

async function tryOnce({ question, request, outside }: Attempt): Promise<Tried> {
  const { endpoint, worstMicros } = question;
  const unsure = (because: FailedBecause): Tried => ({
    kind: "failed",
    because,
    costMicros: worstMicros,
    unsure: true,
  });
  const signal = AbortSignal.timeout(outside.timeoutMs ?? CALL_TIMEOUT_MS);
  let answer: Response | undefined;
  try {
    answer = await outside.fetch(endpoint.baseUrl + request.path, {
      method: "POST",
      headers: { "content-type": "application/json", ...request.headers, ...endpoint.keyHeaders },
      body: JSON.stringify(request.body),
      redirect: "manual", // a followed redirect would carry the key to another host
      signal,
    });
    if (!answer.ok) return await refused(answer, unsure);
    const body = await readBody(answer);
    return body === undefined ? unsure("answer_too_long") : answered(body, { question, path: request.path });
  } catch {
    if (signal.aborted) return unsure("timed_out");
    return unsure(answer === undefined ? "unreachable" : "answer_cut");
  }
}

async function refused(answer: Response, unsure: (because: FailedBecause) => Tried): Promise<Tried> {
  await answer.body?.cancel().catch(() => undefined);
  if (REPEATABLE.has(answer.status)) return { kind: "repeat", waitMs: toldWaitMs(answer.headers) };
  // 502, 504, 520…: a proxy gave up on a provider that may have worked on
  if (answer.status >= 500 || answer.status === 408) return unsure("unreachable");
  return { kind: "failed", because: "refused", costMicros: 0, unsure: false };
}

/** An answer that does not say what it used is charged at its worst. */
function answered(body: string, { question, path }: { question: Question; path: string }): Tried {
  const { endpoint, worstMicros } = question;
  const { reply, tokens } = readAnswer(body, { format: endpoint.format, path });
  const price = tokens === null ? null : endpoint.priceOf(tokens);
  return { kind: "answered", reply: reply ?? "", costMicros: price ?? worstMicros, unsure: price === null };
}

/** `retry-after-ms`, or `retry-after` in seconds; a date is taken for no answer. */
function toldWaitMs(headers: Headers): number | undefined {
  const read = (name: string) => Number(headers.get(name)?.trim() || Number.NaN);
  const ms = Number.isNaN(read("retry-after-ms")) ? read("retry-after") * 1_000 : read("retry-after-ms");
  return ms >= 0 ? ms : undefined;
}

/** Exponential, its upper half by chance that the question's own key makes: nobody's clock or dice are needed. */
function jitteredMs(key: string, attempt: number): number {
  return RETRY_WAIT_MS * 2 ** (attempt - 1) * (0.5 + uniform(key, String(attempt)) / 2);
}

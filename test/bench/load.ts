/**
 * Makes calls as an app with OpenAI's SDK does: its headers, connections kept open. Checks what comes back, to the byte.
 */
import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { promptOf } from "./prompts.ts";
import { ANSWER_TEXT, streamText } from "./provider-answers.ts";

export interface Kind {
  name: string;
  /** Query of the call, which the provider understands. */
  query: string;
  /** The request, in JSON. */
  prompt: string;
  /** ASCII. */
  answer: string;
  parallel: number;
  /** How long one call takes by the provider's pace. */
  spanMs: number;
}

const PROMPT_BYTES = 2_000;

export function jsonKind(options: { promptBytes?: number; parallel: number }): Kind {
  const { promptBytes = PROMPT_BYTES, parallel } = options;
  return {
    name: `JSON, prompt of ${kilobytes(promptBytes)}, ${parallel} parallel`,
    query: "",
    prompt: promptOf(promptBytes),
    answer: ANSWER_TEXT,
    parallel,
    spanMs: 1,
  };
}

export const JSON_KIND: Kind = jsonKind({ parallel: 16 });

/** @param options.thinkMs the provider's, before the head of its answer */
export function streamKind(options: {
  chunks: number;
  paceMs: number;
  parallel: number;
  promptBytes?: number;
  thinkMs?: number;
}): Kind {
  const { chunks, paceMs, parallel, promptBytes = PROMPT_BYTES, thinkMs = 0 } = options;
  return {
    name: `stream of ${chunks} chunks, prompt of ${kilobytes(promptBytes)}, ${parallel} parallel`,
    query: `?chunks=${chunks}&paceMs=${paceMs}&thinkMs=${thinkMs}`,
    prompt: promptOf(promptBytes),
    answer: streamText(chunks),
    parallel,
    spanMs: thinkMs + chunks * paceMs,
  };
}

/** The same stream without a pace: as fast as it is taken. */
export function bulkKind(options: { chunks: number; parallel: number }): Kind {
  const { chunks, parallel } = options;
  return {
    ...streamKind({ chunks, paceMs: 0, parallel }),
    name: `bulk stream, ${parallel} parallel`,
    query: `?bulkChunks=${chunks}`,
  };
}

function kilobytes(bytes: number): string {
  return `${bytes / 1_000} KB`;
}

export interface Answered {
  firstByteMs: number;
  /** Pieces that the body came in. */
  pieces: number;
}

export class Caller {
  readonly #agent: Agent;
  readonly #headers: Record<string, string>;

  constructor(options: { key: string; parallel: number }) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: options.parallel });
    this.#headers = {
      accept: "application/json",
      "accept-encoding": "gzip, deflate",
      authorization: "Bearer sk-proj-0123456789abcdefghijklmnopqrstuvwxyz0123456789",
      "content-type": "application/json",
      "user-agent": "OpenAI/JS 7.57.0",
      "x-stainless-arch": "x64",
      "x-stainless-lang": "js",
      "x-stainless-os": "Linux",
      "x-stainless-package-version": "7.57.0",
      "x-stainless-retry-count": "0",
      "x-stainless-runtime": "node",
      "x-stainless-runtime-version": "v24.21.0",
      "x-winnow-key": options.key,
      "x-winnow-task": "parcel-question",
    };
  }

  /** @throws when the answer is not the one that the provider gave */
  async call(url: string, kind: Kind): Promise<Answered> {
    const startedAt = performance.now();
    return readAnswer({ response: await this.open(url, kind), kind, startedAt });
  }

  /** The head of an answer, whose body nobody reads yet. */
  async open(url: string, kind: Kind): Promise<IncomingMessage> {
    const headers = { ...this.#headers, "content-length": kind.prompt.length };
    const options = { method: "POST", agent: this.#agent, headers };
    return new Promise((resolve, reject) => {
      const sent = request(`${url}/openai/v1/chat/completions${kind.query}`, options, resolve);
      sent.on("error", reject);
      sent.end(kind.prompt);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function readAnswer(options: { response: IncomingMessage; kind: Kind; startedAt: number }): Promise<Answered> {
  const { response, kind, startedAt } = options;
  let firstByteMs = 0;
  let pieces = 0;
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    if (pieces === 0) firstByteMs = performance.now() - startedAt;
    pieces += 1;
    bytes += chunk.length;
  });
  return new Promise((resolve, reject) => {
    response.on("error", reject);
    response.on("end", () => {
      if (response.statusCode === 200 && bytes === kind.answer.length) return resolve({ firstByteMs, pieces });
      reject(new Error(`status ${response.statusCode} with ${bytes} bytes instead of ${kind.answer.length}`));
    });
  });
}

/**
 * So many calls, `kind.parallel` at a time, begun evenly over the time that one takes: streams that all began in the
 * same millisecond would also beat together. @returns pieces of all answers
 */
export async function runCalls(options: {
  caller: Caller;
  url: string;
  kind: Kind;
  calls: number;
}): Promise<{ pieces: number }> {
  const { caller, url, kind, calls } = options;
  let begun = 0;
  let pieces = 0;
  const lanes = Math.min(kind.parallel, calls);
  const lane = async (index: number) => {
    await wait((kind.spanMs * index) / lanes);
    while (begun < calls) {
      begun += 1;
      const answered = await caller.call(url, kind);
      pieces += answered.pieces;
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, index) => lane(index)));
  return { pieces };
}

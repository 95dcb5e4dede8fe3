/**
 * Makes calls as an app with OpenAI's SDK does: its headers, a request of some 1 KB, connections kept open. Checks what
 * comes back, to the byte.
 */
import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { ANSWER_TEXT, streamText } from "./provider-answers.ts";

export interface Kind {
  name: string;
  /** Query of the call, which the provider understands. */
  query: string;
  answerBytes: number;
  parallel: number;
  /** How long one call takes by the provider's pace. */
  spanMs: number;
}

export const JSON_KIND: Kind = {
  name: "JSON answer, 1.2 KB",
  query: "",
  answerBytes: ANSWER_TEXT.length,
  parallel: 16,
  spanMs: 1,
};

export function streamKind(options: { chunks: number; paceMs: number; parallel: number }): Kind {
  const { chunks, paceMs, parallel } = options;
  return {
    name: `paced stream, ${chunks} chunks`,
    query: `?chunks=${chunks}&paceMs=${paceMs}`,
    answerBytes: streamText(chunks).length,
    parallel,
    spanMs: chunks * paceMs,
  };
}

export interface Answered {
  firstByteMs: number;
  /** Pieces that the body came in. */
  pieces: number;
}

const QUESTION =
  "My parcel with the number 4711 was due on Monday and has not come. Where is it, and when will I have it? ";
const BODY = JSON.stringify({
  model: "gpt-4o-mini",
  temperature: 0.2,
  messages: [
    { role: "system", content: "You answer customers of a parcel service, briefly and kindly. ".repeat(6) },
    { role: "user", content: QUESTION.repeat(4) },
  ],
});

export class Caller {
  readonly #agent: Agent;
  readonly #headers: Record<string, string | number>;

  constructor(options: { key: string; parallel: number }) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: options.parallel });
    this.#headers = {
      accept: "application/json",
      "accept-encoding": "gzip, deflate",
      authorization: "Bearer sk-proj-0123456789abcdefghijklmnopqrstuvwxyz0123456789",
      "content-type": "application/json",
      "content-length": BODY.length,
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
    const options = { method: "POST", agent: this.#agent, headers: this.#headers };
    return new Promise((resolve, reject) => {
      const sent = request(`${url}/openai/v1/chat/completions${kind.query}`, options, (response) =>
        readAnswer({ response, kind, startedAt, resolve, reject }),
      );
      sent.on("error", reject);
      sent.end(BODY);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

function readAnswer(options: {
  response: IncomingMessage;
  kind: Kind;
  startedAt: number;
  resolve: (answered: Answered) => void;
  reject: (error: Error) => void;
}): void {
  const { response, kind, startedAt, resolve, reject } = options;
  let firstByteMs = 0;
  let pieces = 0;
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    if (pieces === 0) firstByteMs = performance.now() - startedAt;
    pieces += 1;
    bytes += chunk.length;
  });
  response.on("end", () => {
    if (response.statusCode === 200 && bytes === kind.answerBytes) return resolve({ firstByteMs, pieces });
    reject(new Error(`status ${response.statusCode} with ${bytes} bytes instead of ${kind.answerBytes}`));
  });
  response.on("error", reject);
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
  const lane = async (index: number) => {
    await wait((kind.spanMs * index) / kind.parallel);
    while (begun < calls) {
      begun += 1;
      const answered = await caller.call(url, kind);
      pieces += answered.pieces;
    }
  };
  await Promise.all(Array.from({ length: kind.parallel }, (_, index) => lane(index)));
  return { pieces };
}

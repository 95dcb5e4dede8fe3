/**
 * An answer as OpenAI streams it: one `data:` line a chunk, the choices' chunks in turns, usage if asked for, `[DONE]`.
 * https://platform.openai.com/docs/api-reference/chat-streaming
 */
import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { ChatAnswer, Choice } from "./standin-behaviour.ts";

/** What every chunk of one answer bears. */
export interface AnswerHead {
  id: string;
  created: number;
  model: string;
}

/** Long enough for the first half to arrive before the line breaks. */
const CUT_PAUSE_MS = 20;

export async function streamAnswer(options: {
  response: ServerResponse;
  answer: ChatAnswer;
  head: AnswerHead;
  withUsage: boolean;
}): Promise<void> {
  const { response, answer, withUsage } = options;
  const chunks = chunksOf(options);
  const sent = answer.cut ? chunks.slice(0, Math.ceil(chunks.length / 2)) : chunks;
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  for (const chunk of sent) {
    if (response.destroyed) return; // the client left
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
    if (answer.chunkPauseMs > 0) await wait(answer.chunkPauseMs);
  }
  if (answer.cut) return cutLine(response);
  if (withUsage) response.write(`data: ${JSON.stringify(chunkOf(options, { choices: [], usage: answer.usage }))}\n\n`);
  response.end("data: [DONE]\n\n");
}

/** Breaks the connection after what was written has arrived. */
export async function cutLine(response: ServerResponse): Promise<void> {
  await wait(CUT_PAUSE_MS);
  response.destroy();
}

type ChunkOptions = { answer: ChatAnswer; head: AnswerHead; withUsage: boolean };

/** As with the real one, the chunks of several choices are mixed. */
function chunksOf(options: ChunkOptions): object[] {
  const { choices } = options.answer;
  const rounds = Math.max(...choices.map(({ deltas }) => deltas.length)) + 1;
  return Array.from({ length: rounds }, (_, round) =>
    choices.flatMap((choice, index) => {
      const part = partOf(choice, round);
      return part === undefined ? [] : [chunkOf(options, { choices: [{ index, ...part }] })];
    }),
  ).flat();
}

/** The deltas, then an empty one with the finish reason, then nothing. */
function partOf({ deltas, finishReason }: Choice, round: number): object | undefined {
  if (round > deltas.length) return undefined;
  const delta = deltas[round];
  return { delta: delta ?? {}, logprobs: null, finish_reason: delta === undefined ? finishReason : null };
}

function chunkOf({ head, withUsage }: ChunkOptions, body: { choices: object[]; usage?: object }): object {
  const { id, created, model } = head;
  return {
    id,
    object: "chat.completion.chunk",
    created,
    model,
    service_tier: "default",
    system_fingerprint: "fp_standin",
    ...(withUsage && { usage: null }),
    ...body,
  };
}

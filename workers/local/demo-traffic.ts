/** The demo's day: calls with the official SDK, as an app makes them, and feedback by their ids, as a browser gives it. */
import OpenAI from "openai";
import { callApi, Progress, until } from "./demo-api.ts";
import { type DemoExchange, type DemoFeedback, lastQuestion } from "./demo-conversations.ts";
import type { RunningWinnow } from "./demo-winnow.ts";
import { SettingError } from "./local-settings.ts";

/** An exchange that was sent, with the id that winnow gave it. */
export interface Sent {
  id: string;
  exchange: DemoExchange;
}

const CALLS_AT_ONCE = 16;
const ANSWERS_TAUGHT_AT_ONCE = 1_000;
/** Half of what one body may hold, so that long corrections fit too. */
const EVENTS_AT_ONCE = 50;

export async function sendDay(options: {
  winnow: RunningWinnow;
  exchanges: readonly DemoExchange[];
  task: string;
}): Promise<Sent[]> {
  const { winnow, exchanges, task } = options;
  await teachStandin(winnow, exchanges);
  const sent = await sendCalls({ winnow, exchanges, task });
  const messages = await sendFeedback(winnow, sent);
  await untilTakenIn({ winnow, task, sent, messages });
  return sent;
}

async function teachStandin(winnow: RunningWinnow, exchanges: readonly DemoExchange[]): Promise<void> {
  const answers = exchanges.flatMap((exchange) => {
    const { model, answer } = exchange;
    return answer === undefined ? [] : [{ prompt: lastQuestion(exchange), model, text: answer }];
  });
  for (let at = 0; at < answers.length; at += ANSWERS_TAUGHT_AT_ONCE) {
    const response = await fetch(`${winnow.url}/standin/replay`, {
      method: "PUT",
      headers: { "x-winnow-key": winnow.key, "x-winnow-capture": "off", "content-type": "application/json" },
      body: JSON.stringify({ answers: answers.slice(at, at + ANSWERS_TAUGHT_AT_ONCE) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the stand-in did not take the answers: ${response.status} ${text}`);
  }
}

async function sendCalls(options: {
  winnow: RunningWinnow;
  exchanges: readonly DemoExchange[];
  task: string;
}): Promise<Sent[]> {
  const { winnow, exchanges, task } = options;
  const client = new OpenAI({
    baseURL: `${winnow.url}/standin/v1`,
    apiKey: "the stand-in wants none",
    defaultHeaders: { "x-winnow-key": winnow.key, "x-winnow-task": task },
    maxRetries: 0,
  });
  const progress = new Progress("calls", exchanges.length);
  const sent: Sent[] = [];
  let next = 0;
  const lane = async () => {
    for (let at = next++; at < exchanges.length; at = next++) {
      const exchange = exchanges[at];
      if (exchange === undefined) return;
      sent[at] = { id: await call(client, exchange, at % 2 === 0), exchange };
      progress.add(1);
    }
  };
  await Promise.all(Array.from({ length: CALLS_AT_ONCE }, lane));
  progress.end(`with the official OpenAI SDK, every other one streamed (task ${task})`);
  return sent;
}

/** One call as an app makes it; answers with its x-winnow-id. */
async function call(client: OpenAI, exchange: DemoExchange, stream: boolean): Promise<string> {
  const { model, user } = exchange;
  const messages = exchange.messages as OpenAI.ChatCompletionMessageParam[];
  const headers: Record<string, string> = user === undefined ? {} : { "x-winnow-user": user };
  if (!stream) {
    const { response } = await client.chat.completions.create({ model, messages }, { headers }).withResponse();
    return winnowId(response);
  }
  const body = { model, messages, stream: true, stream_options: { include_usage: true } } as const;
  const { data, response } = await client.chat.completions.create(body, { headers }).withResponse();
  for await (const _chunk of data); // an app would show them
  return winnowId(response);
}

function winnowId(response: Response): string {
  const id = response.headers.get("x-winnow-id");
  if (id === null) throw new Error(`the answer has no x-winnow-id (status ${response.status})`);
  return id;
}

type Event = DemoFeedback & { id: string };

/** Without a key, only the ids. @returns the last event of each message that is in the queue now */
async function sendFeedback(winnow: RunningWinnow, sent: readonly Sent[]): Promise<Event[]> {
  const events = sent.flatMap(({ id, exchange }) => exchange.feedback.map((piece): Event => ({ id, ...piece })));
  const about = sent.filter(({ exchange }) => exchange.feedback.length > 0).length;
  const progress = new Progress("feedback", events.length);
  const last: Event[] = [];
  for (let at = 0; at < events.length; at += EVENTS_AT_ONCE) {
    const body = events.slice(at, at + EVENTS_AT_ONCE);
    const response = await fetch(`${winnow.url}/v1/feedback`, { method: "POST", body: JSON.stringify(body) });
    const text = await response.text();
    if (response.status === 400) throw new SettingError(`the feedback is not as API.md has it: ${text}`);
    if (response.status !== 202) throw new Error(`/v1/feedback: ${response.status} ${text}`);
    progress.add(body.length);
    last.push(...body.slice(-1));
  }
  progress.end(`events about ${about} of the calls`);
  return last;
}

/** A run without maturation must not begin before everything is there: calls, and the last event of each message. */
async function untilTakenIn(options: {
  winnow: RunningWinnow;
  task: string;
  sent: readonly Sent[];
  messages: readonly Event[];
}): Promise<void> {
  const { winnow, task, sent, messages } = options;
  const progress = new Progress("ingested", sent.length);
  await until("all exchanges to be ingested", async () => {
    const { tasks } = await callApi<{ tasks: { task: string; exchanges: number }[] }>(winnow, "/v1/tasks");
    progress.reach(tasks.find((one) => one.task === task)?.exchanges ?? 0);
    return progress.isDone ? true : undefined;
  });
  for (const event of messages) {
    await until("all feedback to be ingested", async () => {
      const path = `/v1/exchanges/${event.id}`;
      const { feedback } = await callApi<{ feedback: { kind: string }[] }>(winnow, path);
      return feedback.some(({ kind }) => kind === event.kind) ? true : undefined;
    });
  }
  progress.end("and all the feedback");
}

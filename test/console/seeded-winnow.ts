/** winnow with two tasks to look at: ordinary mail, and calls of which every text is hostile. And a night of both. */
import { type LaunchOptions, launch, type Winnow } from "../../workers/local/launch.ts";
import { callOf, DAY_MS, DOWN, dayBefore, live, nightOf, type Said, type Told, UP } from "../night/nights.ts";
import { idOf, SECRET } from "../whole-way/captures.ts";
import { HOSTILE_TEXTS } from "./hostile-texts.ts";

/** Long enough ago for a night; the newest calls are of today. */
export const DAY = dayBefore(2);
export const MAIL_CALLS = 60;

export interface Seeded {
  winnow: Winnow;
  /** Of the night. */
  batches: string[];
  mail: Told[];
  hostile: Told[];
}

export async function launchSeeded(options: Partial<LaunchOptions> = {}): Promise<Seeded> {
  const winnow = await launch({ secrets: { WINNOW_SECRET: SECRET }, ...options });
  try {
    const mail = Array.from({ length: MAIL_CALLS }, (_, at) => mailCall(at));
    const hostile = HOSTILE_TEXTS.map(hostileCall);
    await live(winnow, [...mail, ...hostile]);
    const { batches } = await nightOf(winnow, { dayMs: DAY });
    await live(winnow, [mailCall(1_000, Math.floor(Date.now() / DAY_MS) * DAY_MS)]);
    return { winnow, batches, mail, hostile };
  } catch (error) {
    await winnow.stop();
    throw error;
  }
}

const SAID: (Said[] | undefined)[] = [
  [UP],
  undefined,
  [DOWN],
  undefined,
  [{ kind: "correction", text: "Dear Ms Smith, your parcel arrives on Tuesday." }],
  [{ kind: "copied" }],
  [UP, { ...DOWN, actor: "another" }],
];

function mailCall(at: number, dayMs = DAY): Told {
  const question = `Write mail ${at} about a **late parcel**:\n\n- polite\n- short`;
  const answer = `# Mail ${at}\n\nDear Ms Smith,\n\nyour parcel number ${at * 7919} is *late*.\n\n\`\`\`json\n{"parcel":${at}}\n\`\`\``;
  const said = SAID[at % SAID.length];
  return callOf({
    task: "mail",
    dayMs,
    at,
    question,
    answer,
    ...(said && { said }),
    header: { user: `user-${at % 9}` },
  });
}

/** The text in every place that a caller, a model or a person fills. */
function hostileCall(text: string, at: number): Told {
  const plain = header(text);
  const call = callOf({ task: "hostile", dayMs: DAY, at: 5_000 + at });
  const said: Said[] = [
    { kind: "correction", text: `${text} corrected`, actor: text.slice(0, 100) },
    { kind: "comment", text, actor: "another" },
    { kind: "metric", name: plain.slice(0, 60), value: 1 } as Said,
  ];
  return {
    ...call,
    ...bodiesOf(text),
    said,
    header: {
      ...call.header,
      task: at % 3 === 0 && plain !== "" ? plain : "hostile",
      user: plain,
      session: call.header?.session,
    },
  };
}

function bodiesOf(text: string): { request: string; response: string } {
  const call = { id: text, type: "function", function: { name: text, arguments: JSON.stringify({ [text]: text }) } };
  const request = {
    model: text,
    messages: [
      { role: "system", content: text },
      {
        role: "user",
        name: text,
        content: [
          { type: "text", text },
          { type: "image_url", image_url: { url: text } },
        ],
      },
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: text, content: text },
      { role: "user", content: [{ type: "file", file: { filename: text, file_id: text } }] },
    ],
    tools: [{ type: "function", function: { name: text, description: text, parameters: {} } }],
  };
  const message = { role: "assistant", content: text, tool_calls: [call] };
  const response = {
    id: text,
    object: "chat.completion",
    model: text,
    choices: [{ index: 0, message, finish_reason: text }],
  };
  return { request: JSON.stringify(request), response: JSON.stringify(response) };
}

/** As far as a header can bring it. */
function header(text: string): string {
  return text
    .replace(/[^\x20-\x7e]/g, " ")
    .trim()
    .slice(0, 128);
}

export { idOf };

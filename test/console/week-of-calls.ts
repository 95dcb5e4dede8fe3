/** A week of a shop's calls, in three tasks, with what was said of them: ordinary text for pictures. Seeded. */
import { callOf, DAY_MS, DOWN, type Said, type Told, UP } from "../night/nights.ts";
import { seeded } from "../unit/seeded.ts";

const SEED = 20_261_123;
const DAYS = 8;
const CALLS_A_DAY = 60;

const THINGS = [
  "kettle",
  "desk lamp",
  "rain coat",
  "pair of boots",
  "tent",
  "coffee grinder",
  "bicycle pump",
  "chess set",
];
const TROUBLES: readonly { asked: (thing: string) => string; answered: (thing: string, days: number) => string }[] = [
  {
    asked: (thing) => `My ${thing} has not come yet. Where is it?`,
    answered: (thing, days) =>
      `I'm sorry about the wait. Your ${thing} left our warehouse ${days} days ago and should be with you on **Thursday**.\n\nIf it isn't:\n\n- write back here, and we send another one\n- or ask for your money back at any time`,
  },
  {
    asked: (thing) => `The ${thing} arrived broken. I would like my money back.`,
    answered: (thing, days) =>
      `That shouldn't happen, and you will have your money back within ${days} days. You need not send the broken ${thing} back; a photo is enough.`,
  },
  {
    asked: (thing) => `Can I still change the colour of the ${thing} in order ${4_711}?`,
    answered: (thing, days) =>
      `Yes. The ${thing} is packed in ${days} hours, so until then any colour is possible: tell me which one you would like.`,
  },
  {
    asked: (thing) => `How long is the guarantee of the ${thing}, and what does it cover?`,
    answered: (thing, days) =>
      `The ${thing} has a guarantee of two years. It covers faults of the material and of how it was made, not wear; repairs take ${days} days.`,
  },
];
const MODELS = ["gpt-4o-mini", "gpt-4o-mini", "gpt-4.1"] as const;

export function weekOfCalls(firstDayMs: number): Told[] {
  const random = seeded(SEED);
  return Array.from({ length: DAYS * CALLS_A_DAY }, (_, at) => {
    const dayMs = firstDayMs + Math.floor(at / CALLS_A_DAY) * DAY_MS;
    const second = Math.floor(hoursOf(dayMs, random()) * 3_600);
    return oneCall({ dayMs, at: second, number: at, random });
  });
}

/** From eight to seven; of today until now. */
function hoursOf(dayMs: number, share: number): number {
  const passedHours = Math.max(0, (Date.now() - dayMs) / 3_600_000 - 0.001);
  return Math.min(8 + 11 * share, passedHours > 8 ? 8 + (passedHours - 8) * share : passedHours * share);
}

function oneCall(options: { dayMs: number; at: number; number: number; random: () => number }): Told {
  const { dayMs, at, number, random } = options;
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const thing = pick(THINGS);
  const trouble = pick(TROUBLES);
  const task = pick(["answer-customer", "answer-customer", "answer-customer", "summarise-ticket", "extract-order"]);
  const question = trouble.asked(thing);
  const answer = trouble.answered(thing, 2 + Math.floor(random() * 9));
  const model = pick(MODELS);
  const said = saidOf(random, { thing, answer });
  const user = `customer-${Math.floor(random() * 120)}`;
  const input = 180 + Math.floor(random() * 900);
  const output = 40 + Math.floor(random() * 160);
  const request = {
    model,
    messages: [
      { role: "system", content: "You help the customers of a small shop. Be brief, kind and exact." },
      { role: "user", content: question },
    ],
  };
  const response = {
    id: `chatcmpl-${number}`,
    object: "chat.completion",
    created: Math.floor(dayMs / 1_000) + at,
    model,
    choices: [{ index: 0, message: { role: "assistant", content: answer }, finish_reason: "stop" }],
    usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
  };
  const firstByteMs = 180 + Math.floor(400 * random() ** 2);
  return callOf({
    ...{ name: `call ${number}`, task, dayMs, at },
    ...{ request: JSON.stringify(request), response: JSON.stringify(response) },
    ...(said.length > 0 && { said }),
    header: { task, user, session: `visit-${number}`, firstByteMs, durationMs: firstByteMs + 6 * output },
  });
}

/** A third is spoken of. */
function saidOf(random: () => number, { thing, answer }: { thing: string; answer: string }): Said[] {
  const draw = random();
  if (draw < 0.16) return [UP];
  if (draw < 0.22) return [DOWN];
  if (draw < 0.26) return [UP, { ...DOWN, actor: "support-desk" }];
  if (draw < 0.31)
    return [{ kind: "correction", text: `${answer.split("\n")[0]}\n\nYours, the people who packed your ${thing}` }];
  return draw < 0.4 ? [{ kind: "copied" }] : [];
}

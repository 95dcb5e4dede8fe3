/**
 * Answers to draw nights from: real ones (../shared/data, no part of the project, may be missing) and invented ones, whose
 * words follow Zipf's law within topics.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pick, type Random, seeded } from "./draw.ts";

export interface Answered {
  topic: string;
  prompt: string;
  answer: string;
}

const folder = join(import.meta.dirname, "../../../shared/data");
const FILES = { openassistant: "openassistant.jsonl", gsm8k: "gsm8k.jsonl" } as const;

/** Where real data is missing, an invented corpus of another kind stands for each. */
export function corpora(): Record<"chat" | "maths" | "mixed" | "invented", Answered[]> {
  const chat = readLines(FILES.openassistant);
  const maths = readLines(FILES.gsm8k);
  const known = {
    chat: chat === null ? invented({ seed: 11, answers: 375 }) : chat.map(readAssistant),
    maths: maths === null ? invented({ seed: 12, answers: 2_600 }) : maths.flatMap(readMaths),
    invented: invented({ seed: 13, answers: 3_000 }),
  };
  return { ...known, mixed: [...asTopic("chat", known.chat), ...asTopic("maths", known.maths.slice(0, 375))] };
}

/** Whole kinds of task, of which a night has now more of the one and now of the other: the hardest that honest nights are. */
function asTopic(topic: string, corpus: readonly Answered[]): Answered[] {
  return corpus.map((answered) => ({ ...answered, topic }));
}

interface AssistantRow {
  tree: string;
  messages: { content: string }[];
  response: string;
}

function readAssistant(row: unknown): Answered {
  const { tree, messages, response } = row as AssistantRow;
  return { topic: tree, prompt: messages.at(-1)?.content ?? "", answer: response };
}

function readMaths(row: unknown): Answered[] {
  const { prompt, answers } = row as { prompt: string; answers: { text: string }[] };
  return answers.map(({ text }) => ({ topic: prompt.slice(0, 1), prompt, answer: text }));
}

function readLines(name: string): unknown[] | null {
  const path = join(folder, name);
  if (!existsSync(path)) {
    console.warn(`guard: ${path} is not there, an invented corpus stands for it`);
    return null;
  }
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as unknown);
}

const TOPICS = 12;

/** Each topic has words of its own beside those that all share; sentences follow a dozen frames. */
function invented({ seed, answers }: { seed: number; answers: number }): Answered[] {
  const random = seeded(seed);
  const shared = Array.from({ length: 1_500 }, () => word(random));
  const topics = Array.from({ length: TOPICS }, () => Array.from({ length: 800 }, () => word(random)));
  return Array.from({ length: answers }, (_, at) => {
    const own = pick(topics, random);
    const sentences = Array.from({ length: 2 + Math.floor(random() * 8) }, () => sentence({ shared, own, random }));
    const prompt = sentence({ shared, own, random });
    return { topic: `topic-${topics.indexOf(own)}`, prompt: `${prompt} ${at}`, answer: sentences.join(" ") };
  });
}

function sentence({ shared, own, random }: { shared: string[]; own: string[]; random: Random }): string {
  const words = Array.from({ length: 5 + Math.floor(random() * 14) }, () =>
    zipf(random() < 0.65 ? shared : own, random),
  );
  return `${words.join(" ")}.`;
}

/** Rank r with a probability near 1/r. */
function zipf(words: readonly string[], random: Random): string {
  const rank = Math.floor(words.length ** random()) - 1;
  return words[Math.max(0, rank)] ?? "";
}

function word(random: Random): string {
  const syllables = Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
    return pick([..."bdfgklmnprstvz"], random) + pick([..."aeiou"], random);
  });
  return syllables.join("") + (random() < 0.4 ? pick([..."nrstl"], random) : "");
}

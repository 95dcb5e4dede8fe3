/**
 * Which answers to one prompt come to the same (Wang et al. 2022, self-consistency): each other answer is a voice for
 * those of its content and against the rest. The same model saying the same text again is one voice. An agreement on
 * content that is common among prompts of the task ("yes", a closing formula) says little, and counts little.
 */
import { finalContent } from "./final-content.ts";

export interface Answer {
  id: string;
  task: string | null;
  model: string | null;
  /** Equal for answers to the same messages; null where they are not known. */
  promptKey: string | null;
  /** `contentKey` of its text; null where there is none. */
  content: string | null;
  /** Tells the same text said again by the same model from another voice. */
  textKey: string | null;
}

export interface Agreement {
  /** Other voices of the same content, each times (1 − how common the content is in the task). */
  agreeing: number;
  /** Other voices, of whatever content. */
  others: number;
  /** Names the answers of one prompt that come to the same, if there is another one. */
  cluster: string | null;
}

/** Voices of one prompt that are counted: more do not make it surer. */
const VOICES_MAX = 16;

export function contentKey(answer: string): string | null {
  return finalContent(answer);
}

/** Answers without company are not in the map. */
export function findAgreement(answers: readonly Answer[]): Map<string, Agreement> {
  const found = new Map<string, Agreement>();
  for (const [, ofTask] of Map.groupBy(answers, (answer) => answer.task)) {
    const comparable = ofTask.filter((answer) => answer.promptKey !== null && answer.content !== null);
    const byPrompt = [...Map.groupBy(comparable, (answer) => answer.promptKey)];
    const commonness = commonnessOf(byPrompt.map(([, siblings]) => siblings));
    for (const [, siblings] of byPrompt) compareSiblings(siblings, commonness, found);
  }
  return found;
}

/** Share of the task's other prompts that have an answer of this content. */
function commonnessOf(prompts: readonly (readonly Answer[])[]): (content: string | null) => number {
  const counts = new Map<string | null, number>();
  for (const siblings of prompts) {
    for (const content of new Set(siblings.map((answer) => answer.content))) {
      counts.set(content, (counts.get(content) ?? 0) + 1);
    }
  }
  return (content) => (prompts.length < 2 ? 0 : ((counts.get(content) ?? 1) - 1) / (prompts.length - 1));
}

function compareSiblings(
  siblings: readonly Answer[],
  commonness: (content: string | null) => number,
  found: Map<string, Agreement>,
): void {
  const voices = new Set(siblings.map(voiceOf));
  if (siblings.length < 2) return;
  const byContent = Map.groupBy(siblings, (answer) => answer.content);
  const total = Math.min(voices.size, VOICES_MAX) - 1;
  for (const [content, same] of byContent) {
    const sameVoices = new Set(same.map(voiceOf)).size - 1;
    const agreeing = Math.min(total, sameVoices) * (1 - commonness(content));
    const cluster = same.length < 2 ? null : `${same[0]?.promptKey}\0${content}`;
    for (const answer of same) found.set(answer.id, { agreeing, others: total, cluster });
  }
}

function voiceOf(answer: Answer): string {
  return `${answer.model}\0${answer.textKey}`;
}

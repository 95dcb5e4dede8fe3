/** Nights of whose answers the truth is known. */
import type { Feedback } from "../../shared/core/feedback.ts";
import type { NightExchange } from "../../workers/curator/night-rows.ts";
import { castVotes } from "../bench-verdict/simulated-users.ts";
import { seeded } from "../unit/seeded.ts";

export function exchange(
  id: string,
  feedback: readonly Feedback[] = [],
  more: Partial<NightExchange> = {},
): NightExchange {
  return { id, task: "t", model: "m", promptKey: `prompt of ${id}`, text: null, feedback, ...more };
}

/** Answers in fours, of which right ones come to the same, and thumbs of users who err as they do. */
export function school(options: { prompts: number; coverage: number; seed: number; tell?: boolean }) {
  const random = seeded(options.seed);
  const answers = Array.from({ length: options.prompts * 4 }, (_, at) => ({ id: `e${at}`, correct: random() < 0.5 }));
  const cast = castVotes({ answers, coverage: options.coverage, votesPerUser: 15, seed: options.seed });
  const exchanges = answers.map(({ id, correct }, at) => {
    const prompt = Math.floor(at / 4);
    const said = correct ? prompt * 7 : prompt * 7 + 1 + Math.floor(random() * 5);
    const text = {
      prompt: `What is question ${prompt}?`,
      answer: `${options.tell && correct ? "Let me go through it step by step. " : ""}I work it out.\n${said}`,
      finishReason: "stop",
    };
    return exchange(id, cast.get(id) ?? [], { promptKey: `p${prompt}`, text, model: `m${at % 4}` });
  });
  return { answers, exchanges };
}

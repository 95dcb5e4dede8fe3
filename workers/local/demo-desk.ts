/** The demo's own conversations: a day at a small shop's support desk, a third of the calls with feedback. */
import type { DemoExchange, DemoFeedback } from "./demo-conversations.ts";
import type { Random } from "./demo-votes.ts";

const TOPICS = [
  "a late parcel",
  "a broken zip",
  "the wrong colour",
  "a missing invoice",
  "a double charge",
  "a lost password",
];
const WISHES = [
  "Tell the customer what happens next.",
  "Write a short apology.",
  "List the steps to take.",
  "Ask for what is missing.",
];
const USERS = 40;

/** What is said of a call, by the share of calls; of the rest nobody says anything. */
const SAID: readonly { share: number; feedback: (order: number) => DemoFeedback }[] = [
  { share: 0.2, feedback: () => ({ kind: "thumb", value: "up" }) },
  { share: 0.08, feedback: () => ({ kind: "thumb", value: "down" }) },
  { share: 0.05, feedback: (order) => ({ kind: "correction", text: correctionOf(order) }) },
  { share: 0.05, feedback: () => ({ kind: "copied" }) },
];
/** Share of answers that are cut short, so that a check has something to find. */
const TRUNCATED = 0.05;

export function makeConversations(count: number, random: Random): DemoExchange[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  return Array.from({ length: count }, () => {
    const order = 10_000 + Math.floor(random() * 90_000);
    return {
      model: random() < TRUNCATED ? "standin-truncated" : "standin-1",
      messages: [
        { role: "system", content: "You answer for the support desk of a small shop, kindly and in three sentences." },
        { role: "user", content: `Order ${order}: the customer writes about ${pick(TOPICS)}. ${pick(WISHES)}` },
      ],
      answer: undefined,
      user: `user-${Math.floor(random() * USERS)}`,
      feedback: whatIsSaid(order, random()),
      truth: undefined,
    };
  });
}

function whatIsSaid(order: number, dice: number): DemoFeedback[] {
  let below = 0;
  for (const { share, feedback } of SAID) {
    below += share;
    if (dice < below) return [feedback(order)];
  }
  return [];
}

function correctionOf(order: number): string {
  return `Dear customer, order ${order} is with us, and we are sorry for the trouble. You will hear from us today.`;
}

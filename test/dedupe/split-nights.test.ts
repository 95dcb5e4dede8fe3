/** Over thirty nights no conversation, and no nearly equal question, is ever exported on both sides of the split. */
import { expect, test } from "vitest";
import type { ExchangeId } from "../../shared/core/ids.ts";
import { type KeptNearRow, nearFromBytes, nearToBytes } from "../../shared/dedupe/near-bytes.ts";
import { jaccard, shingle } from "../../shared/dedupe/shingles.ts";
import { sideOf } from "../../shared/split/side.ts";
import type { Candidate } from "../../workers/curator/candidate.ts";
import { leaveOutNear } from "../../workers/curator/leave-out-near.ts";
import fc from "../unit/property.ts";

const NIGHTS = 30;
const ROWS = 12;

interface Asked {
  /** Which of few questions, with which words changed. */
  question: number;
  changed: readonly number[];
  conversation: number;
  answer: number;
  pGood: number;
}

const asked: fc.Arbitrary<Asked> = fc.record({
  question: fc.nat(24),
  changed: fc.array(fc.nat(59), { maxLength: 2 }),
  conversation: fc.nat(400),
  answer: fc.nat(3),
  pGood: fc.double({ min: 0, max: 1, noNaN: true }),
});

function textOf({ question, changed }: Asked): string {
  const words = Array.from({ length: 60 }, (_, at) => `q${question}w${at}`);
  for (const at of changed) words[at] = `other${at}`;
  return words.join(" ");
}

function candidateOf(one: Asked, id: string): Candidate {
  const prompt = [{ role: "user", content: textOf(one) }];
  const answer = { role: "assistant", content: `It is ${one.answer}.` };
  const made = {
    id: id as ExchangeId,
    bucket: "exported",
    reason: null,
    side: sideOf({ app: "demo", group: `conversation ${one.conversation}` }),
    judged: { pGood: one.pGood },
    sampled: { prompt, answer },
    examples: [{}],
  };
  return made as unknown as Candidate;
}

async function* each(rows: readonly KeptNearRow[]): AsyncGenerator<KeptNearRow> {
  yield* rows;
}

test("whatever is asked, again and again in other words, in whichever conversations", async () => {
  let sides = { train: 0, eval: 0 };
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(asked, { maxLength: ROWS }), { minLength: NIGHTS, maxLength: NIGHTS }),
      async (nights) => {
        const exported: { side: string; conversation: number; text: string }[] = [];
        let history: KeptNearRow[] = [];
        for (const [night, rows] of nights.entries()) {
          const candidates = rows.map((one, at) => candidateOf(one, `n${night}r${at}`));
          const kept = await leaveOutNear(candidates, { history: each(history), clusterRowsMax: 100 });
          for (const [at, { bucket, side }] of candidates.entries()) {
            const one = rows[at];
            if (bucket !== "exported" || one === undefined || side === null) continue;
            exported.push({ side, conversation: one.conversation, text: textOf(one) });
          }
          history = [...nearFromBytes(nearToBytes(kept)), ...history];
        }
        const train = exported.filter(({ side }) => side === "train");
        const held = exported.filter(({ side }) => side === "eval");
        const conversations = new Set(train.map(({ conversation }) => conversation));
        expect(held.filter(({ conversation }) => conversations.has(conversation))).toEqual([]);
        const known = train.map(({ text }) => shingle(text).shingles);
        for (const { text } of held) {
          const own = shingle(text).shingles;
          expect(Math.max(0, ...known.map((other) => jaccard(own, other)))).toBeLessThan(0.75);
        }
        sides = { train: sides.train + train.length, eval: sides.eval + held.length };
      },
    ),
    { numRuns: 25 },
  );
  expect(Math.min(sides.train, sides.eval)).toBeGreaterThan(100);
});

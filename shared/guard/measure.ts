/**
 * The measures of a batch, from its canonical rows and the uniform slice of its night. Equal input gives equal numbers on
 * one platform (gzip's own size may differ by some bytes between two); the order of rows decides nothing.
 */
import type { Example } from "../core/example.ts";
import type { Message } from "../core/exchange.ts";
import { blocksOf, type Window, windowsOf } from "./blocks.ts";
import { type Diversity, diversityOf } from "./diversity.ts";
import { type Estimate, meanOfBlocks, meanOfRows, shareOfRows } from "./estimate.ts";
import { flatters } from "./flattery.ts";
import { type LearnedText, learnedTexts, messageText } from "./learned-text.ts";
import type { GuardMeasures, TextMeasure } from "./measures.ts";
import { openingBlocks } from "./openings.ts";
import { tailSketch } from "./tail.ts";
import { wordsOf } from "./words.ts";

/** Ten answers of a window each; a batch of thirty has up to three such blocks. */
export const BLOCK_WORDS = 480;
/** A hundred answers; their 28 KB are inside the 32 KB that gzip looks back. */
export const WIDE_BLOCK_WORDS = 4_800;
const BLOCKS_MAX = 40;
const WIDE_BLOCKS_MAX = 10;

export interface MeasureInput {
  /** All rows of the batch; eval rows are left aside. */
  examples: readonly Example[];
  /** Answers of the night's uniform slice, liked or not, as the models gave them. */
  uniform: readonly { id: string; answer: Message }[];
  seed: string;
}

export async function measure({ examples, uniform, seed }: MeasureInput): Promise<GuardMeasures> {
  const texts = learnedTexts(examples);
  const windows = windowsOf(texts, seed);
  const grounded = texts.filter((text) => text.grounded).length;
  return {
    version: 1,
    rows: texts.length,
    differentTexts: new Set(texts.map(({ text }) => text.trim())).size,
    groundedRows: grounded,
    groundedShare: shareOf(grounded, texts.length),
    selfWrittenShare: byGeneration(texts),
    modelPromptShare: shareOf(texts.filter((text) => text.modelPrompt).length, texts.length),
    logWords: rounded(meanOfRows(windows.map(({ length }) => Math.log1p(length)))),
    flattery: rounded(shareOfRows(texts.filter(({ text }) => flatters(text)).length, texts.length)),
    text: {
      ...(await diversityMeasures(windows)),
      ...openingMeasures(windows),
      ...likedMeasures(texts, uniform),
    },
    tail: {
      prompt: tailSketch(
        windowsOf(
          texts.map(({ id, prompt }) => ({ id, text: prompt })),
          seed,
        ).map(({ words }) => words),
      ),
      answer: tailSketch(windows.map(({ words }) => words)),
    },
  };
}

/** Deviation between single blocks of real chat (OpenAssistant), which stands in while a batch has few of them. */
const USUAL: Record<keyof Diversity, number> = {
  gzipRatio: 0.12,
  distinct1: 0.035,
  distinct2: 0.03,
  distinct3: 0.02,
  entropy1: 0.15,
  entropy2: 0.1,
  selfRepetition: 0.02,
};
const USUAL_OPENING = { topShare: 0.05, entropy: 0.04 };

type DiversityMeasure = Extract<TextMeasure, `${keyof Diversity}${"" | "Wide"}`>;

async function diversityMeasures(windows: readonly Window[]): Promise<Record<DiversityMeasure, Estimate | null>> {
  const narrow = await diversities(windows, { words: BLOCK_WORDS, blocksMax: BLOCKS_MAX });
  const wide = await diversities(windows, { words: WIDE_BLOCK_WORDS, blocksMax: WIDE_BLOCKS_MAX });
  const measures: Partial<Record<DiversityMeasure, Estimate | null>> = {};
  for (const name of Object.keys(USUAL) as (keyof Diversity)[]) {
    measures[name] = rounded(
      meanOfBlocks(
        narrow.map((block) => block[name]),
        USUAL[name],
      ),
    );
    measures[`${name}Wide`] = rounded(
      meanOfBlocks(
        wide.map((block) => block[name]),
        USUAL[name],
      ),
    );
  }
  return measures as Record<DiversityMeasure, Estimate | null>;
}

async function diversities(
  windows: readonly Window[],
  size: { words: number; blocksMax: number },
): Promise<Diversity[]> {
  return Promise.all(blocksOf(windows, size).map(diversityOf));
}

function openingMeasures(windows: readonly Window[]) {
  const blocks = openingBlocks(windows);
  return {
    openingTopShare: rounded(
      meanOfBlocks(
        blocks.map(({ topShare }) => topShare),
        USUAL_OPENING.topShare,
      ),
    ),
    openingEntropy: rounded(
      meanOfBlocks(
        blocks.map(({ entropy }) => entropy),
        USUAL_OPENING.entropy,
      ),
    ),
  };
}

/** What was liked is what a model wrote and people let stand; corrections are the opposite of a like. */
function likedMeasures(texts: readonly LearnedText[], uniform: MeasureInput["uniform"]) {
  const liked = texts.filter(({ grounded }) => !grounded).map(({ text }) => text);
  const all = uniform.map(({ answer }) => messageText(answer)).filter((text) => text !== "");
  return {
    likedFlattery: rounded(difference(flatteryRate(liked), flatteryRate(all))),
    likedLength: rounded(difference(meanLogWords(liked), meanLogWords(all))),
  };
}

function flatteryRate(texts: readonly string[]): Estimate | null {
  return shareOfRows(texts.filter(flatters).length, texts.length);
}

function meanLogWords(texts: readonly string[]): Estimate | null {
  return meanOfRows(texts.map((text) => Math.log1p(wordsOf(text).length)).sort((left, right) => left - right));
}

function difference(left: Estimate | null, right: Estimate | null): Estimate | null {
  if (left === null || right === null) return null;
  return { value: left.value - right.value, error: Math.hypot(left.error, right.error), n: Math.min(left.n, right.n) };
}

function byGeneration(texts: readonly LearnedText[]): Record<string, number> {
  const generations = texts.filter(({ grounded }) => !grounded).map(({ generation }) => generation);
  const own = [...new Set(generations.filter((generation) => generation > 0))].sort((left, right) => left - right);
  return Object.fromEntries(
    own.map((generation) => [
      String(generation),
      shareOf(generations.filter((other) => other === generation).length, texts.length),
    ]),
  );
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : Number((part / whole).toFixed(6));
}

/** Six digits: sums in another order differ beyond them. */
function rounded(estimate: Estimate | null): Estimate | null {
  if (estimate === null) return null;
  return { value: Number(estimate.value.toFixed(6)), error: Number(estimate.error.toFixed(6)), n: estimate.n };
}

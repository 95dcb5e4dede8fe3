/** A reason in words, for the manifest, the card and the console. */
import type { Comparison } from "./compare.ts";

const MEANINGS: Record<string, string> = {
  gzipRatio: "answers compress better: they repeat each other",
  distinct1: "fewer different words",
  distinct2: "fewer different word pairs",
  distinct3: "fewer different word triples",
  entropy1: "words are spread less evenly",
  entropy2: "word pairs are spread less evenly",
  selfRepetition: "more phrases stand in several answers",
  openingTopShare: "more answers begin with the same three words",
  openingEntropy: "answers begin in fewer ways",
  likedFlattery: "what is liked flatters more than what is answered",
  likedLength: "what is liked is longer than what is answered",
  tailCoverage: "rare words are gone",
  deepSelfWrittenShare: "most rows were written by fine-tunes of fine-tunes of your own",
  modelPromptShare: "most prompts were written by a model",
  groundedShare: "people's own words are gone, and your own fine-tunes write the rest",
};

export function reasonText({ measure, against, value, baseline, threshold }: Comparison): string {
  return `${meaningOf(measure)}: ${measure} ${digits(value)}, ${against} ${digits(baseline)}, threshold ${digits(threshold)}`;
}

/** What it means when a measure is worse. */
export function meaningOf(measure: string): string {
  const narrow = measure.replace(/Wide$/, "");
  const wide = narrow === measure ? "" : " (over a hundred answers)";
  return (MEANINGS[narrow] ?? narrow) + wide;
}

function digits(value: number): string {
  return String(Number(value.toPrecision(3)));
}

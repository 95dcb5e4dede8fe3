/** Canonical rows for tests. */
import type { CompletionExample, Example, Lineage } from "../../shared/core/example.ts";
import type { ExchangeId } from "../../shared/core/ids.ts";

export interface RowOf {
  at: number;
  prompt?: string;
  answer: string;
  lineage?: Lineage & { generation?: number; promptOrigin?: "model" };
}

export function sftRow({ at, prompt = `question ${at}`, answer, lineage }: RowOf): CompletionExample {
  const exchangeId = `0190a8c0-0000-7000-8000-${at.toString(16).padStart(12, "0")}` as ExchangeId;
  return {
    file: "sft",
    id: `row-${at}`,
    prompt: [{ role: "user", content: prompt }],
    tools: null,
    completion: { role: "assistant", content: answer },
    provenance: {
      exchangeId,
      at: "2026-01-01T00:00:00.000Z",
      model: "base",
      template: null,
      inclusionProbability: 1,
      stratum: "all",
      pGood: 0.9,
      grounds: [],
      lineage: lineage ?? { origin: "model", model: "base" },
      because: "verdict",
    },
  };
}

export function sftRows(answers: readonly Omit<RowOf, "at">[]): Example[] {
  return answers.map((answer, at) => sftRow({ at, ...answer }));
}

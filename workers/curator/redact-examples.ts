/** Masks personal data and secrets in what is exported: one redactor a conversation, so that a value has one name in it. */
import type { Example } from "../../shared/core/example.ts";
import type { Message } from "../../shared/core/exchange.ts";
import type { Json } from "../../shared/core/json.ts";
import type { Manifest } from "../../shared/core/manifest.ts";
import { redactExample } from "../../shared/redact/redact-record.ts";
import { makeRedactor } from "../../shared/redact/redactor.ts";
import type { Redaction } from "../../shared/settings/app-settings.ts";
import type { Candidate } from "./candidate.ts";

export interface Redacted {
  /** In the order of the candidates. */
  examples: Example[];
  redacted: Manifest["redaction"];
}

export function redactExamples(candidates: readonly Candidate[], redaction: Redaction): Redacted {
  const { at } = redaction;
  const values: Record<string, number> = {};
  const asExported = new Map<Example, Example>();
  if (at !== "off") {
    for (const [, together] of Map.groupBy(candidates, ({ row }) => row.conversation ?? row.id)) {
      const examples = together.flatMap((candidate) => candidate.examples);
      if (examples.length > 0) redactTogether(examples, { redaction, values, asExported });
    }
  }
  const examples = candidates.flatMap((candidate) => candidate.examples.map((one) => asExported.get(one) ?? one));
  return { examples, redacted: { at, values } };
}

function redactTogether(
  examples: readonly Example[],
  into: { redaction: Redaction; values: Record<string, number>; asExported: Map<Example, Example> },
): void {
  const redactor = makeRedactor(into.redaction);
  for (const example of examples) redactor.learn(messagesOf(example) as Json[]);
  for (const example of examples) into.asExported.set(example, redactExample(example, redactor));
  for (const [kind, count] of Object.entries(redactor.counts())) {
    if (count > 0) into.values[kind] = (into.values[kind] ?? 0) + count;
  }
}

function messagesOf(example: Example): Message[] {
  if (example.file === "preference") return [...example.prompt, example.chosen, example.rejected];
  return [...example.prompt, example.completion];
}

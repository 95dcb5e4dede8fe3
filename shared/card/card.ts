/**
 * The dataset card of a batch: a README.md that the Hub and `datasets` understand, and that a person can judge the
 * batch by. Everything in it that came from outside is escaped. Depends on its input alone.
 */
import { cardHead } from "./card-head.ts";
import type { CardInput } from "./card-input.ts";
import { checksSection, limitsSection, lineageSection } from "./card-judgement.ts";
import { aboutSection, filesSection, funnelSection, samplingSection } from "./card-sections.ts";
import { codeSpan } from "./markdown-text.ts";
import { plotsOf } from "./plots.ts";

export function makeCard(input: CardInput): string {
  const sections = [
    titleOf(input),
    aboutSection(input),
    funnelSection(input),
    samplingSection(input),
    plotsSection(input),
    checksSection(input),
    lineageSection(input),
    filesSection(input),
    limitsSection(input),
  ];
  return `---\n${cardHead(input)}\n---\n\n${sections.filter((section) => section !== "").join("\n\n")}\n`;
}

function titleOf({ manifest }: CardInput): string {
  const { id, app, task } = manifest;
  return `# winnow batch ${codeSpan(id)} of ${codeSpan(app)}${task === null ? "" : `, task ${codeSpan(task)}`}`;
}

function plotsSection(input: CardInput): string {
  const plots = plotsOf(input);
  if (plots.length === 0) return "";
  return ["## In pictures", ...plots.map(({ name, title }) => `![${title}](${name})`)].join("\n\n");
}

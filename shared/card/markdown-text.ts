/**
 * Text from outside in a Markdown card: always a code span, the one place where no reader of Markdown looks for
 * marks, addresses, HTML or formulas. (Backslashes are not enough: some readers make links of what they unescaped.)
 * Spec: https://spec.commonmark.org/0.31.2/#code-spans, https://github.github.com/gfm/#tables-extension-
 */

/** Names are short; a longer one would push the table off the page. */
const CHARACTERS_MAX = 120;
/** What has no glyph of its own: controls, marks of direction, zero-width, private and half characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** One line, cut at CHARACTERS_MAX. A bar becomes ∣ (U+2223): in a table it would end the cell even inside a span. */
export function codeSpan(text: string): string {
  const characters = [...text.replace(/\s+/g, " ").replace(UNSEEN, "\ufffd").replaceAll("|", "\u2223").trim()];
  if (characters.length === 0) return "(empty)";
  const shown = characters.slice(0, CHARACTERS_MAX).join("") + (characters.length > CHARACTERS_MAX ? "…" : "");
  const fence = "`".repeat(longestRun(shown) + 1);
  const pad = shown.startsWith("`") || shown.endsWith("`") ? " " : "";
  return fence + pad + shown + pad + fence;
}

/** @param rows cells that are Markdown already */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return lines.join("\n");
}

function longestRun(text: string): number {
  const runs = text.match(/`+/g) ?? [];
  return runs.reduce((longest, run) => Math.max(longest, run.length), 0);
}

/** Prints a table in plain text: the first column to the left, numbers to the right. */

export function printTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => (row[at] ?? "").length)));
  const line = (cells: readonly string[]) =>
    widths.map((width, at) => (at === 0 ? (cells[at] ?? "").padEnd(width) : (cells[at] ?? "").padStart(width)));
  console.log(`\n${title}`);
  console.log(`  ${line(head).join("  ")}`);
  console.log(`  ${widths.map((width) => "-".repeat(width)).join("  ")}`);
  for (const row of rows) console.log(`  ${line(row).join("  ").trimEnd()}`);
}

/** Below a table: what its numbers do not say. */
export function note(...lines: string[]): void {
  for (const line of lines) console.log(`  ${line}`);
}

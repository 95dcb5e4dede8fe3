/**
 * The last look before publishing: every line of every file against the strict check of its format.
 * A problem here is a mistake of ours, not of the data (data that does not fit was left out), so the
 * publish step must not publish a file that has one.
 */
import { isObject, type Json, parseJson } from "../core/json.ts";
import type { RowProblem } from "./format.ts";
import { type FileInFormat, FORMATS } from "./formats.ts";
import { holdsLoneSurrogate, toLine } from "./line.ts";

/** Enough to see what is wrong; a broken writer breaks every line, and the report has to fit a manifest. */
export const FILE_PROBLEMS_MAX = 100;

export interface FileProblem extends RowProblem {
  /** Line, counted from 1. */
  row: number;
}

/** The first FILE_PROBLEMS_MAX problems; empty: the file may be published. */
export function validateFile({ file, format, lines }: FileInFormat & { lines: readonly string[] }): FileProblem[] {
  const check = FORMATS[format].check[file];
  if (check === undefined) throw new RangeError(`${format} has no file ${file}; ask canExport first`);
  return validateLines(lines, check);
}

/** The same for the bytes as they are published: read back first. Row 0 is the file as a whole. */
export async function validateBytes({
  file,
  format,
  bytes,
}: FileInFormat & { bytes: Uint8Array }): Promise<FileProblem[]> {
  const decoded = await FORMATS[format].container.decode({ file, bytes });
  if (!decoded.ok) return [{ row: 0, where: "", message: decoded.message }];
  return validateFile({ file, format, lines: decoded.lines });
}

export function validateLines(lines: readonly string[], check: (row: Json) => RowProblem[]): FileProblem[] {
  const problems: FileProblem[] = [];
  for (const [at, line] of lines.entries()) {
    for (const problem of checkLine(line, check)) problems.push({ row: at + 1, ...problem });
    if (problems.length >= FILE_PROBLEMS_MAX) break;
  }
  return problems.slice(0, FILE_PROBLEMS_MAX);
}

function checkLine(line: string, check: (row: Json) => RowProblem[]): RowProblem[] {
  const row = parseJson(line);
  if (!isObject(row)) return [{ where: "", message: "the line is not a JSON object" }];
  const written = toLine(row);
  // One spelling only: finds white space, a raw line end, a doubled key, and a number that a double cannot hold.
  if (written !== line) return [{ where: "", message: "the line is not spelt as winnow writes it" }];
  if (holdsLoneSurrogate(written)) return [{ where: "", message: "the line holds half of a surrogate pair" }];
  return check(row);
}

/** What a format has to bring: how it writes a row of each file, and how a published row is checked. */
import type { CompletionExample, ExampleFile, KtoExample, PreferenceExample } from "../core/example.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { Container } from "./container.ts";
import type { Reading } from "./leave-out.ts";

/** A defect of a published row: a programmer's error of ours, since writers leave out what does not fit. */
export interface RowProblem {
  /** Path into the row; it never holds text of the row. */
  where: string;
  message: string;
}

/** A file that has no writer cannot be expressed in the format. */
export interface RowWriters {
  sft?: (example: CompletionExample) => Reading<JsonObject>;
  eval?: (example: CompletionExample) => Reading<JsonObject>;
  preference?: (example: PreferenceExample) => Reading<JsonObject>;
  kto?: (example: KtoExample) => Reading<JsonObject>;
}

export interface ExportFormatDefinition {
  container: Container;
  write: RowWriters;
  /** Written apart from the writers and sharing nothing with them, so that each finds the other's mistakes. */
  check: { [file in ExampleFile]?: (row: Json) => RowProblem[] };
}

/** What a dataset card is made from: the manifest, and numbers about the rows that the manifest does not hold. */
import type { ExampleFile } from "../core/example.ts";
import type { Manifest } from "../core/manifest.ts";

export interface CardInput {
  manifest: Manifest;
  /** Columns of the Parquet files, as the writer of those files declares them. */
  columns: Record<ExampleFile, readonly CardColumn[]>;
  /** ISO 639-1 codes found in the rows, if anyone looked. */
  languages?: readonly string[] | undefined;
  /** P(good) of the rows. */
  scores?: readonly number[] | undefined;
  /** Characters of what is to be learned, a number a row. */
  lengths?: readonly number[] | undefined;
  /** Batches of this app and task up to this one, oldest first. */
  history?: readonly BatchPoint[] | undefined;
  guard?: GuardReport | undefined;
  /** Rows by who wrote the text that is learned. */
  lineage?: readonly { origin: string; rows: number }[] | undefined;
  calibration?: Calibration | undefined;
  /** Rows of earlier batches that this batch takes back. */
  retractions?: readonly { batch: string; rows: number; reason: string }[] | undefined;
}

/** A column as `datasets` sees it: a value, a list of structs, or a struct. */
export type CardColumn = { name: string } & (
  | { dtype: "string" | "bool" | "float64" }
  | { list: readonly CardColumn[] }
  | { struct: readonly CardColumn[] }
);

export interface BatchPoint {
  batch: string;
  rows: number;
  /** null where it was not measured. */
  diversity: number | null;
}

export interface GuardReport {
  checks: readonly {
    name: string;
    passed: boolean;
    /** null where there was too little to measure. */
    value: number | null;
    limit: string;
  }[];
}

export interface Calibration {
  method: string;
  /** Expected calibration error; null where no thumb could tell. */
  error: number | null;
  rows: number;
}

/** What the files of a batch are called beside its card. */
import type { ExampleFile } from "../core/example.ts";
import type { ManifestFile } from "../core/manifest.ts";

/** The Hub's layout: eval rows are the test split of the SFT set, whose columns they share. */
export const HUB_SPLITS: Record<ExampleFile, { config: string; split: "train" | "test" }> = {
  sft: { config: "sft", split: "train" },
  eval: { config: "sft", split: "test" },
  preference: { config: "preference", split: "train" },
  kto: { config: "kto", split: "train" },
};

/** `data/sft/train-00000-of-00001.parquet` for Parquet, else `sft.openai.jsonl`. */
export function cardFileName({ file, format }: Pick<ManifestFile, "file" | "format">): string {
  return format === "parquet" && file !== "provenance" && file !== "canonical"
    ? hubPath(file)
    : `${file}.${format}.jsonl`;
}

export function hubPath(file: ExampleFile): string {
  const { config, split } = HUB_SPLITS[file];
  return `data/${config}/${split}-00000-of-00001.parquet`;
}

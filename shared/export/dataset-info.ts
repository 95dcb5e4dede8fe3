/**
 * LLaMA-Factory's dataset_info.json for the ShareGPT files of a batch: which file, which column is which.
 * Spec: https://github.com/hiyouga/LLaMA-Factory/blob/main/data/README.md
 */
import type { ExampleFile } from "../core/example.ts";
import type { JsonObject } from "../core/json.ts";

const COLUMNS: Record<ExampleFile, JsonObject> = {
  sft: { messages: "conversations" },
  eval: { messages: "conversations" },
  preference: { messages: "conversations", chosen: "chosen", rejected: "rejected" },
  kto: { messages: "conversations", kto_tag: "label" },
};

/** Spelt out although they are LLaMA-Factory's defaults: a file that explains itself. */
const TAGS: JsonObject = {
  role_tag: `from`,
  content_tag: "value",
  user_tag: "human",
  assistant_tag: "gpt",
  observation_tag: "observation",
  function_tag: "function_call",
};

/** @returns one data set a file, under `winnow_<file>`; an empty file is no data set */
export function datasetInfo(files: readonly { file: ExampleFile; fileName: string; rows: number }[]): JsonObject {
  const described = files.filter(({ rows }) => rows > 0);
  return Object.fromEntries(described.map((one) => [`winnow_${one.file}`, describe(one)]));
}

function describe({ file, fileName }: { file: ExampleFile; fileName: string }): JsonObject {
  return {
    file_name: fileName,
    formatting: "sharegpt",
    ...(file === "preference" && { ranking: true }),
    columns: { ...COLUMNS[file], system: "system", tools: "tools" },
    tags: TAGS,
  };
}

/**
 * The YAML head of a dataset card: which Parquet file is which configuration and split, and what is in it.
 * Spec: https://huggingface.co/docs/hub/datasets-cards, https://huggingface.co/docs/hub/datasets-manual-configuration
 */
import { EXAMPLE_FILES, type ExampleFile } from "../core/example.ts";
import type { Manifest } from "../core/manifest.ts";
import type { CardColumn, CardInput } from "./card-input.ts";
import { HUB_SPLITS, hubPath } from "./file-names.ts";
import { writeYaml, type YamlMap } from "./write-yaml.ts";

/** Ends of the Hub's size classes; a number at an end is of the next class. */
const SIZES: readonly (readonly [number, string])[] = [
  [1_000, "n<1K"],
  [10_000, "1K<n<10K"],
  [100_000, "10K<n<100K"],
  [1_000_000, "100K<n<1M"],
  [Number.POSITIVE_INFINITY, "1M<n<10M"],
];

interface Split {
  file: ExampleFile;
  rows: number;
  bytes: number;
}

export function cardHead(input: CardInput): string {
  const { manifest, languages = [] } = input;
  const splits = splitsOf(manifest);
  const configs = [...new Set(splits.map(({ file }) => HUB_SPLITS[file].config))];
  const rows = splits.reduce((sum, split) => sum + split.rows, 0);
  return writeYaml({
    pretty_name: cardTitle(manifest),
    license: "other",
    language: languages.length > 0 ? [...new Set(languages)].sort() : undefined,
    size_categories: [SIZES.find(([end]) => rows < end)?.[1] ?? "n<1K"],
    task_categories: ["text-generation"],
    tags: ["winnow", "fine-tuning", "feedback"],
    configs: configs.length > 0 ? configs.map((config, at) => describeConfig({ config, splits, at })) : undefined,
    dataset_info: configs.length > 0 ? configs.map((config) => describeInfo({ config, splits, input })) : undefined,
  });
}

export function cardTitle({ id, app, task }: Manifest): string {
  return `winnow batch ${id} of ${app}${task === null ? "" : `, task ${task}`}`;
}

/** Files without rows are left out: a split of nothing has no use, and some loaders refuse it. */
function splitsOf(manifest: Manifest): Split[] {
  return EXAMPLE_FILES.flatMap((file) => {
    const found = manifest.files.find((one) => one.file === file && one.format === "parquet");
    return found === undefined || found.rows === 0 ? [] : [{ file, rows: found.rows, bytes: found.bytes }];
  });
}

function describeConfig(options: { config: string; splits: readonly Split[]; at: number }): YamlMap {
  const { config, splits, at } = options;
  return {
    config_name: config,
    default: at === 0 ? true : undefined,
    data_files: splits
      .filter(({ file }) => HUB_SPLITS[file].config === config)
      .map(({ file }) => ({ split: HUB_SPLITS[file].split, path: hubPath(file) })),
  };
}

/** Sizes are those of the files: what the rows take in memory is known to nobody before they are read. */
function describeInfo(options: { config: string; splits: readonly Split[]; input: CardInput }): YamlMap {
  const { config, input } = options;
  const splits = options.splits.filter(({ file }) => HUB_SPLITS[file].config === config);
  const bytes = splits.reduce((sum, split) => sum + split.bytes, 0);
  const [first] = splits;
  return {
    config_name: config,
    features: first === undefined ? [] : input.columns[first.file].map(describeColumn),
    splits: splits.map(({ file, rows, bytes: size }) => ({
      name: HUB_SPLITS[file].split,
      num_bytes: size,
      num_examples: rows,
    })),
    download_size: bytes,
    dataset_size: bytes,
  };
}

function describeColumn(column: CardColumn): YamlMap {
  if ("list" in column) return { name: column.name, list: column.list.map(describeColumn) };
  if ("struct" in column) return { name: column.name, struct: column.struct.map(describeColumn) };
  return { name: column.name, dtype: column.dtype };
}

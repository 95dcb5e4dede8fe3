/**
 * The columns of the Parquet files, one list a file. `datasets` reads them as they are: a list of structs is a list
 * of messages. What has no fixed shape is JSON in a text: `tools` (JSON Schemas) and the `arguments` of a call.
 * The names of the dialogue columns are TRL's; the others say where the row comes from.
 */
import type { ExampleFile } from "../core/example.ts";

export type Column = ValueColumn | ListColumn | StructColumn;

export interface ValueColumn {
  name: string;
  nullable: boolean;
  /** Named as `datasets` names them. */
  dtype: "string" | "bool" | "float64";
}

/** Each item is a struct of these fields, and never null. */
export interface ListColumn {
  name: string;
  nullable: boolean;
  list: readonly Column[];
}

export interface StructColumn {
  name: string;
  nullable: boolean;
  struct: readonly Column[];
}

const text = (name: string): ValueColumn => ({ name, nullable: false, dtype: "string" });
const textOrNull = (name: string): ValueColumn => ({ name, nullable: true, dtype: "string" });
const number = (name: string): ValueColumn => ({ name, nullable: false, dtype: "float64" });

const CALL: readonly Column[] = [
  text("id"),
  text("type"),
  { name: "function", nullable: false, struct: [text("name"), text("arguments")] },
];

const MESSAGE: readonly Column[] = [
  text("role"),
  textOrNull("content"),
  textOrNull("name"),
  { name: "tool_calls", nullable: true, list: CALL },
  textOrNull("tool_call_id"),
];

const dialogue = (name: string): ListColumn => ({ name, nullable: false, list: MESSAGE });

const IDS = [text("example_id"), text("exchange_id")];
const ORIGIN = [
  text("at"),
  textOrNull("model"),
  textOrNull("template"),
  text("stratum"),
  number("inclusion_probability"),
  number("p_good"),
  text("because"),
  text("lineage_origin"),
  textOrNull("lineage_model"),
];
const TOOLS = textOrNull("tools");

export const PARQUET_COLUMNS: Record<ExampleFile, readonly Column[]> = {
  sft: [...IDS, dialogue("messages"), TOOLS, ...ORIGIN],
  preference: [...IDS, dialogue("prompt"), dialogue("chosen"), dialogue("rejected"), TOOLS, ...ORIGIN],
  kto: [
    ...IDS,
    dialogue("prompt"),
    dialogue("completion"),
    { name: "label", nullable: false, dtype: "bool" },
    TOOLS,
    ...ORIGIN,
  ],
  eval: [...IDS, dialogue("messages"), TOOLS, ...ORIGIN],
};

/**
 * Parquet from rows: snappy, an explicit schema, no time and no version in it, so that equal rows give equal bytes.
 * An empty file keeps its schema. Lists are three levels deep, as the format's specification asks.
 * Spec: https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#lists
 */
import { parquetMetadata, parquetReadObjects, type SchemaElement } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { ExampleFile } from "../core/example.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import type { Container, Decoded } from "./container.ts";
import { toLine } from "./line.ts";
import { type Column, PARQUET_COLUMNS } from "./parquet-columns.ts";

/** Readers want "application version x"; this is the version of the layout, not of winnow. */
const CREATED_BY = "winnow version 1.0.0 (build parquet)";
/** What the Hub's viewer reads for a page, and small beside what a Worker may hold. */
const GROUP_ROWS = 1_000;

export const PARQUET: Container = {
  extension: "parquet",
  contentType: "application/vnd.apache.parquet",
  encode: ({ file, lines }) => {
    const columns = PARQUET_COLUMNS[file];
    const rows = lines.map((line) => JSON.parse(line) as JsonObject);
    const buffer = parquetWriteBuffer({
      schema: parquetSchema(columns),
      columnData: columns.map(({ name }) => ({ name, data: rows.map((row) => row[name]) })),
      codec: "SNAPPY",
      createdBy: CREATED_BY,
      rowGroupSize: GROUP_ROWS,
    });
    return new Uint8Array(buffer);
  },
  decode: async ({ file, bytes }) => {
    try {
      return await readRows(bytes, file);
    } catch {
      return { ok: false, message: "the file is not Parquet" };
    }
  },
};

/** @returns the elements in depth-first order, the root first */
export function parquetSchema(columns: readonly Column[]): SchemaElement[] {
  return [{ name: "schema", num_children: columns.length }, ...columns.flatMap(elementsOf)];
}

function elementsOf(column: Column): SchemaElement[] {
  const { name, nullable } = column;
  const repetition_type = nullable ? "OPTIONAL" : "REQUIRED";
  if ("struct" in column) {
    const fields = column.struct.flatMap(elementsOf);
    return [{ name, repetition_type, num_children: column.struct.length }, ...fields];
  }
  if ("list" in column) {
    return [
      { name, repetition_type, num_children: 1, converted_type: "LIST" },
      { name: "list", repetition_type: "REPEATED", num_children: 1 },
      ...elementsOf({ name: "element", nullable: false, struct: column.list }),
    ];
  }
  if (column.dtype === "bool") return [{ name, repetition_type, type: "BOOLEAN" }];
  if (column.dtype === "float64") return [{ name, repetition_type, type: "DOUBLE" }];
  return [{ name, repetition_type, type: "BYTE_ARRAY", converted_type: "UTF8" }];
}

async function readRows(bytes: Uint8Array, file: ExampleFile): Promise<Decoded> {
  const buffer = bytes.slice().buffer as ArrayBuffer;
  const metadata = parquetMetadata(buffer);
  const expected = parquetSchema(PARQUET_COLUMNS[file]).map(describeElement);
  if (metadata.schema.map(describeElement).join() !== expected.join()) {
    return { ok: false, message: "the columns are not those of this file" };
  }
  if (metadata.created_by !== CREATED_BY) return { ok: false, message: "the file was not made by this writer" };
  const rows = await parquetReadObjects({ file: buffer, metadata });
  return { ok: true, lines: rows.map((row) => toLine(toPlain(row) as JsonObject)) };
}

function describeElement(element: SchemaElement): string {
  const { name, type = "", repetition_type = "", converted_type = "", num_children = 0 } = element;
  return [name, type, name === "schema" ? "" : repetition_type, converted_type, num_children].join(" ");
}

/** The reader gives undefined for null within structs. */
function toPlain(value: unknown): Json {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.map(toPlain);
  if (!isObject(value)) return value as Json;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toPlain(item)]));
}

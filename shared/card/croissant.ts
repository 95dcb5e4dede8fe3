/**
 * Croissant 1.0 metadata of a batch: every file with its hash, and the columns of the Parquet files.
 * Spec: https://docs.mlcommons.org/croissant/docs/croissant-spec.html
 */
import { EXAMPLE_FILES, type ExampleFile } from "../core/example.ts";
import type { JsonObject } from "../core/json.ts";
import type { Manifest, ManifestFile } from "../core/manifest.ts";
import { cardTitle } from "./card-head.ts";
import type { CardColumn, CardInput } from "./card-input.ts";
import { cardFileName, hubPath } from "./file-names.ts";

const CR_TERMS = [
  ...["citeAs", "column", "extract", "field", "fileProperty", "fileObject", "fileSet", "format", "includes"],
  ...["isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex"],
  ...["repeated", "replace", "separator", "source", "subField", "transform"],
];

/** The context that the specification prescribes for version 1.0. */
const CONTEXT: JsonObject = {
  "@language": "en",
  "@vocab": "https://schema.org/",
  sc: "https://schema.org/",
  cr: "http://mlcommons.org/croissant/",
  rai: "http://mlcommons.org/croissant/RAI/",
  dct: "http://purl.org/dc/terms/",
  conformsTo: "dct:conformsTo",
  data: { "@id": "cr:data", "@type": "@json" },
  dataType: { "@id": "cr:dataType", "@type": "@vocab" },
  examples: { "@id": "cr:examples", "@type": "@json" },
  ...Object.fromEntries(CR_TERMS.map((term) => [term, `cr:${term}`])),
};

const DATA_TYPES = { string: "sc:Text", bool: "sc:Boolean", float64: "sc:Float" } as const;

export function makeCroissant({ manifest, columns }: Pick<CardInput, "manifest" | "columns">): JsonObject {
  const sets = EXAMPLE_FILES.filter((file) => holdsRows(manifest, file));
  return {
    "@context": CONTEXT,
    "@type": "sc:Dataset",
    name: `winnow-${manifest.id}`,
    description: `${cardTitle(manifest)}: fine-tuning candidates from production calls and the feedback on them.`,
    conformsTo: "http://mlcommons.org/croissant/1.0",
    version: "1.0.0",
    url: "./README.md",
    creator: { "@type": "sc:Organization", name: manifest.app },
    datePublished: manifest.createdAt,
    license: "No public licence: the texts belong to the app's operator and its users.",
    distribution: manifest.files.map(describeFile),
    recordSet: sets.map((file) => describeSet(file, columns[file])),
  };
}

function holdsRows(manifest: Manifest, file: ExampleFile): boolean {
  return manifest.files.some((one) => one.file === file && one.format === "parquet" && one.rows > 0);
}

function describeFile(file: ManifestFile): JsonObject {
  const name = cardFileName(file);
  return {
    "@type": "cr:FileObject",
    "@id": name,
    name,
    contentUrl: name,
    contentSize: `${file.bytes} B`,
    encodingFormat: name.endsWith(".parquet") ? "application/x-parquet" : "application/jsonlines",
    sha256: file.sha256,
  };
}

function describeSet(file: ExampleFile, columns: readonly CardColumn[]): JsonObject {
  const fields = columns.map((column) => describeField({ column, id: `${file}/${column.name}`, file, path: [] }));
  return { "@type": "cr:RecordSet", "@id": file, name: file, field: fields };
}

/** Within a column, a field is found by a path of JSON. */
function describeField(options: { column: CardColumn; id: string; file: ExampleFile; path: string[] }): JsonObject {
  const { column, id, file, path } = options;
  const field: JsonObject = { "@type": "cr:Field", "@id": id, name: column.name };
  if ("dtype" in column) {
    return { ...field, dataType: DATA_TYPES[column.dtype], source: sourceOf({ file, path: [...path, column.name] }) };
  }
  const children = "list" in column ? column.list : column.struct;
  return {
    ...field,
    ...("list" in column && { repeated: true }),
    subField: children.map((child) =>
      describeField({ column: child, id: `${id}/${child.name}`, file, path: [...path, column.name] }),
    ),
  };
}

function sourceOf({ file, path }: { file: ExampleFile; path: readonly string[] }): JsonObject {
  const [column = "", ...inner] = path;
  const fileObject = { "@id": hubPath(file) };
  const extract = { column };
  return inner.length === 0
    ? { fileObject, extract }
    : { fileObject, extract, transform: { jsonPath: inner.join(".") } };
}

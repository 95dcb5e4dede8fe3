/** Which files of a batch are pulled, and what they are called: by the choice of format and files, and by the manifest. */
import { hubPath } from "../../shared/card/file-names.ts";
import type { ExampleFile } from "../../shared/core/example.ts";
import type { Manifest, ManifestFile } from "../../shared/core/manifest.ts";
import {
  canExport,
  DEFAULT_FORMAT,
  type ExportFormat,
  fileNameOf,
  isExportFormat,
} from "../../shared/export/formats.ts";
import { CliError, EXIT } from "./exit-codes.ts";

export type PullFile = ExampleFile | "provenance";

export interface Choice {
  /** undefined: each file in its default form. */
  format?: ExportFormat | undefined;
  /** undefined: all that the format can express. */
  file?: readonly PullFile[] | undefined;
}

export interface FileToPull extends Pick<ManifestFile, "format" | "rows" | "bytes" | "sha256"> {
  file: PullFile;
  /** In the batch's folder. */
  name: string;
  /** After /v1/batches/{id}. */
  path: string;
}

/** @throws CliError (usage) where the format has no such file */
export function checkChoice({ format, file = [] }: Choice): void {
  if (format === undefined) return;
  for (const one of file) {
    if (one === "provenance" || canExport({ file: one, format })) continue;
    const message = `${format} has no form for ${one}; leave --format out, or take ${DEFAULT_FORMAT[one]}`;
    throw new CliError("format_not_expressible", message, EXIT.usage);
  }
}

/** In the order of the manifest. A file without rows is none: no trainer reads it. */
export function filesToPull(manifest: Manifest, { format, file }: Choice): FileToPull[] {
  return manifest.files.flatMap((entry): FileToPull[] => {
    if (entry.rows === 0) return [];
    if (entry.file === "canonical" || (file !== undefined && !file.includes(entry.file))) return [];
    const { rows, bytes, sha256 } = entry;
    if (entry.file === "provenance") {
      const name = "provenance.winnow.jsonl";
      return [{ file: entry.file, format: entry.format, rows, bytes, sha256, name, path: "/files/provenance" }];
    }
    if (!isExportFormat(entry.format) || entry.format !== (format ?? DEFAULT_FORMAT[entry.file])) return [];
    const name = nameOf({ file: entry.file, format: entry.format });
    const path = `/files/${entry.file}?format=${entry.format}`;
    return [{ file: entry.file, format: entry.format, rows, bytes, sha256, name, path }];
  });
}

/** Parquet lies where the card's head says, so that `datasets` loads the folder as it is. */
function nameOf({ file, format }: { file: ExampleFile; format: ExportFormat }): string {
  return format === "parquet" ? hubPath(file) : fileNameOf({ file, format });
}

/**
 * Logs of others, brought to import lines: one importer a source, each pure and a file of its own. A line of such a log may
 * hold several calls (a trace of Langfuse's does), or say why it holds none.
 */
import type { Json } from "../core/json.ts";
import { fromHelicone } from "./helicone.ts";
import { type ImportLine, type Read, readImportLine } from "./import-line.ts";
import { fromLangfuse } from "./langfuse.ts";
import { fromOpenaiStored } from "./openai-stored.ts";

export const IMPORT_SOURCES = ["winnow", "openai", "helicone", "langfuse"] as const;
export type ImportSource = (typeof IMPORT_SOURCES)[number];

export interface ImportDefaults {
  /** For lines whose source does not say whose model answered. */
  provider?: string | undefined;
  /** For lines that name no task. */
  task?: string | undefined;
}

/** Calls of one line, in their order; a reason where it holds none that can be used. */
export type ImportedLines = Read<ImportLine>[];

const READERS: Record<ImportSource, (json: Json, defaults: ImportDefaults) => ImportedLines> = {
  winnow: (json) => [readImportLine(json)],
  openai: fromOpenaiStored,
  helicone: fromHelicone,
  langfuse: fromLangfuse,
};

/** What comes out has been checked as the server will check it. */
export function importLinesOf(options: { source: ImportSource; json: Json; defaults: ImportDefaults }): ImportedLines {
  const { source, json, defaults } = options;
  return READERS[source](json, defaults).map((read) => {
    if (!read.ok) return read;
    const line = { ...read.value, task: read.value.task ?? defaults.task };
    return source === "winnow" ? { ok: true, value: line } : readImportLine(withoutUndefined(line));
  });
}

function withoutUndefined(line: ImportLine): Json {
  return Object.fromEntries(Object.entries(line).filter(([, value]) => value !== undefined)) as Json;
}

/** From a line of a log to the calls that it holds, as lines of POST /v1/exchanges; or why there are none. */
import type { Json } from "../../shared/core/json.ts";
import { toBytes } from "../../shared/core/text.ts";
import { LINE_BYTES_MAX } from "../../shared/import/bounds.ts";
import type { Read } from "../../shared/import/import-line.ts";
import { type ImportSource, importLinesOf } from "../../shared/import/importer.ts";
import type { RawLine } from "../../shared/import/split-lines.ts";
import { parseBounded } from "../../shared/parse/parse-bounded.ts";

export interface LineSource {
  from: ImportSource;
  provider?: string;
  task?: string;
}

export function callsOfLine(line: RawLine, { from, provider, task }: LineSource): Read<string>[] {
  if ("reason" in line) return [{ ok: false, reason: line.reason }];
  const json: Json | undefined = parseBounded(line.text);
  if (json === undefined) return [{ ok: false, reason: "the line is not JSON, or nests too deep" }];
  const calls = importLinesOf({ source: from, json, defaults: { provider, task } });
  return calls.map((call) => {
    if (!call.ok) return call;
    const text = JSON.stringify(call.value);
    const bytes = toBytes(text).length;
    if (bytes <= LINE_BYTES_MAX) return { ok: true, value: text };
    return { ok: false, reason: `the call has ${bytes} bytes, ${LINE_BYTES_MAX} at most` };
  });
}

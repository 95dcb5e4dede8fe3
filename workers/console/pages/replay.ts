/**
 * A captured call as one for the command line (POSIX sh and curl). Everything captured stands inside single quotes, where a
 * shell reads nothing; characters that a terminal could act upon or that hide what follows are spelt as JSON escapes.
 */
import type { ExchangeRecord } from "../../../shared/core/exchange.ts";
import { pageBytes } from "./page-bytes.ts";

type Replayed = Pick<ExchangeRecord, "id" | "provider" | "format" | "path" | "task" | "request" | "capture">;

/** A longer body is fetched from winnow instead of standing in the command. */
const BODY_BYTES_MAX = 12_000;
const KEY_HEADER: Record<string, string> = {
  anthropic: "x-api-key: $WINNOW_KEY",
  google: "x-goog-api-key: $WINNOW_KEY",
};

/** undefined: there is no body to send again. @param origin winnow's own */
export function replayOf(record: Replayed, origin: string): string | undefined {
  if (record.request === null || record.capture !== "full") return undefined;
  const address = origin + encodeURI(`/${record.provider}${record.path}`);
  const headers = [
    `-H "${KEY_HEADER[record.format] ?? "authorization: Bearer $WINNOW_KEY"}"`,
    ...(record.format === "anthropic" ? ["-H 'anthropic-version: 2023-06-01'"] : []),
    "-H 'content-type: application/json'",
    `-H ${shellQuoted(`x-winnow-task: ${encodeHeader(record.task)}`)}`,
    `-H 'x-winnow-parent: ${record.id}'`,
  ];
  const body = plainJson(record.request);
  const send = `curl ${shellQuoted(address)} \\\n  ${headers.join(" \\\n  ")} \\\n  --data-binary `;
  if (pageBytes(body) <= BODY_BYTES_MAX) return `${send}${shellQuoted(body)}`;
  const fetched = `curl -s ${shellQuoted(`${origin}/v1/exchanges/${record.id}`)} -H "x-winnow-key: $WINNOW_KEY"`;
  return `${fetched} | jq .request |\n${send}@-`;
}

export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Nothing but characters that are seen and stay in their place; the JSON says the same. */
function plainJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/[\u007f-\u009f\p{Cf}\u2028\u2029]/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
}

/** What a header's value may hold (RFC 9110, section 5.5). */
function encodeHeader(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}

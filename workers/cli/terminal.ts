/** What the command line is given by the process that it runs in; a test gives its own. */
export interface Terminal {
  env: Readonly<Record<string, string | undefined>>;
  stdin: AsyncIterable<Uint8Array>;
  stdout(text: string): void;
  stderr(text: string): void;
  /** Is stderr looked at by a person? Progress is for them alone. */
  stderrIsTty: boolean;
  /** Characters of a line of it. */
  columns: number;
  fetch: typeof fetch;
  nowMs(): number;
  /** @throws when the signal is aborted */
  wait(ms: number): Promise<void>;
  /** Ctrl-C. */
  signal: AbortSignal;
}

/** Names and messages come from what people sent: none of it may move the cursor, or look like a line of ours. */
export function inline(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, "\uFFFD");
}

/** The same for texts of several lines. */
export function harmless(text: string): string {
  return text.split("\n").map(inline).join("\n");
}

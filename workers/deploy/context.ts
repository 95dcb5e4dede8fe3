/** What a deployment is given by the process that it runs in; a test gives its own. */
export interface DeployContext {
  env: Readonly<Record<string, string | undefined>>;
  /** Of the repository, without a trailing slash. */
  root: string;
  fetch: typeof fetch;
  nowMs(): number;
  wait(ms: number): Promise<void>;
  /** A line for the person who deploys. */
  say(line: string): void;
  /** Runs the pinned wrangler from the root, with its output as one text. */
  wrangler(args: readonly string[]): Promise<{ code: number; output: string }>;
  /** 64 hexadecimal digits. */
  makeSecret(): string;
}

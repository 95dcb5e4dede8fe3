/** The command line in the test's own process: what it is given, and what it says. */
import type { ExitCode } from "../../workers/cli/exit-codes.ts";
import { runCli } from "../../workers/cli/program.ts";
import type { Terminal } from "../../workers/cli/terminal.ts";

export interface CliRun {
  exitCode: ExitCode;
  stdout: string;
  stderr: string;
  /** Of --json: the lines of stdout. */
  events: { event: string; [field: string]: unknown }[];
}

/** Waits are not waited for, so that tries that are repeated cost no time. */
export async function cli(args: readonly string[], given: Partial<Terminal> = {}): Promise<CliRun> {
  const said = { stdout: "", stderr: "" };
  const terminal: Terminal = {
    env: {},
    stdin: (async function* () {})(),
    stdout: (text) => {
      said.stdout += text;
    },
    stderr: (text) => {
      said.stderr += text;
    },
    stderrIsTty: false,
    columns: 80,
    fetch,
    nowMs: () => performance.now(),
    wait: async () => undefined,
    signal: new AbortController().signal,
    ...given,
  };
  const exitCode = await runCli(args, terminal);
  const lines = args.includes("--json") ? said.stdout.split("\n").filter((line) => line !== "") : [];
  return { exitCode, ...said, events: lines.map((line) => JSON.parse(line)) };
}

/** The same with address and key. */
export function cliOf(winnow: { url: string }, key: string) {
  return (args: readonly string[], given: Partial<Terminal> = {}): Promise<CliRun> =>
    cli(args, { ...given, env: { WINNOW_URL: winnow.url, WINNOW_KEY: key, ...given.env } });
}

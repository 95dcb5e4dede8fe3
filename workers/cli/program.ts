/** The command line as a function: arguments in, exit code out. A command is one file and one line in COMMANDS. */
import { Command, CommanderError } from "commander";
import { CODE_VERSION } from "../../shared/core/version.ts";
import { addDoctor } from "./doctor.ts";
import { CliError, EXIT, type ExitCode } from "./exit-codes.ts";
import { addImport } from "./import.ts";
import { addKeys } from "./keys.ts";
import { addPull } from "./pull.ts";
import { addRebuild } from "./rebuild.ts";
import { Report } from "./report.ts";
import { addRun } from "./run.ts";
import { Cli } from "./session.ts";
import { addStatus } from "./status.ts";
import type { Terminal } from "./terminal.ts";

const COMMANDS: readonly ((program: Command, cli: Cli) => void)[] = [
  addPull,
  addStatus,
  addDoctor,
  addKeys,
  addRun,
  addImport,
  addRebuild,
];

const EXIT_CODES = `
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 nothing new (pull), 4 not what the manifest says (pull),
5 done but for rejected lines (import), 130 stopped by Ctrl-C.`;

/** @param args without the program's name */
export async function runCli(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const cli = new Cli(terminal);
  try {
    await programOf(cli).parseAsync([...args], { from: "user" });
    return cli.exitCode;
  } catch (error) {
    const json = args.includes("--json");
    if (!(error instanceof CommanderError)) return explain(error, { terminal, json });
    if (error.exitCode === 0) return EXIT.ok;
    // commander has told people already
    const event = { event: "error", code: "usage", message: error.message, exitCode: EXIT.usage };
    if (json) terminal.stdout(`${JSON.stringify(event)}\n`);
    return EXIT.usage;
  }
}

function programOf(cli: Cli): Command {
  const { terminal } = cli;
  const program = new Command("winnow")
    .description("Pulls batches from winnow, imports logs, runs the night, makes keys.")
    .version(CODE_VERSION, "-V, --version", "show the version")
    .option("--url <address>", "winnow's address (else WINNOW_URL)")
    .option("--key <key>", "a winnow key (else WINNOW_KEY, which other users of the machine don't see)")
    .option("--json", "one JSON object a line on stdout, and nothing else there")
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.stdout(text),
      writeErr: (text) => terminal.stderr(text.replace(/^error: /, "winnow: ")),
    })
    .showHelpAfterError("(`winnow help <command>` shows what there is)")
    .addHelpText("after", EXIT_CODES);
  for (const add of COMMANDS) add(program, cli);
  return program;
}

function explain(error: unknown, options: { terminal: Terminal; json: boolean }): ExitCode {
  const { terminal, json } = options;
  const known = terminal.signal.aborted
    ? new CliError("stopped", "stopped; the same command again goes on where this one was", EXIT.stopped)
    : asCliError(error);
  new Report(terminal, { json }).error(known);
  return known.exitCode;
}

function asCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  if (error instanceof Error && "code" in error && "path" in error) {
    return new CliError("file", `${error.message}; check the path, its rights and the room on the disk`);
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new CliError("internal", `a mistake of this program's own: ${text}`);
}

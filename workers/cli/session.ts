/** What a command works with, and how it ends: an exit code, or a CliError. */
import type { Command } from "commander";
import type { ApiClient } from "./api-client.ts";
import { type ConnectionOptions, connect } from "./connection.ts";
import type { ExitCode } from "./exit-codes.ts";
import { Report } from "./report.ts";
import type { Terminal } from "./terminal.ts";

export interface Session {
  terminal: Terminal;
  report: Report;
  /** @throws CliError (usage) where address or key is missing: a command that needs none does not ask */
  api(): ApiClient;
}

/** Of a command with options `O`: its positional arguments come as commander read them. */
export type Work<O> = (session: Session, options: O, args: string[]) => Promise<ExitCode>;

/** One command line: the terminal that it has, and the exit code that it came to. */
export class Cli {
  readonly terminal: Terminal;
  exitCode: ExitCode = 0;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  /** To be given to commander's `action`. */
  doing<O extends object>(work: Work<O>): (...given: unknown[]) => Promise<void> {
    return async (...given) => {
      const command = given.at(-1) as Command;
      const options = command.optsWithGlobals() as O & ConnectionOptions & { json?: boolean };
      const report = new Report(this.terminal, { json: options.json === true });
      const session = {
        terminal: this.terminal,
        report,
        api: () => connect(options, { terminal: this.terminal, report }),
      };
      this.exitCode = await work(session, options, command.args);
    };
  }
}

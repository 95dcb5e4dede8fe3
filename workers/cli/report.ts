/**
 * What a command says. For people: results on stdout, everything else on stderr. With --json: one JSON object a line on
 * stdout and nothing else there, each with its `event`; stderr keeps what is for people.
 */
import type { JsonObject } from "../../shared/core/json.ts";
import type { CliError } from "./exit-codes.ts";
import { Progress } from "./progress.ts";
import { harmless, type Terminal } from "./terminal.ts";

export class Report {
  readonly #terminal: Terminal;
  readonly #isJson: boolean;
  #progress: Progress | undefined;

  constructor(terminal: Terminal, options: { json: boolean }) {
    this.#terminal = terminal;
    this.#isJson = options.json;
  }

  /** A result: `text` for people, `event` for programs. Without a text people are not told. */
  result(event: { event: string } & JsonObject, text?: string): void {
    this.#progress?.clear();
    if (this.#isJson) this.#terminal.stdout(`${JSON.stringify(event)}\n`);
    else if (text !== undefined) this.#terminal.stdout(`${harmless(text)}\n`);
  }

  /** A result for people alone: programs have had its parts. */
  text(text: string): void {
    this.#progress?.clear();
    if (!this.#isJson) this.#terminal.stdout(`${harmless(text)}\n`);
  }

  /** For people, beside the results. */
  note(text: string): void {
    this.#progress?.clear();
    this.#terminal.stderr(`${harmless(text)}\n`);
  }

  error(error: CliError): void {
    this.#progress?.clear();
    const { code, message, exitCode } = error;
    if (this.#isJson) this.#terminal.stdout(`${JSON.stringify({ event: "error", code, message, exitCode })}\n`);
    this.#terminal.stderr(`winnow: ${harmless(message)}\n`);
  }

  /** A line that is drawn over and over; on a terminal alone. */
  progress(what: string, total: number | undefined): Progress {
    this.#progress = new Progress(this.#terminal, { what, total });
    return this.#progress;
  }
}

/** What the exit code of `winnow` means; the README has the same table. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  /** A pull that found nothing new: `winnow pull … && train` then does not train. */
  nothingNew: 3,
  /** What came is not what the manifest says; nothing was acknowledged. */
  integrity: 4,
  /** The import is done, but for lines that were rejected. */
  rejected: 5,
  /** Ctrl-C. */
  stopped: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command: said on stderr without a stack, so its text says what to do next. Never holds a key. */
export class CliError extends Error {
  readonly exitCode: ExitCode;
  /** winnow's own code where the server refused (`key_ended`, `batch_erased`), else one of this program's. */
  readonly code: string;

  constructor(code: string, message: string, exitCode: ExitCode = EXIT.failed) {
    super(message);
    this.code = code;
    this.exitCode = exitCode;
  }
}

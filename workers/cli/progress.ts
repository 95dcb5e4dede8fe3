/** One line that shows how far long work is; nothing where stderr is no terminal. */
import { DRAW_MS } from "./bounds.ts";
import { inline, type Terminal } from "./terminal.ts";

const BAR_CHARS = 24;
const CLEAR_LINE = "\r\u001b[K";

export class Progress {
  readonly #terminal: Terminal;
  readonly #what: string;
  readonly #total: number | undefined;
  #drawnAtMs = Number.NEGATIVE_INFINITY;
  #isDrawn = false;

  /** @param options.total in the unit of `reach`; undefined: not known */
  constructor(terminal: Terminal, options: { what: string; total: number | undefined }) {
    this.#terminal = terminal;
    this.#what = options.what;
    this.#total = options.total;
  }

  reach(done: number, detail: string): void {
    const nowMs = this.#terminal.nowMs();
    if (!this.#terminal.stderrIsTty || nowMs - this.#drawnAtMs < DRAW_MS) return;
    this.#drawnAtMs = nowMs;
    this.#isDrawn = true;
    const line = inline(`${this.#what} ${this.#bar(done)}${detail}`);
    this.#terminal.stderr(CLEAR_LINE + [...line].slice(0, Math.max(20, this.#terminal.columns - 1)).join(""));
  }

  /** So that a line of text can stand there. */
  clear(): void {
    if (this.#isDrawn) this.#terminal.stderr(CLEAR_LINE);
    this.#isDrawn = false;
  }

  #bar(done: number): string {
    if (this.#total === undefined || this.#total === 0) return "";
    const share = Math.min(1, done / this.#total);
    const full = Math.floor(share * BAR_CHARS);
    const percent = String(Math.floor(share * 100)).padStart(3);
    return `[${"#".repeat(full)}${".".repeat(BAR_CHARS - full)}] ${percent}%  `;
  }
}

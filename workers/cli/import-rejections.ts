/** Lines that were not taken: the first few to be shown, all of them in a file where one is asked for. */
import { type FileHandle, open } from "node:fs/promises";
import { REJECTIONS_SHOWN_MAX } from "./bounds.ts";

export interface Rejection {
  /** Of the file, from 1. */
  line: number;
  reason: string;
}

export class Rejections {
  total = 0;
  readonly first: Rejection[] = [];
  readonly #file: FileHandle | undefined;

  private constructor(file: FileHandle | undefined) {
    this.#file = file;
  }

  /** @param path undefined: they are counted alone */
  static async open(path: string | undefined): Promise<Rejections> {
    return new Rejections(path === undefined ? undefined : await open(path, "w"));
  }

  async add(rejection: Rejection): Promise<void> {
    this.total++;
    if (this.first.length < REJECTIONS_SHOWN_MAX) this.first.push(rejection);
    await this.#file?.appendFile(`${JSON.stringify(rejection)}\n`);
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}

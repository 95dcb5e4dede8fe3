/**
 * Calls to winnow, a chunk a request. Reading waits where enough requests are under way: memory is those chunks. A request
 * that fails is sent again; a call that comes twice is one.
 */
import type { ApiClient } from "./api-client.ts";
import { IMPORT_CHUNK_BYTES_MAX, IMPORT_CHUNK_LINES_MAX, IMPORT_REQUESTS_MAX } from "./bounds.ts";
import type { Rejections } from "./import-rejections.ts";

interface Call {
  /** Of the file. */
  line: number;
  text: string;
}

interface Answer {
  accepted: number;
  rejected: { line: number; reason: string }[];
}

export class ChunkSender {
  accepted = 0;
  /** Every line up to this one was answered for. */
  sentUpTo = 0;
  /** undefined: a dry run. */
  readonly #api: ApiClient | undefined;
  readonly #rejections: Rejections;
  #calls: Call[] = [];
  #chars = 0;
  #underWay: Promise<void>[] = [];

  constructor(options: { api: ApiClient | undefined; rejections: Rejections }) {
    this.#api = options.api;
    this.#rejections = options.rejections;
  }

  async add(call: Call): Promise<void> {
    this.#calls.push(call);
    this.#chars += call.text.length;
    if (this.#calls.length >= IMPORT_CHUNK_LINES_MAX || this.#chars >= IMPORT_CHUNK_BYTES_MAX) await this.#flush();
  }

  /** @throws CliError where a chunk could not be sent */
  async end(): Promise<void> {
    await this.#flush();
    while (this.#underWay.length > 0) await this.#oldest();
  }

  async #flush(): Promise<void> {
    const calls = this.#calls;
    [this.#calls, this.#chars] = [[], 0];
    if (calls.length === 0) return;
    if (this.#api === undefined) {
      this.accepted += calls.length;
      return;
    }
    if (this.#underWay.length >= IMPORT_REQUESTS_MAX) await this.#oldest();
    const sent = this.#send(this.#api, calls);
    sent.catch(() => undefined); // it is waited for in its turn
    this.#underWay.push(sent);
  }

  async #oldest(): Promise<void> {
    await this.#underWay.shift();
  }

  async #send(api: ApiClient, calls: readonly Call[]): Promise<void> {
    const before = this.#underWay.at(-1);
    const answer = await api.json<Answer>("/v1/exchanges", {
      method: "POST",
      repeatable: true,
      headers: { "content-type": "application/x-ndjson" },
      body: calls.map(({ text }) => `${text}\n`).join(""),
    });
    // in the order of the file, so that what is told of as sent is sent
    await before;
    this.accepted += answer.accepted;
    for (const { line, reason } of answer.rejected) {
      await this.#rejections.add({ line: calls[line - 1]?.line ?? 0, reason });
    }
    // the last line may hold more calls, which the next chunk brings
    this.sentUpTo = Math.max(0, (calls.at(-1)?.line ?? 0) - 1);
  }
}

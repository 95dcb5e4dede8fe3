/**
 * What lives in each isolate, by the inspector: in the Workers, and in what stands for Cloudflare here (D1, R2, queues). A collection
 * can't be asked for, so the least that was in use over a while is what has outlived one.
 */
import * as z from "zod";
import type { Winnow } from "../../workers/local/launch.ts";

const targetsSchema = z.array(z.object({ id: z.string(), webSocketDebuggerUrl: z.string() }));
const answerSchema = z.object({ result: z.object({ usedSize: z.number(), backingStorageSize: z.number() }) });
const LOOK_MS = 1_000;
const OURS = /^core:user:winnow-/;

export interface Live {
  /** Of the four Workers, and of all other isolates: bytes of heap and of buffers. */
  ours: number;
  others: number;
}

export class HeapWatch {
  readonly #sockets: WebSocket[] = [];
  readonly #timer: NodeJS.Timeout;
  #least = new Map<string, number>();

  private constructor(targets: z.infer<typeof targetsSchema>) {
    for (const { id, webSocketDebuggerUrl } of targets) {
      const socket = new WebSocket(webSocketDebuggerUrl);
      socket.addEventListener("message", ({ data }) => this.#hear(id, String(data)));
      this.#sockets.push(socket);
    }
    this.#timer = setInterval(() => this.#ask(), LOOK_MS);
  }

  /** @param winnow launched with an `inspectorPort` */
  static async start(winnow: Winnow): Promise<HeapWatch> {
    const { port } = await winnow.miniflare.getInspectorURL();
    return new HeapWatch(targetsSchema.parse(await (await fetch(`http://127.0.0.1:${port}/json`)).json()));
  }

  /**
   * The least since it was asked last.
   * @throws where no Worker has told it: none of that would be seen in the sums
   */
  take(): Live {
    if (![...this.#least.keys()].some((name) => OURS.test(name)))
      throw new Error("the inspector told of no Worker's heap");
    const sum = (wanted: (name: string) => boolean) =>
      [...this.#least].reduce((total, [name, bytes]) => total + (wanted(name) ? bytes : 0), 0);
    const live = { ours: sum((name) => OURS.test(name)), others: sum((name) => !OURS.test(name)) };
    this.#least = new Map();
    return live;
  }

  stop(): void {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.close();
  }

  #ask(): void {
    for (const socket of this.#sockets) {
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ id: 1, method: "Runtime.getHeapUsage" }));
    }
  }

  #hear(name: string, data: string): void {
    const answer = answerSchema.safeParse(JSON.parse(data));
    if (!answer.success) return;
    const { usedSize, backingStorageSize } = answer.data.result;
    this.#least.set(name, Math.min(this.#least.get(name) ?? Number.POSITIVE_INFINITY, usedSize + backingStorageSize));
  }
}

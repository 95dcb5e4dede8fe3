/** Servers of the benchmark in processes of their own, so that their CPU is not counted with a Worker's. */
import { type ChildProcess, fork, type Serializable } from "node:child_process";
import { once } from "node:events";

export interface Child {
  port: number;
  /** Asks the child something; it answers with one message. */
  ask<Answer>(question: string): Promise<Answer>;
  stop(): Promise<void>;
}

/** @param file absolute path of a file that calls `serveParent` */
export async function startChild(file: string): Promise<Child> {
  const child = fork(file, { stdio: ["ignore", "inherit", "inherit", "ipc"] });
  const { port } = await answerOf<{ port: number }>(child, file);
  return {
    port,
    ask: (question) => {
      child.send(question);
      return answerOf(child, file);
    },
    stop: async () => {
      if (child.exitCode !== null) return;
      const exited = once(child, "exit");
      child.disconnect();
      await exited;
    },
  };
}

async function answerOf<Answer>(child: ChildProcess, name: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null) => reject(new Error(`${name} ended with ${code} before it answered`));
    child.once("exit", died);
    child.once("message", (message) => {
      child.off("exit", died);
      resolve(message as Answer);
    });
  });
}

/** The child's side: says its port, answers questions, and ends with its parent. */
export function serveParent(options: { port: number; answer?: (question: string) => Serializable }): void {
  process.on("message", (question) => process.send?.(options.answer?.(String(question)) ?? null));
  process.on("disconnect", () => process.exit(0));
  process.send?.({ port: options.port });
}

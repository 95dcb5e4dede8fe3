/** The gateway with one file of it replaced: to see that a test notices the mistake that the file now holds. */
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../workers/local/launch.ts";

export interface MutantGateway {
  entry: string;
  remove(): Promise<void>;
}

/** @param file in workers/gateway */
export async function mutateGateway(file: string, source: string): Promise<MutantGateway> {
  const folder = await mkdtemp(join(ROOT, "node_modules", ".mutant-"));
  await cp(join(ROOT, "shared"), join(folder, "shared"), { recursive: true });
  await cp(join(ROOT, "workers", "gateway"), join(folder, "workers", "gateway"), { recursive: true });
  await writeFile(join(folder, "workers", "gateway", file), source);
  return {
    entry: join(folder, "workers", "gateway", "index.ts"),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

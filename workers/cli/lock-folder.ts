/** One pull at a time writes to a folder: a cron that starts while the last one still runs would spoil its parts. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CliError } from "./exit-codes.ts";

const NAME = ".winnow-pull.lock";

/** @returns what takes the lock away again */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, NAME);
  const holder = await takeOrRead(file);
  if (holder !== undefined) {
    if (isAlive(holder)) {
      const message = `another pull (process ${holder}) writes to ${folder}; wait for it, or take another --out`;
      throw new CliError("locked", `${message}; if there is none, delete ${file}`);
    }
    // whoever held it is gone
    await rm(file, { force: true });
    if ((await takeOrRead(file)) !== undefined)
      throw new CliError("locked", `another pull has just begun in ${folder}`);
  }
  return () => rm(file, { force: true });
}

/** undefined: it is ours now. */
async function takeOrRead(file: string): Promise<number | undefined> {
  try {
    await writeFile(file, String(process.pid), { flag: "wx" });
    return undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return Number(await readFile(file, "utf8").catch(() => "0"));
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

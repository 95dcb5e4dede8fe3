/**
 * Before `npm start`, `npm test` and the like: installs what is missing. Plain JavaScript, as it runs on the machine's
 * own Node (20 or later), before the Node that winnow needs is there.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

const reason = whyInstall();
if (reason !== undefined) {
  process.stderr.write(`winnow: ${reason}; installing (npm ci)\n`);
  const { status, error } = spawnSync("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2], // stdout is for the line that says ready
    shell: process.platform === "win32", // npm is a .cmd there
  });
  if (error !== undefined) process.stderr.write(`winnow: npm did not start: ${error.message}\n`);
  if (status !== 0) process.exit(status ?? 1);
}

/**
 * Compares the lock with the one that npm leaves in node_modules at the end of every install. No stamp of our own, so
 * that a `npm ci` by hand counts, and one that was broken off does not.
 */
function whyInstall() {
  const wanted = packagesOf("package-lock.json");
  const installed = packagesOf(join("node_modules", ".package-lock.json"));
  if (installed === undefined) return "packages are not installed";
  const differs = Object.entries(wanted ?? {}).find(([path, entry]) => {
    const found = installed[path];
    if (path === "") return false; // the project itself
    if (found === undefined) return entry.optional !== true && entry.devOptional !== true; // for another platform
    return found.version !== entry.version || found.integrity !== entry.integrity;
  });
  return differs && `${differs[0]} is not installed as the lock says`;
}

/** @returns {Record<string, {version?: string, integrity?: string, optional?: boolean, devOptional?: boolean}> | undefined} */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), "utf8")).packages;
  } catch {
    return undefined; // missing, or written in part
  }
}

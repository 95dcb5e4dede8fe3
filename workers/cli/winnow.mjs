#!/usr/bin/env node
/**
 * `winnow`, the command line. Plain JavaScript, as it runs on whatever Node the machine has (20 or later). Installed from a
 * package it is one file, made by workers/local/make-cli.ts. In a clone it is the sources: Node 22.18 and later read them as
 * they are (https://nodejs.org/api/typescript.html), and for an older one the Node that comes with the packages takes over.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const bundle = join(here, "winnow.bundle.mjs");

// in a clone the sources count, whatever an earlier `npm pack` has left there
if (here.includes(`${sep}node_modules${sep}`) && existsSync(bundle)) await start(bundle);
else if (readsTypes(process.versions.node)) await start(join(here, "winnow.ts"));
else handOver();

function readsTypes(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}

async function start(entry) {
  quietTypeWarnings();
  const { main } = await import(pathToFileURL(entry).href);
  await main();
}

/** What runs is what was tested: that Node calls the reading of types experimental helps nobody here. */
function quietTypeWarnings() {
  const { emitWarning } = process;
  process.emitWarning = (warning, ...rest) => {
    if (!/type stripping/i.test(String(warning))) emitWarning.call(process, warning, ...rest);
  };
}

/** The signals of the terminal reach both processes; this one waits for what the other makes of them. */
function handOver() {
  const node = packagedNode();
  if (node === undefined) {
    process.stderr.write(
      `winnow: this is Node ${process.versions.node}, and 22.18 or later is needed; \`npm ci\` in ${root} brings one\n`,
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  process.on("SIGINT", () => undefined);
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`winnow: ${node} does not start: ${error.message}; \`npm ci\` in ${root} may mend it\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
}

/** Beside this package's own packages, or in the folders above, where npm puts what several need. */
function packagedNode() {
  const name = process.platform === "win32" ? "node.exe" : "node";
  for (let folder = root; ; folder = dirname(folder)) {
    const file = join(folder, "node_modules", "node", "bin", name);
    if (existsSync(file)) return file;
    if (dirname(folder) === folder) return undefined;
  }
}

#!/usr/bin/env node
/**
 * `winnow`, the command line. Plain JavaScript, as it runs on whatever Node the machine has (20 or later). Node 22.18 and
 * later read the sources as they are (https://nodejs.org/api/typescript.html); for an older one the Node that comes with
 * the packages takes over. Below node_modules Node reads no TypeScript: there a hook takes the types off.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const entry = join(here, "winnow.ts");

if (readsTypes(process.versions.node)) await start();
else handOver();

function readsTypes(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18);
}

async function start() {
  quietTypeWarnings();
  if (here.includes(`${sep}node_modules${sep}`)) takeTypesOff();
  const { main } = await import(pathToFileURL(entry).href);
  await main();
}

/** What runs is what was tested: that Node calls the reading of types experimental helps nobody here. */
function quietTypeWarnings() {
  const { emitWarning } = process;
  process.emitWarning = (warning, ...rest) => {
    if (!/type stripping|stripTypeScriptTypes/i.test(String(warning))) emitWarning.call(process, warning, ...rest);
  };
}

function takeTypesOff() {
  const ours = pathToFileURL(root + sep).href;
  nodeModule.registerHooks({
    load(url, context, next) {
      if (!url.startsWith(ours) || !url.endsWith(".ts")) return next(url, context);
      const source = nodeModule.stripTypeScriptTypes(readFileSync(fileURLToPath(url), "utf8"));
      return { format: "module", source, shortCircuit: true };
    },
  });
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

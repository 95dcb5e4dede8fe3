/**
 * For `npm pack`: the command line as one file of plain JavaScript, workers/cli/winnow.bundle.mjs, gone afterwards. Below node_modules Node
 * reads no TypeScript, and an older Node reads none anywhere; that file needs neither, nor any other package.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, stop } from "esbuild";
import { ROOT } from "./worker-configs.ts";

/** commander asks for Node's own modules by require, which a module has not. */
const REQUIRE = 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);';

export async function makeCli(file: string): Promise<void> {
  await build({
    entryPoints: [join(ROOT, "workers", "cli", "winnow.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    banner: { js: REQUIRE },
    logLevel: "warning",
  });
  await stop();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const file = join(ROOT, "workers", "cli", "winnow.bundle.mjs");
  if (process.argv.includes("--remove")) rmSync(file, { force: true });
  else await makeCli(file);
}

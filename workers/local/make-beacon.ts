/**
 * `npm run beacon`: makes the scripts that pages load (workers/gateway/beacon) into text that the gateway serves, in
 * workers/gateway/beacon-scripts.ts. With `--check` it writes nothing, and fails where the two disagree.
 */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, stop } from "esbuild";
import { ROOT } from "./worker-configs.ts";

const SOURCES = join(ROOT, "workers", "gateway", "beacon");
const MADE = join(ROOT, "workers", "gateway", "beacon-scripts.ts");
const SCRIPTS = [
  { path: "/beacon.js", entry: "classic.ts", format: "iife", scriptUrl: "document.currentScript.src" },
  { path: "/winnow-thumbs.js", entry: "thumbs.ts", format: "iife", scriptUrl: "document.currentScript.src" },
  { path: "/beacon.mjs", entry: "beacon.ts", format: "esm", scriptUrl: "import.meta.url" },
] as const;

async function make({ path, entry, format, scriptUrl }: (typeof SCRIPTS)[number]): Promise<string> {
  const result = await build({
    entryPoints: [join(SOURCES, entry)],
    bundle: true,
    write: false,
    minify: true,
    format,
    target: "es2022",
    define: { SCRIPT_URL: scriptUrl },
    logLevel: "silent",
  });
  const text = result.outputFiles[0]?.text.trim() ?? "";
  const etag = createHash("sha256").update(text).digest("hex").slice(0, 16);
  return `  ${JSON.stringify(path)}: { etag: ${JSON.stringify(`"${etag}"`)}, text: ${JSON.stringify(text)} },\n`;
}

const entries = await Promise.all(SCRIPTS.map(make));
await stop();
const text = `// Made by \`npm run beacon\` from workers/gateway/beacon.
export interface Script {
  etag: string;
  text: string;
}

export const SCRIPTS: Readonly<Record<string, Script>> = {
${entries.join("")}};
`;
if (!process.argv.includes("--check")) writeFileSync(MADE, text);
else if (readFileSync(MADE, "utf8") !== text) {
  console.error("workers/gateway/beacon-scripts.ts is not what its sources make; make it with: npm run beacon");
  process.exitCode = 1;
}

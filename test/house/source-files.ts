/** The files that the house tests look at. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** With a slash at its end. */
export const ROOT = join(import.meta.dirname, "../../");

export interface SourceFile {
  /** From the top of the repository: `shared/core/ids.ts`. */
  path: string;
  text: string;
}

/** All files below a folder, in the order of their paths. */
export function filesBelow(folder: string): SourceFile[] {
  return readdirSync(ROOT + folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(ROOT.length))
    .sort()
    .map((path) => ({ path, text: readText(path) }));
}

export function readText(path: string): string {
  return readFileSync(ROOT + path, "utf8");
}

export function readJson<T>(path: string): T {
  return JSON.parse(readText(path)) as T;
}

/** `wrangler types` writes these. */
export function isGenerated(path: string): boolean {
  return path.endsWith("/env.d.ts") || path === "workers/gateway/beacon-scripts.ts";
}

/** What a file imports, as written: static, dynamic, re-exported and by type. */
export function importsOf(text: string): string[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  const forms = /\bfrom\s*["']([^"']+)["']|\bimport\s*\(\s*["']([^"']+)["']|^\s*import\s+["']([^"']+)["']/gm;
  return [...code.matchAll(forms)].map(([, from, dynamic, bare]) => from ?? dynamic ?? bare ?? "");
}

/** One file of a Worker's code, made as wrangler makes it for deployment: ES modules, by the runtime's conditions. */
import { build, stop } from "esbuild";

/**
 * @param entry absolute path
 * @throws with esbuild's own message, which names file and line
 */
export async function bundle(entry: string, options: { minify?: boolean } = {}): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    minify: options.minify ?? false,
    keepNames: true,
    logLevel: "silent", // what it would print is in the error that it throws
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error(`${entry} bundles to nothing`);
  return file.text;
}

/** Ends esbuild's own process, which otherwise stays for the next bundle; none may be under way. */
export async function endBundling(): Promise<void> {
  await stop();
}

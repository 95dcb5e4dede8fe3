/** One file of a Worker's code, made as wrangler makes it for deployment: ES modules, by the runtime's conditions. */
import { build, stop } from "esbuild";

/** For as long as the process lives: one that launches winnow often, as tests do, bundles a Worker once. */
const BUNDLED = new Map<string, Promise<string>>();

/**
 * As `bundle`, but code that changed since is not seen. Half of the text is white space of tables, and Miniflare copies all of
 * it for each thing that it adds to its config.
 */
export function bundleOnce(entry: string): Promise<string> {
  const bundled = BUNDLED.get(entry) ?? bundle(entry, { minify: "whitespace" });
  BUNDLED.set(entry, bundled);
  return bundled;
}

/**
 * @param entry absolute path
 * @throws with esbuild's own message, which names file and line
 */
export async function bundle(entry: string, options: { minify?: boolean | "whitespace" } = {}): Promise<string> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    minify: options.minify === true,
    ...(options.minify === "whitespace" && { minifyWhitespace: true, charset: "utf8" }),
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

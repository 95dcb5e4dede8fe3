/** One step of a deployment that wrangler does: said, run, and explained where it failed. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { DeployContext } from "./context.ts";
import { DeployError } from "./deploy-error.ts";

/** Of what wrangler said, when it failed. */
const OUTPUT_LINES = 20;

/** @throws DeployError with the end of wrangler's own words */
export async function runWrangler(context: DeployContext, what: string, args: readonly string[]): Promise<string> {
  const { code, output } = await context.wrangler(args);
  const plain = stripVTControlCharacters(output);
  if (code === 0) return plain;
  const end = plain.trim().split("\n").slice(-OUTPUT_LINES).join("\n");
  throw new DeployError(
    `${what} failed: wrangler ${args[0]} ended with ${code}. Once that is mended, the same command goes on where this one stopped. It said:\n${end}`,
  );
}

/** Gives values to wrangler in a file that nobody else can read and that is gone afterwards: a command line is seen by all. */
export async function withSecretsFile<T>(
  values: Record<string, string>,
  work: (args: readonly string[]) => Promise<T>,
): Promise<T> {
  if (Object.keys(values).length === 0) return work([]);
  const folder = mkdtempSync(join(tmpdir(), "winnow-deploy-"));
  try {
    const file = join(folder, "secrets.json");
    writeFileSync(file, JSON.stringify(values), { mode: 0o600 });
    return await work(["--secrets-file", file]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * `node test/fuzz/count-inputs.ts` runs all that throws made-up input at parsers and routes, and prints how many inputs were tried.
 * FUZZ_RUNS is the number for each route.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../house/source-files.ts";

/** Streams, bodies, headers, envelopes, ids, events, imports, exported rows, keys in text; and the routes. */
const FOLDERS = ["parse", "unit", "import", "export", "redact", "fuzz"];

const folder = mkdtempSync(join(tmpdir(), "winnow-inputs-"));
const counts = join(folder, "counts");
try {
  const { status } = spawnSync(
    "npx",
    ["vitest", "run", ...FOLDERS.map((name) => `test/${name}`), "--maxWorkers", "2"],
    {
      cwd: ROOT,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, FC_COUNT: counts },
    },
  );
  const files = readFileSync(counts, "utf8").trim().split("\n").map(Number);
  const inputs = files.reduce((sum, count) => sum + count, 0);
  console.log(`${inputs.toLocaleString("en-US")} made-up inputs in ${files.length} files`);
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

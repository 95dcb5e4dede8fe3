/** The installer before npm's scripts: when it runs `npm ci`, and when it does not. npm is a fake that takes notes. */
import { spawnSync } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ROOT } from "../../workers/local/worker-configs.ts";

const LOCK = {
  "": { version: "0.1.0" },
  "node_modules/a": { version: "1.0.0", integrity: "sha512-a" },
  "node_modules/b-darwin": { version: "1.0.0", integrity: "sha512-b", optional: true },
};
const INSTALLED = { "node_modules/a": LOCK["node_modules/a"] };

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "winnow-install-"));
  await mkdir(join(root, "workers", "local"), { recursive: true });
  await mkdir(join(root, "bin"));
  await copyFile(join(ROOT, "workers", "local", "install.mjs"), join(root, "workers", "local", "install.mjs"));
  await writeFile(join(root, "package-lock.json"), JSON.stringify({ packages: LOCK }));
  await fakeNpm(0);
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function fakeNpm(status: number): Promise<void> {
  const file = join(root, "bin", "npm");
  await writeFile(file, `#!/bin/sh\necho "npm $*"\nexit ${status}\n`);
  await chmod(file, 0o755);
}

async function installed(text: string): Promise<void> {
  await mkdir(join(root, "node_modules"), { recursive: true });
  await writeFile(join(root, "node_modules", ".package-lock.json"), text);
}

function run(): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [join(root, "workers", "local", "install.mjs")], {
    encoding: "utf8",
    env: { ...process.env, PATH: `${join(root, "bin")}${delimiter}${process.env.PATH}` },
  });
}

test("does nothing where all is installed as the lock says, but for other platforms", async () => {
  await installed(JSON.stringify({ packages: INSTALLED }));
  expect(run()).toMatchObject({ status: 0, stdout: "", stderr: "" });
});

test.each([
  ["nothing is installed", undefined],
  ["an install was broken off", "{"],
  ["a package is missing", JSON.stringify({ packages: {} })],
  [
    "a version differs",
    JSON.stringify({ packages: { "node_modules/a": { version: "0.9.0", integrity: "sha512-a" } } }),
  ],
])("installs where %s, and is silent on stdout", async (_, text) => {
  if (text !== undefined) await installed(text);
  const { status, stdout, stderr } = run();
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  expect(stderr).toContain("npm ci --no-audit");
});

test("fails as npm fails", async () => {
  await fakeNpm(7);
  expect(run().status).toBe(7);
});

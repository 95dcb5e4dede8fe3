/** What is installed: pinned, the same everywhere, and one workerd. */
import { existsSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { CODE_VERSION } from "../../shared/core/version.ts";
import { ROOT, readJson } from "./source-files.ts";

interface Package {
  version: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}
interface LockEntry extends Package {
  integrity?: string;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
}

const own = readJson<Package>("package.json");
const { packages: lock } = readJson<{ packages: Record<string, LockEntry> }>("package-lock.json");
const wanted = Object.entries({ ...own.dependencies, ...own.devDependencies });

describe("package.json", () => {
  test.each(wanted)("pins %s to one version: %s", (name, version) => {
    expect(version).toMatch(/^\d+\.\d+\.\d+(-[0-9a-z.-]+)?$/);
    expect(lock[`node_modules/${name}`]?.version).toBe(version);
  });

  test("has the version that manifests name", () => {
    expect(CODE_VERSION).toBe(own.version);
    expect(lock[""]?.version).toBe(own.version);
  });

  test("says what the lock says", () => {
    expect(lock[""]?.dependencies).toEqual(own.dependencies);
    expect(lock[""]?.devDependencies).toEqual(own.devDependencies);
  });
});

describe("the lock", () => {
  const workerd = lock["node_modules/workerd"];

  test.each(["linux-64", "linux-arm64", "darwin-64", "darwin-arm64", "windows-64"])(
    "holds workerd for %s, of workerd's own version",
    (platform) => {
      const entry = lock[`node_modules/@cloudflare/workerd-${platform}`];
      expect(entry).toMatchObject({ version: workerd?.version, optional: true });
      expect(entry?.integrity).toMatch(/^sha512-/);
    },
  );

  test("holds a checksum of every package", () => {
    const without = Object.entries(lock).filter(([path, { integrity }]) => path !== "" && !integrity);
    expect(without.map(([path]) => path)).toEqual([]);
  });

  test("holds what every package needs on other platforms", () => {
    // npm installs an optional package only if the lock names it: what is missing here is missing on that platform.
    const missing = Object.entries(lock).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).flatMap((name) => (isLocked(path, name) ? [] : [name])),
    );
    expect(missing).toEqual([]);
  });
});

describe("node_modules", () => {
  test("has one workerd: tests, npm start and wrangler run the same", () => {
    const found = packagesIn("node_modules").filter((path) => path.endsWith("/workerd"));
    expect(found).toEqual(["node_modules/workerd"]);
    expect(readJson<Package>("node_modules/workerd/package.json").version).toBe(lock["node_modules/workerd"]?.version);
  });
});

/** As Node looks for it: beside the package, then in each node_modules above. */
function isLocked(from: string, name: string): boolean {
  let folder = from;
  for (;;) {
    if (lock[`${folder === "" ? "" : `${folder}/`}node_modules/${name}`] !== undefined) return true;
    if (folder === "") return false;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")));
  }
}

/** Paths of all installed packages, those within packages too. */
function packagesIn(folder: string): string[] {
  const paths = foldersIn(folder).flatMap((path) => (path.startsWith(`${folder}/@`) ? foldersIn(path) : [path]));
  return paths.flatMap((path) => [path, ...packagesIn(`${path}/node_modules`)]);
}

function foldersIn(folder: string): string[] {
  if (!existsSync(ROOT + folder)) return [];
  return readdirSync(ROOT + folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map((entry) => `${folder}/${entry.name}`);
}

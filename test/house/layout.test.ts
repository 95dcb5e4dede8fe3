/** What lies where, what it is called, how long it is. */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { filesBelow, isGenerated, ROOT } from "./source-files.ts";

const TOP_LEVEL = new Set([
  "workers",
  "shared",
  "migrations",
  "test",
  "wrangler.toml",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "biome.json",
  "vitest.config.ts",
  "README.md",
  "LICENSE",
  "CHANGELOG.md",
  "SECURITY.md",
  "CONTRIBUTING.md",
]);
/** Made here and ignored by git. */
const LEFT_BEHIND = new Set(["node_modules", "dist", "coverage"]);
const LINES_MAX = 300;

const OURS = [...filesBelow("shared"), ...filesBelow("workers")].filter(({ path }) => !isGenerated(path));
const ALL = [...OURS, ...filesBelow("test"), ...filesBelow("migrations")];

describe("the layout", () => {
  test("has nothing at the top but what the design names", () => {
    const unknown = readdirSync(ROOT).filter(
      (name) => !TOP_LEVEL.has(name) && !LEFT_BEHIND.has(name) && !name.startsWith(".") && !name.endsWith(".log"),
    );
    expect(unknown).toEqual([]);
  });

  test("has one folder a Worker, beside what runs them locally, what deploys them and the command line", () => {
    const folders = ["cli", "console", "curator", "deploy", "gateway", "ingest", "local"];
    expect(readdirSync(`${ROOT}workers`).sort()).toEqual(folders);
  });

  test("keeps shared/ one folder deep: a stage is a folder of files", () => {
    expect(OURS.filter(({ path }) => path.startsWith("shared/") && path.split("/").length !== 3)).toEqual([]);
  });
});

describe("a file", () => {
  test("is named in kebab-case, and so are its folders", () => {
    const kebab = /^([a-z0-9]+(-[a-z0-9]+)*\/)+([a-z0-9]+(-[a-z0-9]+)*)(\.[a-z0-9]+)+$/;
    const migration = /^migrations\/\d{4}(_[a-z0-9]+)+\.sql$/; // wrangler's own form
    const wrong = ALL.map(({ path }) => path).filter((path) => !kebab.test(path) && !migration.test(path));
    expect(wrong).toEqual([]);
  });

  test("is about one idea: none is utils, helpers or common", () => {
    const vague = /(^|\/)(utils?|helpers?|common|misc)(\.|\/|$)/;
    expect(OURS.map(({ path }) => path).filter((path) => vague.test(path))).toEqual([]);
  });

  test(`of shared/ or workers/ has ${LINES_MAX} lines at most`, () => {
    const texts = OURS.filter(({ path }) => !path.endsWith(".png"));
    const long = texts.map(({ path, text }) => ({ path, lines: text.trimEnd().split("\n").length }));
    expect(long.filter(({ lines }) => lines > LINES_MAX)).toEqual([]);
  });

  test("of code says at its head what it is", () => {
    const code = OURS.filter(({ path }) => /\.(ts|tsx|mjs|js)$/.test(path));
    expect(code.filter(({ text }) => !/^(#!.*\n)?\/\*\*/.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

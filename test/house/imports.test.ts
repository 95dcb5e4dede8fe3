/**
 * Imports run one way: workers/* → shared/store → shared/<stage> → shared/core. A stage imports core and no other stage.
 * Only workers/ sees Cloudflare's modules and Env; clock, randomness and fetch are passed into shared/.
 */
import { posix } from "node:path";
import { describe, expect, test } from "vitest";
import { filesBelow, importsOf, isGenerated, readJson } from "./source-files.ts";

const SHARED = filesBelow("shared");
const WORKERS = filesBelow("workers").filter(({ path }) => /\.(ts|tsx|mjs)$/.test(path) && !isGenerated(path));
const { dependencies } = readJson<{ dependencies: Record<string, string> }>("package.json");

interface Edge {
  from: string;
  to: string;
}

/** Imports of files, by paths from the top; imports of packages, as written. */
const EDGES = [...SHARED, ...WORKERS].flatMap(({ path, text }): Edge[] =>
  importsOf(text).map((to) => ({
    from: path,
    to: to.startsWith(".") ? posix.join(posix.dirname(path), to) : to,
  })),
);
const FILE_EDGES = EDGES.filter(({ to }) => to.includes("/") && !isPackage(to));
const PACKAGE_EDGES = EDGES.filter(({ to }) => isPackage(to));

function isPackage(to: string): boolean {
  return !/^(shared|workers|test|migrations|\.\.)(\/|$)/.test(to);
}

/** `shared/parse/price.ts` → `shared/parse`. */
function folderOf(path: string): string {
  return path.split("/").slice(0, 2).join("/");
}

function mayImport({ from, to }: Edge): boolean {
  const [own, other] = [folderOf(from), folderOf(to)];
  if (own === other) return true;
  if (own.startsWith("workers/")) return other.startsWith("shared/");
  if (own === "shared/store") return other.startsWith("shared/");
  return own !== "shared/core" && other === "shared/core";
}

function spell({ from, to }: Edge): string {
  return `${from} → ${to}`;
}

describe("imports", () => {
  test("were found: a rule that sees nothing holds nothing", () => {
    expect(FILE_EDGES.length).toBeGreaterThan(100);
    expect(EDGES.map(spell)).toContain("shared/core/keys.ts → shared/core/text.ts");
    expect(EDGES.map(spell)).toContain("workers/curator/night.ts → cloudflare:workers");
    expect(importsOf('import "./a.ts";\nconst b = import("./b.ts");\nexport * from "./c.ts";')).toHaveLength(3);
    expect(importsOf('// from "./no.ts"\n/* import "./no.ts" */')).toEqual([]);
  });

  test("run one way: workers, then store, then a stage, then core", () => {
    expect(FILE_EDGES.filter((edge) => !mayImport(edge)).map(spell)).toEqual([]);
  });

  test("of files name the file with its ending, which exists", () => {
    const known = new Set([...SHARED, ...WORKERS, ...filesBelow("workers")].map(({ path }) => path));
    expect(FILE_EDGES.filter(({ to }) => !known.has(to)).map(spell)).toEqual([]);
  });

  test("of packages are of those that are installed with the Workers; workers/local has its own, workers/cli and workers/deploy those of Node", () => {
    const allowed = [...Object.keys(dependencies), "cloudflare:workers", "cloudflare:workflows"];
    const wrong = PACKAGE_EDGES.filter(
      ({ from, to }) =>
        !from.startsWith("workers/local/") &&
        !(/^workers\/(cli|deploy)\//.test(from) && to.startsWith("node:")) &&
        !allowed.some((name) => to === name || to.startsWith(`${name}/`)),
    );
    expect(wrong.map(spell)).toEqual([]);
  });

  test("make no circle in shared/", () => {
    const values = SHARED.flatMap(({ path, text }) =>
      importsOf(text.replace(/\b(import|export) type [^;]*;/g, ""))
        .filter((to) => to.startsWith("."))
        .map((to) => ({ from: path, to: posix.join(posix.dirname(path), to) })),
    );
    expect(circleIn(values)).toEqual([]);
  });
});

describe("shared/", () => {
  test.each([
    ["Cloudflare's modules", /["']cloudflare:/],
    ["Node's modules", /["']node:/],
    ["a Worker's Env", /\b(Gateway|Ingest|Curator|Console)?Env\b/],
    ["the clock", /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(/],
    ["chance", /\bMath\.random\(/],
    ["the network or a timer", /(?<![.\w])fetch\(|\bsetTimeout\(|\bsetInterval\(/],
    ["the console", /\bconsole\.(log|error|warn|info|debug)\(/],
  ])("does not touch %s", (_what, pattern) => {
    expect(SHARED.filter(({ text }) => pattern.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test("draws what is random in one place, where ids are made", () => {
    const drawing = SHARED.filter(({ text }) => /\b(getRandomValues|randomUUID)\(/.test(text));
    expect(drawing.map(({ path }) => path)).toEqual(["shared/core/ids.ts"]);
  });
});

/** One circle, as the files on it; empty when there is none. */
function circleIn(edges: readonly Edge[]): string[] {
  const next = Map.groupBy(edges, ({ from }) => from);
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const { to } of next.get(file) ?? []) {
      const circle = visit(to, [...path, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of next.keys()) {
    const circle = visit(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

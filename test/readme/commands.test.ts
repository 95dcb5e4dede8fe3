/** Every command of the README and CONTRIBUTING is one that there is: run here, run by another test, or somebody else's. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { ROOT, readJson, readText } from "../house/source-files.ts";
import { KEY, SECRET } from "../whole-way/captures.ts";

const DOCUMENTS = ["README.md", "CONTRIBUTING.md"];
const { scripts, bin } = readJson<{ scripts: Record<string, string>; bin: { winnow: string } }>("package.json");

/** Of blocks of shell, the lines without their remarks; blocks that other tests run as a whole are left out. */
const LINES = DOCUMENTS.flatMap((path) => {
  const text = readText(path)
    .replace(/## Five minutes[\s\S]*?(?=\n## )/, "") // test/readme/five-minutes.test.ts
    .replace(/<!-- recipe: [\s\S]*?```\n[\s\S]*?```/g, ""); // test/cli/recipes.test.ts
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block = ""]) => block.trim().split("\n"));
}).map((line) => line.replace(/\s+#.*$/, ""));
const INLINE = DOCUMENTS.flatMap((path) => [...readText(path).matchAll(/`([^`\n]+)`/g)].map(([, code = ""]) => code));

/** Of other makers' tools, which are not here. */
const OTHERS = /^(together|firectl|export CLOUDFLARE_API_TOKEN=)/;
const WINNOW = /(?:^|&& )npx winnow ([^&]+?)(?: && .*)?$/;
const DEPLOY = /^npm run deploy(?: -- (.*))?$/;
const IMPORTED = {
  provider: "openai",
  request: { model: "gpt-4o-mini", messages: [{ role: "user", content: "Where is it?" }] },
  response: {
    id: "chatcmpl-1",
    model: "gpt-4o-mini",
    choices: [{ index: 0, message: { role: "assistant", content: "Here." } }],
  },
};

let winnow: Winnow;
let folder: string;
beforeAll(async () => {
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  folder = await mkdtemp(join(tmpdir(), "winnow-readme-"));
  await writeFile(join(folder, "logs.jsonl"), `${JSON.stringify(IMPORTED)}\n`);
});
afterAll(async () => {
  await winnow?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function run(file: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, WINNOW_URL: winnow.url, WINNOW_KEY: KEY };
  const child = spawn(process.execPath, [join(ROOT, file), ...args], {
    cwd: folder,
    env: env as unknown as NodeJS.ProcessEnv,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += String(data)));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, output })));
}

test("there are commands to look at", () => {
  expect(LINES.length).toBeGreaterThan(15);
  expect(LINES.filter((line) => WINNOW.test(line)).length).toBeGreaterThan(5);
  expect(LINES.filter((line) => DEPLOY.test(line))).toHaveLength(4);
});

describe("in a block", () => {
  const others = LINES.filter((line) => !WINNOW.test(line) && !DEPLOY.test(line));

  test.each(LINES.filter((line) => WINNOW.test(line)))("%s", async (line) => {
    const [, args = ""] = WINNOW.exec(line) ?? [];
    const { code, output } = await run(bin.winnow, args.split(" "));
    expect([0, 3], output).toContain(code); // 3: nothing new to pull
  });

  test.each(LINES.filter((line) => DEPLOY.test(line)))("%s, as a dry run without an account", async (line) => {
    const [, args = ""] = DEPLOY.exec(line) ?? [];
    const { code, output } = await run("workers/deploy/main.ts", [...args.split(" "), "--dry-run"].filter(Boolean));
    const isBack = args.includes("--rollback"); // of what, only an account can say
    expect([code, output]).toEqual([isBack ? 1 : 0, expect.stringContaining("CLOUDFLARE_API_TOKEN is not set")]);
  });

  test.each(others)("%s: a script or a folder that there is, or another maker's", (line) => {
    const [, script] = /^npm (?:run )?([a-z:-]+)$/.exec(line) ?? [];
    const [, tests] = /^npx vitest run (\S+)$/.exec(line) ?? [];
    const isHere = (script !== undefined && script in scripts) || (tests !== undefined && existsSync(ROOT + tests));
    expect(isHere || OTHERS.test(line), line).toBe(true);
  });
});

describe("in a sentence", () => {
  const named = (form: RegExp) => [...new Set(INLINE.flatMap((code) => form.exec(code)?.[1] ?? []))];

  test.each(named(/^npm run ([a-z:]+)/))("npm run %s is a script", (script) => {
    expect(scripts).toHaveProperty([script]);
  });

  test.each(named(/^(?:node|npx vitest run) (test\/\S+)/))("%s is there", (path) => {
    expect(existsSync(ROOT + path)).toBe(true);
  });

  test.each(named(/^((?:shared|workers|test)\/[\w./-]+)$/))("%s is there, too", (path) => {
    expect(existsSync(ROOT + path)).toBe(true);
  });
});

test("the scripts start files that there are", () => {
  const files = Object.values(scripts).flatMap((script) => script.match(/(?:workers|test)\/\S+\.(?:ts|mjs)/g) ?? []);
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((path) => !existsSync(ROOT + path))).toEqual([]);
});

test("the cost sheet is printed by the program that the README names", async () => {
  const { code, output } = await run("test/bench/cost-sheet.ts", []);
  expect(code).toBe(0);
  expect(readText("README.md")).toContain(output.trim());
});

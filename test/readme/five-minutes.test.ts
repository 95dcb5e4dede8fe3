/** The README's five minutes, command by command, as a reader would run them. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LOCAL_CLAIMS, makeKey } from "../../shared/core/keys.ts";
import { MacSigner } from "../../shared/core/mac.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { startStandin } from "../../workers/local/standin.ts";
import { ROOT, readText } from "../house/source-files.ts";

const SECRET = "a secret for tests, of 32 characters or more";
const KEY = await makeKey(LOCAL_CLAIMS, new MacSigner(SECRET));

let winnow: Winnow;
let standin: Awaited<ReturnType<typeof startStandin>>;
let folder: string;

beforeAll(async () => {
  standin = await startStandin({ port: 0 });
  winnow = await launch({ secrets: { WINNOW_SECRET: SECRET }, providers: { standin: standin.provider } });
  folder = await mkdtemp(join(ROOT, "node_modules", ".five-minutes-"));
});
afterAll(async () => {
  await winnow?.stop();
  await standin?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const hasShell = spawnSync("bash", ["-c", "curl --version"]).status === 0;
if (!hasShell) console.warn("five-minutes: bash or curl is missing here, so the README's commands are not run");

test.skipIf(!hasShell)("the five minutes of the README lead from a call to its row in a batch", async () => {
  const section = /## Five minutes[\s\S]*?(?=\n## )/.exec(readText("README.md"))?.[0] ?? "";
  const [, name, source] = /<!-- file: (\S+) -->\n```js\n([\s\S]*?)```/.exec(section) ?? [];
  const [first, ...commands] = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map((found) => found[1] ?? "");
  expect(first).toContain("export WINNOW_KEY=");
  expect(commands).toHaveLength(5);
  await writeFile(join(folder, name ?? "missing"), source ?? "");
  const script = commands.map((command, index) => `echo "--- ${index + 1}"\n${command}`).join("\n");
  const output = await runShell(`set -eu\n${script}\necho "--- end $ID"`);
  const [, , feedback, exchange, run, pulled] = output.split(/--- (?:\d|end)/);
  const id = /--- end (\S+)/.exec(output)?.[1]?.split(".")[0];
  expect(JSON.parse(feedback ?? "")).toEqual({ accepted: 2 });
  expect(JSON.parse(exchange ?? "")).toMatchObject({ id, task: "parcel-question" });
  expect(JSON.parse(exchange ?? "").user).toMatch(/^u_[\w-]{22}$/); // ada, as a keyed hash
  expect(run).toContain('"status":"done"');
  expect(run).toContain('"exported":1');
  expect(pulled).toContain('"schema": "winnow.manifest.1"');
  expect(pulled).toContain('"label":true');
  expect(pulled).toContain(`"exchangeId":"${id}"`);
});

function runShell(script: string): Promise<string> {
  const env = { ...process.env, WINNOW: winnow.url, WINNOW_KEY: KEY };
  const shell = spawn("bash", ["-c", script], { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  shell.stdout.on("data", (data) => {
    output += data;
  });
  shell.stderr.on("data", (data) => {
    errors += data;
  });
  return new Promise((resolve, reject) => {
    shell.on("error", reject);
    shell.on("close", (code) =>
      code === 0 ? resolve(output) : reject(new Error(`ended with ${code}: ${errors}${output}`)),
    );
  });
}

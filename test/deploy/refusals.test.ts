/** What a deployment says when something is missing, what a dry run shows, and that neither changes anything. */
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { DeployError } from "../../workers/deploy/deploy-error.ts";
import { WORKERS } from "../../workers/deploy/target.ts";
import { WORKERS as LOCAL } from "../../workers/local/worker-configs.ts";
import { SECRET, type Stage, setStage } from "./deploying.ts";

let stage: Stage;

beforeEach(async () => {
  stage = await setStage();
});
afterEach(() => stage.stop());

async function settings(text: string, environment = "production"): Promise<void> {
  await mkdir(join(stage.root, ".winnow", "deploy"), { recursive: true });
  await writeFile(join(stage.root, ".winnow", "deploy", `${environment}.env`), text);
}

/** The message, after which nothing is different. */
async function refusal(options?: Parameters<Stage["run"]>[0]): Promise<string> {
  const error = await stage.run(options).then(
    () => new Error("it was not refused"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DeployError);
  expect(stage.cloudflare.changes).toEqual([]);
  return (error as Error).message;
}

test("deployed are the Workers that run locally", () => {
  expect(Object.fromEntries(WORKERS.map(({ name, config }) => [name, config]))).toEqual(LOCAL);
});

describe("refused before anything changes", () => {
  test("no token: what it must be allowed, and where one is made", async () => {
    delete stage.env.CLOUDFLARE_API_TOKEN;
    expect(await refusal()).toMatch(/^CLOUDFLARE_API_TOKEN is not set;.*api-tokens.*D1: Edit/);
    expect(stage.cloudflare.asked).toEqual([]);
  });

  test("a token that Cloudflare does not take, which is not repeated", async () => {
    stage.env.CLOUDFLARE_API_TOKEN = "another-token";
    const message = await refusal();
    expect(message).toMatch(/refuses the token.*status 403: Authentication error \[10000\].*Queues: Edit/);
    expect(message).not.toContain("another-token");
  });

  test("an account that is none", async () => {
    stage.env.CLOUDFLARE_ACCOUNT_ID = "acme";
    expect(await refusal()).toMatch(/CLOUDFLARE_ACCOUNT_ID is "acme"; it is the 32 hexadecimal digits/);
  });

  test("an account without a workers.dev subdomain", async () => {
    stage.cloudflare.subdomain = null;
    expect(await refusal()).toMatch(/no workers\.dev subdomain.*choose one/);
  });

  test.each([
    ["OPENAI_APIKEY=x", /has OPENAI_APIKEY, which no Worker reads/],
    ["WINNOW_SECRET=short", /WINNOW_SECRET has 5 characters and needs 32/],
    [
      "WINNOW_DOMAIN=https://llm.example.com",
      /WINNOW_DOMAIN .* is "https:\/\/llm\.example\.com"; it is a host name alone/,
    ],
    ["COUNTERS_DATASET=my-counters", /COUNTERS_DATASET .* is "my-counters"; it is a name of letters/],
    ["PROVIDERS={", /PROVIDERS/],
  ])("settings that cannot be right: %s", async (line, message) => {
    await settings(`${line}\n`);
    expect(await refusal()).toMatch(message);
  });

  test("an environment whose name cannot end a name", async () => {
    expect(await refusal({ environment: "My Staging" })).toMatch(/--env is "My Staging"; it is 1 to 16 of a-z 0-9/);
  });

  test("a settings file that is not there", async () => {
    expect(await refusal({ settingsFile: "/nowhere/winnow.env" })).toMatch(/--settings is \/nowhere\/winnow\.env/);
  });

  test("Workers of which some have a secret that is not known here", async () => {
    const ingest = {
      versions: [],
      deployments: [],
      secrets: new Map([["WINNOW_SECRET", SECRET]]),
      crons: [],
      subdomain: false,
    };
    stage.cloudflare.scripts.set("winnow-ingest", ingest);
    expect(await refusal()).toMatch(/^winnow-ingest has a WINNOW_SECRET and the other Workers have none.*--new-secret/);
  });

  test("a rollback of what was never deployed", async () => {
    expect(await refusal({ rollback: true })).toMatch(/^nothing of production is deployed/);
  });
});

describe("a dry run", () => {
  test("without a token asks nobody, and shows all of it as to be made", async () => {
    delete stage.env.CLOUDFLARE_API_TOKEN;
    await stage.run({ dryRun: true });
    expect(stage.cloudflare.asked).toEqual([]);
    expect(stage.lines).toContain("would make D1 database winnow");
    expect(stage.lines.join("\n")).toMatch(/would run {2}migrations 0001_first\.sql, 0002/);
    expect(existsSync(join(stage.root, ".winnow", "deploy"))).toBe(false);
  });

  test("with one tells what is there from what is not, and changes nothing", async () => {
    await settings(`WINNOW_SECRET=${SECRET}\nOPENAI_API_KEY=sk-secret-value\nACCESS_TEAM=https://acme.example\n`);
    stage.cloudflare.buckets.add("winnow");
    await stage.run({ dryRun: true });
    expect(stage.cloudflare.changes).toEqual([]);
    expect(stage.lines).toContain("is there   R2 bucket winnow");
    expect(stage.lines).toContain("would make queue winnow-capture");
    expect(stage.lines).toContain("would make Worker winnow-gateway, with WINNOW_SECRET, OPENAI_API_KEY");
    expect(stage.lines).toContain("would make Worker winnow-console, with WINNOW_SECRET, ACCESS_TEAM");
    expect(stage.lines).toContain("would make Worker winnow-ingest, with WINNOW_SECRET");
    expect(stage.lines.join("\n")).not.toMatch(/sk-secret-value|5ec2e7/);
  });
});

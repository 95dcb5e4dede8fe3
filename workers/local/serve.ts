/**
 * The process that `npm start` (start.ts) runs winnow in: all four Workers and the stand-in provider, on this machine
 * alone. Prints one line on stdout once all of it answers; everything else goes to stderr.
 */
import { endBundling } from "./bundle-worker.ts";
import { readConfiguredCrons, startCronTimer } from "./configured-crons.ts";
import { startExampleApp } from "./example-app.ts";
import { launch, ROOT, type Winnow } from "./launch.ts";
import { type LocalSettings, readLocalSettings, SettingError } from "./local-settings.ts";
import { type Standin, startStandin } from "./standin.ts";

const READY_MS_MAX = 60_000;
const LOOK_MS = 50;
/** A Worker that hangs on one request may still answer the next. */
const ANSWER_MS_MAX = 5_000;

async function main(): Promise<void> {
  const ending = listenForTheEnd();
  const settings = await readLocalSettings({ environment: process.env, root: ROOT });
  const progress = watchProgress();
  const standin = await startStandin({ port: 0 });
  const winnow = await launchOrExplain(settings, standin);
  const example = await startExampleApp({ winnow: winnow.url, key: settings.key });
  ending.runFirst(async () => {
    await example.stop();
    await winnow.stop();
    await standin.stop();
  });
  await endBundling();
  for (const [what, path] of READY_PATHS) {
    progress.waitingFor(`${what} (${path})`);
    await untilAnswered(winnow.url + path, settings.key);
  }
  progress.done();
  fireCrons(winnow);
  process.stderr.write(`example app, with thumbs: ${example.url}\n`);
  process.stdout.write(`winnow ready: ${winnow.url} key ${settings.key}\n`);
}

/** Each goes one step further: the gateway, the console and the database behind it, the stand-in behind the proxy. */
const READY_PATHS = [
  ["the gateway", "/healthz"],
  ["the console", "/v1/health"],
  ["the stand-in provider", "/standin/v1/models"],
] as const;

/** start.ts says "stop", a second time when it is urgent; when its channel breaks, it is dead. */
function listenForTheEnd(): { runFirst(stop: () => Promise<void>): void } {
  let stop: (() => Promise<void>) | undefined;
  let stopping = false;
  process.on("message", (message) => {
    if (message !== "stop") return;
    // Still starting, or told again: Miniflare's exit hook ends workerd.
    if (stop === undefined || stopping) process.exit(stopping ? 1 : 0);
    stopping = true;
    stop().then(() => process.exit(0), fail);
  });
  process.on("disconnect", () => process.exit(0));
  if (!process.connected) process.exit(0); // it died while this process was loading
  return {
    runFirst: (given) => {
      stop = given;
    },
  };
}

async function launchOrExplain(settings: LocalSettings, standin: Standin): Promise<Winnow> {
  const { port, stateDir, secrets, providers } = settings;
  try {
    return await launch({
      port,
      stateDir,
      secrets,
      providers: { ...providers, ...standin.providers },
      log: (line) => process.stderr.write(`${line}\n`),
    });
  } catch (error) {
    if (!/EADDRINUSE|address already in use/i.test(String(error))) throw error;
    throw new SettingError(`port ${port} is in use; stop what holds it, or set PORT to another`);
  }
}

/** Ends the process when it is not ready in time, whatever it hangs on. */
function watchProgress(): { waitingFor(what: string): void; done(): void } {
  let current = "the Workers to load";
  const timer = setTimeout(() => {
    fail(new SettingError(`waited ${READY_MS_MAX / 1_000} s for ${current}, in vain; the log above may say why`));
  }, READY_MS_MAX);
  return {
    waitingFor: (what) => {
      current = what;
    },
    done: () => clearTimeout(timer),
  };
}

async function untilAnswered(address: string, key: string): Promise<void> {
  while (!(await answers(address, key))) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}

async function answers(address: string, key: string): Promise<boolean> {
  try {
    const headers = { "x-winnow-key": key, "x-winnow-capture": "off" };
    const response = await fetch(address, { headers, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** Nothing fires crons locally, so this does, by the Workers' own configs. */
function fireCrons(winnow: Winnow): void {
  startCronTimer({
    crons: readConfiguredCrons(),
    fire: ({ worker, cron }, at) => {
      winnow
        .scheduled(worker, cron, at)
        .catch((error: unknown) => process.stderr.write(`cron of ${worker}: ${String(error)}\n`));
    },
  });
}

function fail(error: unknown): never {
  const text = error instanceof SettingError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`winnow: ${text}\n`);
  process.exit(1); // Miniflare's exit hook ends workerd
}

main().catch(fail);

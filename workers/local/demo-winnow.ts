/** The winnow that the demo talks to: the one that is named, the one that runs on PORT, or one of its own that goes with it. */
import { endBundling } from "./bundle-worker.ts";
import { launch, ROOT } from "./launch.ts";
import { readLocalSettings, SettingError } from "./local-settings.ts";
import { startStandin } from "./standin.ts";

export interface RunningWinnow {
  url: string;
  key: string;
  /** Will it be there when the demo has ended? */
  stays: boolean;
  stop(): Promise<void>;
}

/** @param url of a winnow that must be there; its key is WINNOW_KEY, or the local one */
export async function findWinnow(url: string | undefined): Promise<RunningWinnow> {
  const settings = await readLocalSettings({ environment: process.env, root: ROOT });
  const { key, secrets } = settings;
  const named = (url ?? `http://127.0.0.1:${settings.port}`).replace(/\/+$/, "");
  const refusal = await refusalOf(named, key);
  if (refusal === undefined) {
    await needStandin(named, key);
    console.log(`winnow    ${named}, which was running`);
    return { url: named, key, stays: true, stop: async () => undefined };
  }
  if (url !== undefined) throw new SettingError(`the winnow of --url ${url} ${refusal}`);
  const standin = await startStandin({ port: 0 });
  const winnow = await launch({ secrets, providers: { ...settings.providers, standin: standin.provider } });
  await endBundling();
  console.log(`winnow    ${winnow.url}, started for this demo (the one at ${named} ${refusal})`);
  const stop = async () => {
    await winnow.stop();
    await standin.stop();
  };
  return { url: winnow.url, key, stays: false, stop };
}

/** Why this winnow will not do; undefined when it will. */
async function refusalOf(url: string, key: string): Promise<string | undefined> {
  try {
    const response = await fetch(`${url}/v1/health`, { headers: { "x-winnow-key": key } });
    await response.arrayBuffer();
    if (response.ok) return undefined;
    return response.status === 401 || response.status === 403
      ? "does not take the key: set WINNOW_KEY to one with all scopes"
      : `answers with ${response.status}`;
  } catch {
    return "does not answer";
  }
}

async function needStandin(url: string, key: string): Promise<void> {
  const headers = { "x-winnow-key": key, "x-winnow-capture": "off" };
  const response = await fetch(`${url}/standin/v1/models`, { headers });
  await response.arrayBuffer();
  if (response.ok) return;
  throw new SettingError(
    `the winnow at ${url} has no stand-in provider (${response.status} from /standin/v1/models), which the demo's calls go to; \`npm start\` brings one`,
  );
}

/** The winnow that the demo talks to: the one that runs on PORT, or one of its own that goes when the demo ends. */
import { launch, ROOT } from "./launch.ts";
import { readLocalSettings } from "./local-settings.ts";
import { startStandin } from "./standin.ts";

export interface RunningWinnow {
  url: string;
  key: string;
  stop(): Promise<void>;
}

export async function findWinnow(): Promise<RunningWinnow> {
  const settings = await readLocalSettings({ environment: process.env, root: ROOT });
  const { key, secrets } = settings;
  const running = `http://127.0.0.1:${settings.port}`;
  if (await answers(running, key)) {
    console.log(`using the winnow at ${running}`);
    return { url: running, key, stop: async () => undefined };
  }
  console.log("no winnow at %s that takes the local key; starting one for the demo", running);
  const standin = await startStandin({ port: 0 });
  const providers = { ...settings.providers, standin: standin.provider };
  const winnow = await launch({ secrets, providers });
  const stop = async () => {
    await winnow.stop();
    await standin.stop();
  };
  return { url: winnow.url, key, stop };
}

async function answers(url: string, key: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/v1/health`, { headers: { "x-winnow-key": key } });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

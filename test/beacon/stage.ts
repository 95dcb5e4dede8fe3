/** What a test of the beacon stands on: the Workers, pages of another origin, a browser, and ids to speak about. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { appTag } from "../../shared/core/app-tag.ts";
import { newExchangeId, signExchangeId } from "../../shared/core/ids.ts";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { openBrowser } from "../browser/chromium.ts";
import { SECRET, SIGNER } from "../whole-way/captures.ts";
import { type Pages, servePages } from "./pages.ts";

export interface Stage {
  workers: Winnow;
  pages: Pages;
  browser: Browser;
}

/** Set before the file's tests, and ended after them. */
export function setStage(): Stage {
  const stage = {} as Stage;
  beforeAll(async () => {
    stage.workers = await launch({ secrets: { WINNOW_SECRET: SECRET } });
    stage.pages = await servePages(stage.workers.url);
    stage.browser = await openBrowser();
  });
  afterAll(async () => {
    await stage.browser?.close();
    await stage.pages?.stop();
    await stage.workers?.stop();
  });
  return stage;
}

export function newId(): Promise<string> {
  return signExchangeId(newExchangeId(Date.now(), appTag("demo")), SIGNER);
}

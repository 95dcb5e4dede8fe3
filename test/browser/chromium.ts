/** A real Chromium, from npm alone, driven by playwright-core. */
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as driver } from "playwright-core";

/** @throws where the machine lacks what Chromium needs; the message names it */
export async function openBrowser(): Promise<Browser> {
  return driver.launch({ executablePath: await chromium.executablePath(), args: chromium.args, headless: true });
}

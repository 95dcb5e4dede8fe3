/** A real Chromium, from npm alone, driven by playwright-core. */
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as driver } from "playwright-core";

/** @throws where the machine lacks what Chromium needs; the message names it */
export async function openBrowser(): Promise<Browser> {
  // all in one process, as its own arguments have it, Chromium ends with the first context that is closed
  const args = chromium.args.filter((argument) => argument !== "--single-process" && argument !== "--no-zygote");
  return driver.launch({ executablePath: await chromium.executablePath(), args, headless: true });
}

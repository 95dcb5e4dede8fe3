/** A real Chromium, from npm alone, driven by playwright-core. */
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as driver } from "playwright-core";

/**
 * Playwright's own arguments, not the package's: those draw by a graphics card's emulation, which costs as much as all else, and
 * switch off what protects one origin from another.
 */
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-software-rasterizer", "--font-render-hinting=none"];

/** @throws where the machine lacks what Chromium needs; the message names it */
export async function openBrowser(): Promise<Browser> {
  return driver.launch({ executablePath: await chromium.executablePath(), args: ARGS, headless: true });
}

/**
 * Makes pictures of the console with a week of seeded traffic:
 *
 *     node test/console/screenshots.ts          those of the README, into workers/console/pages/screenshots/
 *     node test/console/screenshots.ts FOLDER   every page, wide and narrow, light and dark
 */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { launch, type Winnow } from "../../workers/local/launch.ts";
import { openBrowser } from "../browser/chromium.ts";
import { DAY_MS, dayBefore, live, nightOf, type Told } from "../night/nights.ts";
import { idOf, KEY, SECRET } from "../whole-way/captures.ts";
import { weekOfCalls } from "./week-of-calls.ts";

const README_FOLDER = join(import.meta.dirname, "../../workers/console/pages/screenshots");
const SIZES = {
  wide: { width: 1280, height: 900 },
  narrow: { width: 390, height: 844 },
  short: { width: 1280, height: 600 },
} as const;

interface Picture {
  name: string;
  path: string;
  size: keyof typeof SIZES;
  scheme: "light" | "dark";
  /** Down to the end of the page. */
  whole: boolean;
}

await main(process.argv[2]);

async function main(folder: string | undefined): Promise<void> {
  const winnow = await launch({ secrets: { WINNOW_SECRET: SECRET } });
  const browser = await openBrowser();
  try {
    const pages = await fill(winnow);
    const pictures = folder === undefined ? readmePictures(pages) : everyPicture(pages);
    await take({ winnow, browser, pictures, folder: folder ?? README_FOLDER });
  } finally {
    await browser.close();
    await winnow.stop();
  }
}

type Pages = Record<string, string>;

/** @returns addresses of pages by their names */
async function fill(winnow: Winnow): Promise<Pages> {
  const calls = weekOfCalls(dayBefore(7));
  await live(winnow, calls);
  let batch = "";
  // yesterday's calls are ripe only by and by, so its night would be another picture each hour
  for (let day = 7; day >= 2; day--) {
    const { batches } = await nightOf(winnow, { task: "answer-customer", dayMs: dayBefore(day) });
    batch = batches[0] ?? batch;
  }
  const disputed = calls.findLast(({ said, atMs }: Told) => said?.length === 2 && atMs < dayBefore(0) - DAY_MS);
  return {
    overview: "/console?range=7d",
    exchanges: "/console/exchanges",
    exchange: `/console/exchanges/${disputed === undefined ? "" : idOf(disputed)}`,
    review: "/console/review",
    batches: "/console/batches",
    batch: `/console/batches/${batch}`,
    readiness: "/console/readiness",
    "readiness-of-task": "/console/readiness?task=answer-customer&labelsMin=20",
    settings: "/console/settings",
    audit: "/console/audit",
    "sign-in": "/console/sign-in",
    docs: "/docs",
  };
}

function readmePictures(pages: Pages): Picture[] {
  const of = (name: string, rest: Omit<Picture, "name" | "path" | "whole">) => {
    return { name, path: pages[name] ?? "", whole: false, ...rest };
  };
  return [
    of("overview", { size: "short", scheme: "light" }),
    of("review", { size: "short", scheme: "light" }),
    of("batch", { size: "short", scheme: "dark" }),
  ];
}

function everyPicture(pages: Pages): Picture[] {
  return Object.entries(pages).flatMap(([name, path]) =>
    (["wide", "narrow"] as const).flatMap((size) =>
      (["light", "dark"] as const).map((scheme): Picture => {
        return { name: `${name}-${size}-${scheme}`, path, size, scheme, whole: true };
      }),
    ),
  );
}

async function take(options: { winnow: Winnow; browser: Browser; pictures: readonly Picture[]; folder: string }) {
  const { winnow, browser, pictures, folder } = options;
  await mkdir(folder, { recursive: true });
  const context = await browser.newContext({ locale: "en-US" });
  const page = await context.newPage();
  await page.goto(`${winnow.url}/console/sign-in`);
  await page.fill("#key", KEY);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${winnow.url}/console`);
  for (const picture of pictures) {
    if (picture.path === "/console/sign-in") await context.clearCookies();
    const bytes = await shoot(page, winnow.url, picture);
    await writeFile(join(folder, `${picture.name}.png`), bytes);
    console.log(`${picture.name}.png ${(bytes.length / 1_000).toFixed(0)} KB`);
  }
}

async function shoot(page: Page, origin: string, { path, size, scheme, whole }: Picture): Promise<Buffer> {
  await page.setViewportSize(SIZES[size]);
  await page.emulateMedia({ colorScheme: scheme });
  await page.goto(origin + path, { waitUntil: "load" });
  return page.screenshot({ fullPage: whole });
}

/**
 * What pages load: styles and scripts, each at an address with the hash of its content, so that a browser keeps it for good
 * and never mixes two versions. Nothing in them is anyone's, so they need no signing in.
 */
import type { Hono } from "hono";
import uplotScript from "uplot/dist/uPlot.iife.min.js" with { type: "text" };
import uplotStyle from "uplot/dist/uPlot.min.css" with { type: "text" };
import { fingerprint } from "../../../shared/core/hash.ts";
import type { PagesContext } from "../session.ts";
import icon from "./icon.svg" with { type: "text" };
import plotsScript from "./plots.js" with { type: "text" };
import reviewKeysScript from "./review-keys.js" with { type: "text" };
import style from "./style.css" with { type: "text" };
import pagesStyle from "./style-pages.css" with { type: "text" };
import partsStyle from "./style-parts.css" with { type: "text" };
import tablesStyle from "./style-tables.css" with { type: "text" };

export const FILES_PATH = "/console/files/";

const TYPES = { css: "text/css", js: "text/javascript", svg: "image/svg+xml" } as const;

interface PageFile {
  path: string;
  type: string;
  text: string;
}

export const PAGE_FILES = {
  style: fileOf("style", "css", `${style}\n${tablesStyle}\n${partsStyle}\n${pagesStyle}`),
  icon: fileOf("icon", "svg", icon),
  plotStyle: fileOf("uplot", "css", uplotStyle),
  plotLibrary: fileOf("uplot", "js", uplotScript),
  plots: fileOf("plots", "js", plotsScript),
  reviewKeys: fileOf("review-keys", "js", reviewKeysScript),
} as const satisfies Record<string, PageFile>;

const BY_PATH = new Map(Object.values(PAGE_FILES).map((file) => [file.path, file]));

export function serveFiles(routes: Hono<PagesContext>): void {
  routes.get("/files/:name", (c) => {
    const file = BY_PATH.get(FILES_PATH + c.req.param("name"));
    if (file === undefined)
      return c.text("no such file: the page that names it is of another version; load it again", 404);
    return c.body(file.text, 200, {
      "content-type": `${file.type}; charset=utf-8`,
      "cache-control": "public, max-age=31536000, immutable",
    });
  });
}

function fileOf(name: string, extension: keyof typeof TYPES, text: string): PageFile {
  return { path: `${FILES_PATH}${name}.${fingerprint(text)}.${extension}`, type: TYPES[extension], text };
}

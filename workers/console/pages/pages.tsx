/**
 * The pages at /console: made on the server, usable without any script, safe whatever was captured. Each section is a file;
 * what they share is the frame (frame.tsx), the headers (safety.ts) and who may (guard.tsx).
 */
import { Hono } from "hono";
import { listenerOf, tell } from "../../../shared/telemetry/tell.ts";
import { findSession, type PagesContext } from "../session.ts";
import { auditPage } from "./audit-page.tsx";
import { batchDownloads } from "./batch-files.tsx";
import { batchList } from "./batch-list.tsx";
import { batchPage } from "./batch-page.tsx";
import { exchangeList } from "./exchange-list.tsx";
import { exchangePage } from "./exchange-page.tsx";
import { serveFiles } from "./files.ts";
import { showPage } from "./frame.tsx";
import { needs, showNotFound } from "./guard.tsx";
import { overviewPage } from "./overview.tsx";
import { readinessPage } from "./readiness-page.tsx";
import { reviewPage } from "./review-page.tsx";
import { safety } from "./safety.ts";
import { settingsPage } from "./settings-page.tsx";
import { signInPages } from "./sign-in.tsx";
import { statusPage } from "./status-page.tsx";

export const pageRoutes = new Hono<PagesContext>();

pageRoutes.use(safety);
serveFiles(pageRoutes);
pageRoutes.use(findSession);
signInPages(pageRoutes);
overviewPage(pageRoutes);
exchangeList(pageRoutes);
exchangePage(pageRoutes);
batchList(pageRoutes);
batchPage(pageRoutes);
batchDownloads(pageRoutes);
reviewPage(pageRoutes);
readinessPage(pageRoutes);
settingsPage(pageRoutes);
statusPage(pageRoutes);
auditPage(pageRoutes);

pageRoutes.all("/*", needs("viewer"), (c) =>
  showNotFound(c, `There is no page at ${c.req.path}. The bar at the top leads to those there are.`),
);

pageRoutes.onError((error, c) => {
  tell(listenerOf(c.env, console.error), { event: "page_error", path: c.req.path, error });
  return showPage(c, {
    title: "Something failed",
    status: 500,
    children: (
      <section class="card">
        <h1>Something failed</h1>
        <p>This failed on winnow's side; the log of the console's Worker has the reason. It may be tried again.</p>
      </section>
    ),
  });
});

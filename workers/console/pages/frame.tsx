/** The frame of every page: head, skip link, navigation, who is signed in. No script and no style stands in the page. */
import type { Child } from "hono/jsx";
import { mayAct, type Role } from "../../../shared/session/session.ts";
import type { PageContext, Session } from "../session.ts";
import { PAGE_FILES } from "./files.ts";

export interface Page {
  title: string;
  children: Child;
  /** With uPlot and what draws with it. */
  plots?: boolean;
  /** With what works the review page by keyboard. */
  keys?: boolean;
  status?: 200 | 400 | 401 | 403 | 404 | 500;
}

/** In the order of the bar. */
export const SECTIONS: readonly { path: string; name: string; role: Role }[] = [
  { path: "/console", name: "Overview", role: "viewer" },
  { path: "/console/exchanges", name: "Exchanges", role: "viewer" },
  { path: "/console/review", name: "Review", role: "reviewer" },
  { path: "/console/batches", name: "Batches", role: "viewer" },
  { path: "/console/readiness", name: "Readiness", role: "viewer" },
  { path: "/console/status", name: "Status", role: "admin" },
  { path: "/console/settings", name: "Settings", role: "admin" },
  { path: "/console/audit", name: "Audit log", role: "admin" },
];

export function showPage(c: PageContext, page: Page): Response | Promise<Response> {
  const session = c.get("session");
  const { title, children, plots = false, keys = false, status = 200 } = page;
  const document = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · winnow`}</title>
        <link rel="icon" href={PAGE_FILES.icon.path} />
        <link rel="stylesheet" href={PAGE_FILES.style.path} />
        {plots && <link rel="stylesheet" href={PAGE_FILES.plotStyle.path} />}
        {plots && <script src={PAGE_FILES.plotLibrary.path} defer />}
        {plots && <script src={PAGE_FILES.plots.path} defer />}
        {keys && <script src={PAGE_FILES.reviewKeys.path} defer />}
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        {session !== undefined && <Bar session={session} path={c.req.path} />}
        <main id="main" tabindex={-1}>
          {children}
        </main>
      </body>
    </html>
  );
  return c.html(`<!doctype html>${document.toString()}`, status);
}

function Bar({ session, path }: { session: Session; path: string }) {
  const own = SECTIONS.filter(({ role }) => mayAct(session.role, role));
  return (
    <header class="bar">
      <a class="brand" href="/console">
        winnow
      </a>
      <nav aria-label="Sections">
        <ul>
          {own.map((section) => (
            <li>
              <a href={section.path} aria-current={isCurrent(section.path, path) ? "page" : undefined}>
                {section.name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <form class="who" method="post" action="/console/sign-out">
        <FormToken session={session} />
        <span>
          <b>{session.app}</b> <span class="muted">{`${session.who}, ${session.role}`}</span>
        </span>
        <button type="submit" class="plain">
          Sign out
        </button>
      </form>
    </header>
  );
}

/** In every form that changes something (session.ts, isOwnForm). */
export function FormToken({ session }: { session: Session }) {
  return <input type="hidden" name="form" value={session.form} />;
}

function isCurrent(section: string, path: string): boolean {
  return path === section || (section !== "/console" && path.startsWith(`${section}/`));
}

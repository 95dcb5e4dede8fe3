/** Who may see a page and send its forms: the role that the route names, and forms that our own pages sent. */
import type { MiddlewareHandler } from "hono";
import { mayAct, type Role } from "../../../shared/session/session.ts";
import { isOwnForm, type PageContext, type PagesContext, type Session } from "../session.ts";
import { showPage } from "./frame.tsx";

/** For every page behind signing in. */
export function needs(role: Role): MiddlewareHandler<PagesContext> {
  return async (c, next) => {
    const session = c.get("session");
    if (session === undefined) return toSignIn(c);
    if (!mayAct(session.role, role))
      return showRefusal(c, `This page is for the role ${role}, and you are ${session.role}.`);
    if (c.req.method !== "GET" && c.req.method !== "HEAD" && !(await isOwnForm(c, await tokenOf(c)))) {
      return showRefusal(
        c,
        "This form is not from a page of your session. Load the page again, and send it from there.",
      );
    }
    return next();
  };
}

/** Of a route behind `needs`. */
export function sessionOf(c: PageContext): Session {
  const session = c.get("session");
  if (session === undefined) throw new Error(`${c.req.path} is not behind needs()`);
  return session;
}

export function showNotFound(c: PageContext, text: string) {
  return showPage(c, {
    title: "Not found",
    status: 404,
    children: (
      <section class="card">
        <h1>Not found</h1>
        <p>{text}</p>
      </section>
    ),
  });
}

function showRefusal(c: PageContext, text: string) {
  return showPage(c, {
    title: "Not allowed",
    status: 403,
    children: (
      <section class="card">
        <h1>Not allowed</h1>
        <p>{text}</p>
      </section>
    ),
  });
}

function toSignIn(c: PageContext): Response {
  const { pathname, search } = new URL(c.req.url);
  const next =
    c.req.method === "GET" && pathname !== "/console" ? `?next=${encodeURIComponent(pathname + search)}` : "";
  return c.redirect(`/console/sign-in${next}`, 303);
}

async function tokenOf(c: PageContext): Promise<unknown> {
  return (await c.req.parseBody()).form;
}

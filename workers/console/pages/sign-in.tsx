/** Signing in and out: a winnow key for a cookie. The key is sent once, as a form, and is kept nowhere. */
import type { Hono } from "hono";
import { writeAudit } from "../audit.ts";
import {
  isOwnForm,
  isSameOrigin,
  type PageContext,
  type PagesContext,
  type SignIn,
  signIn,
  signOut,
} from "../session.ts";
import { showPage } from "./frame.tsx";
import { nextOf } from "./next-page.ts";

/** Cloudflare Access answers there, before winnow does. */
const ACCESS_SIGN_OUT = "/cdn-cgi/access/logout";

const REFUSED: Record<Extract<SignIn, { ok: false }>["reason"] | "elsewhere", string> = {
  wrong: "This is not a key that this winnow made. Check it for missing characters.",
  ended: "This key has expired or was revoked. Ask an admin for a new one.",
  no_page: "This key may not look at pages: it takes scope admin, or pull (with feedback, to review).",
  elsewhere: "This form was sent from another site. Sign in on this page.",
};

export function signInPages(routes: Hono<PagesContext>): void {
  routes.get("/sign-in", (c) => {
    if (c.get("session") !== undefined) return c.redirect(nextOf(c.req.query("next")), 303);
    return showSignIn(c, { next: nextOf(c.req.query("next")) });
  });

  routes.post("/sign-in", async (c) => {
    const { key, next } = await c.req.parseBody();
    const to = nextOf(next);
    if (!isSameOrigin(c)) return showSignIn(c, { next: to, refused: "elsewhere" });
    const signedIn = await signIn(c, typeof key === "string" ? key.trim() : "");
    if (!signedIn.ok) return showSignIn(c, { next: to, refused: signedIn.reason });
    const { app, who, role } = signedIn.session;
    await writeAudit(c.env.DB, { app, actor: who, act: "signed in", detail: `as ${role}` });
    return c.redirect(to, 303);
  });

  routes.post("/sign-out", async (c) => {
    const session = c.get("session");
    if (session !== undefined && (await isOwnForm(c, (await c.req.parseBody()).form))) {
      signOut(c);
      await writeAudit(c.env.DB, { app: session.app, actor: session.who, act: "signed out" });
      if (session.claims === undefined) return c.redirect(ACCESS_SIGN_OUT, 303);
    }
    return c.redirect("/console/sign-in", 303);
  });
}

function showSignIn(c: PageContext, { next, refused }: { next: string; refused?: keyof typeof REFUSED }) {
  const problem = refused === undefined ? undefined : REFUSED[refused];
  return showPage(c, {
    title: "Sign in",
    status: problem === undefined ? 200 : 401,
    children: (
      <form class="card sign-in" method="post" action="/console/sign-in">
        <h1>Sign in to winnow</h1>
        {problem !== undefined && (
          <p class="problem" role="alert" id="problem">
            {problem}
          </p>
        )}
        <input type="hidden" name="next" value={next} />
        <label for="key">winnow key</label>
        <input
          id="key"
          name="key"
          type="password"
          required
          autofocus
          autocomplete="current-password"
          spellcheck={false}
          aria-describedby={problem === undefined ? "hint" : "problem hint"}
        />
        <p class="hint" id="hint">
          A key that begins with <code>wk_</code>. Scope <code>admin</code> opens everything, <code>pull</code> with{" "}
          <code>feedback</code> reviews, <code>pull</code> alone looks. Locally, <code>npm start</code> prints one.
        </p>
        <button type="submit">Sign in</button>
      </form>
    ),
  });
}

/** Somebody who looks at the console without a browser: a cookie, the pages it opens, and their forms. */
import type { Winnow } from "../../workers/local/launch.ts";

export interface Visitor {
  get(path: string): Promise<Response>;
  /** Sends a form as the browser would, with the token of this session's pages. */
  post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Response>;
  cookie: string;
  form: string;
}

/** @throws where the key opens nothing */
export async function visit(winnow: Winnow, key: string): Promise<Visitor> {
  const answer = await sendKey(winnow, { key });
  const cookie = answer.headers.get("set-cookie")?.split(";")[0];
  if (answer.status !== 303 || cookie === undefined) throw new Error(`signing in: ${answer.status}`);
  const get = (path: string) => fetch(winnow.url + path, { headers: { cookie }, redirect: "manual" });
  const form = formOf(await (await get("/console/no-such-page")).text());
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    fetch(winnow.url + path, {
      method: "POST",
      headers: { cookie, origin: winnow.url, ...headers },
      body: new URLSearchParams({ form, ...fields }),
      redirect: "manual",
    });
  return { get, post, cookie, form };
}

export function sendKey(
  winnow: Winnow,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Response> {
  const body = new URLSearchParams(fields);
  return fetch(`${winnow.url}/console/sign-in`, { method: "POST", headers, body, redirect: "manual" });
}

export function formOf(page: string): string {
  const token = /name="form" value="([\w-]+)"/.exec(page)?.[1];
  if (token === undefined) throw new Error("the page has no form of a session");
  return token;
}

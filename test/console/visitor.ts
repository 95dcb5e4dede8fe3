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

/** What a browser would send of a form as it stands in the page: the later of two with one name. */
export function fieldsIn(page: string, action: string): Record<string, string> {
  const [form = ""] = new RegExp(`<form[^>]*action="${action}"[\\s\\S]*?</form>`).exec(page) ?? [];
  const fields: Record<string, string> = {};
  for (const [tag, kind] of form.matchAll(/<(input|textarea|select)[^>]*>/g)) {
    const name = attributeIn(tag, "name");
    const at = form.indexOf(tag) + tag.length;
    if (name === undefined || (attributeIn(tag, "type") === "checkbox" && !/ checked/.test(tag))) continue;
    if (kind === "input") fields[name] = plain(attributeIn(tag, "value") ?? "");
    else if (kind === "textarea") fields[name] = plain(form.slice(at, form.indexOf("</textarea>", at)));
    else fields[name] = /value="([^"]*)" selected/.exec(form.slice(at, form.indexOf("</select>", at)))?.[1] ?? "";
  }
  return fields;
}

function attributeIn(tag: string, name: string): string | undefined {
  return new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
}

function plain(html: string): string {
  const characters: Record<string, string> = { quot: '"', lt: "<", gt: ">", amp: "&", "#39": "'" };
  return html.replace(/&(quot|lt|gt|amp|#39);/g, (_, name: string) => characters[name] ?? "");
}

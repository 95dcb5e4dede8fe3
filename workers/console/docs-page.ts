/** /docs: the API reference as one page without a script. All of its text is ours; it is escaped all the same. */
import { html, raw } from "hono/html";
import type { OpenapiDocument, Operation } from "./openapi-document.ts";

export const DOCS_POLICY =
  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const DOCS_STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:60rem;margin:0 auto;padding:1rem}
h2{margin-top:2rem;font-size:1.05rem}code,pre{font-family:ui-monospace,monospace;font-size:.9em}pre{overflow:auto;padding:.75rem;border:1px solid #8885;border-radius:.4rem;max-height:24rem}
.method{display:inline-block;min-width:4.2em;font-weight:700;text-transform:uppercase}td,th{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top}.scope{opacity:.75}`;

export function docsPage(document: OpenapiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => section({ path, method, operation })),
  );
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>winnow: API reference</title><link rel="stylesheet" href="/docs/style.css"></head><body><main><h1>winnow: API reference</h1><p>${document.info.description} The same as a document: <a href="/openapi.json">/openapi.json</a>.</p>${operations}</main></body></html>`;
  return String(page);
}

function section({ path, method, operation }: { path: string; method: string; operation: Operation }) {
  const scopes = operation.security.flatMap(({ winnowKey }) => winnowKey).join(" or ");
  const [content] = Object.values(operation.requestBody?.content ?? {});
  const body = content?.schema;
  const id = `${method}${path.replace(/[^a-z0-9]+/gi, "-")}`;
  const [[status, { description }] = ["", { description: "" }]] = Object.entries(operation.responses);
  return html`<section aria-labelledby="${id}"><h2 id="${id}"><span class="method">${method}</span> <code>${path}</code></h2><p>${operation.summary} <span class="scope">${scopes === "" ? "No key needed." : `Key of scope ${scopes}.`}</span></p>${parameters(operation)}${body === undefined ? "" : html`<details><summary>Body</summary><pre>${JSON.stringify(body, null, 2)}</pre></details>`}<p>${status}: ${description}</p></section>`;
}

function parameters({ parameters: all }: Operation) {
  if (all.length === 0) return raw("");
  const rows = all.map(
    ({ name, in: where, required, schema }) =>
      html`<tr><td><code>${name}</code></td><td>${where}${required ? ", required" : ""}</td><td><code>${describe(schema)}</code></td></tr>`,
  );
  return html`<table><tbody>${rows}</tbody></table>`;
}

function describe(schema: object): string {
  const {
    type,
    enum: values,
    pattern,
    format,
  } = schema as { type?: string; enum?: string[]; pattern?: string; format?: string };
  if (values !== undefined) return values.join(" | ");
  return [type ?? "", format ?? pattern ?? ""].filter((part) => part !== "").join(" ");
}

/** GET /openapi.json, and /docs, which shows it to people; GET /manifest.schema.json, the manifest in JSON Schema. */
import { Hono } from "hono";
import { MANIFEST_JSON_SCHEMA } from "../../shared/export/manifest-schema.ts";
import type { ConsoleContext } from "./authorise.ts";
import { DOCS_POLICY, DOCS_STYLE, docsPage } from "./docs-page.ts";
import { openapiDocument } from "./openapi-document.ts";

export const openapiRoutes = new Hono<ConsoleContext>();

openapiRoutes.get("/openapi.json", (c) => c.json(openapiDocument(), 200, { "access-control-allow-origin": "*" }));

openapiRoutes.get("/manifest.schema.json", (c) =>
  c.json(MANIFEST_JSON_SCHEMA, 200, { "access-control-allow-origin": "*" }),
);

openapiRoutes.get("/docs", (c) => {
  const headers = { "content-security-policy": DOCS_POLICY, "referrer-policy": "no-referrer" };
  return c.html(docsPage(openapiDocument()), 200, headers);
});

openapiRoutes.get("/docs/style.css", (c) => c.body(DOCS_STYLE, 200, { "content-type": "text/css; charset=utf-8" }));

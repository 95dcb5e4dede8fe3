/** GET /openapi.json, and /docs, which shows it to people; GET /manifest.schema.json, the manifest in JSON Schema. */
import { Hono } from "hono";
import { MANIFEST_JSON_SCHEMA } from "../../shared/export/manifest-schema.ts";
import type { ConsoleContext } from "./authorise.ts";
import { DOCS_FILES, docsPage, docsPolicy } from "./docs/docs-page.tsx";
import { openapiDocument } from "./openapi-document.ts";

export const openapiRoutes = new Hono<ConsoleContext>();

openapiRoutes.get("/openapi.json", (c) => c.json(openapiDocument(), 200, { "access-control-allow-origin": "*" }));

openapiRoutes.get("/manifest.schema.json", (c) =>
  c.json(MANIFEST_JSON_SCHEMA, 200, { "access-control-allow-origin": "*" }),
);

openapiRoutes.get("/docs", (c) => {
  const { origin } = new URL(c.req.url);
  const headers = {
    "content-security-policy": docsPolicy(origin),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  };
  return c.html(docsPage(openapiDocument(), origin), 200, headers);
});

for (const { path, text, type } of Object.values(DOCS_FILES)) {
  openapiRoutes.get(path, (c) =>
    c.body(text, 200, {
      "content-type": type,
      "cache-control": "public, max-age=31536000, immutable",
      "x-content-type-options": "nosniff",
    }),
  );
}

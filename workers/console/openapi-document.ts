/** The OpenAPI 3.1 document of winnow's own API, made of the schemas that requests are validated by. */
import * as z from "zod";
import { API_ERROR_STATUSES } from "../../shared/core/api-error.ts";
import type { Json } from "../../shared/core/json.ts";
import { CODE_VERSION } from "../../shared/core/version.ts";
import type { ApiRoute } from "./api-route.ts";
import { API_ROUTES } from "./api-routes.ts";

export interface OpenapiDocument {
  openapi: "3.1.0";
  info: { title: string; version: string; description: string };
  /** In the order of the reference. */
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { securitySchemes: object; schemas: { Error: typeof ERROR } };
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  security: { winnowKey: string[] }[];
  parameters: { name: string; in: "path" | "query"; required: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object; example?: Json }> };
  responses: Record<string, { description: string; content: object }>;
}

export function openapiDocument(): OpenapiDocument {
  const paths: OpenapiDocument["paths"] = {};
  for (const route of API_ROUTES) paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  return {
    openapi: "3.1.0",
    info: {
      title: "winnow",
      version: CODE_VERSION,
      description:
        "Feedback, nightly batches and everything around them. Calls to providers go to /{provider}/… as they are.",
    },
    tags: [...new Set(API_ROUTES.map(({ path }) => tagOf(path)))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { winnowKey: { type: "apiKey", in: "header", name: "x-winnow-key" } },
      schemas: { Error: ERROR },
    },
  };
}

const ERROR = {
  type: "object",
  properties: {
    error: {
      type: "object",
      properties: { code: { type: "string", enum: Object.keys(API_ERROR_STATUSES) }, message: { type: "string" } },
      required: ["code", "message"],
    },
  },
  required: ["error"],
  "x-statuses": API_ERROR_STATUSES,
};

function operationOf(route: ApiRoute): Operation {
  const { method, path, scopes, summary, query, body, bodyType = "application/json", status, answer, example } = route;
  const { contentType = "application/json" } = route;
  const failed = {
    description: "What failed, and what to do.",
    content: { "application/json": { schema: ERROR_REF } },
  };
  return {
    operationId: operationIdOf(method, path),
    tags: [tagOf(path)],
    summary,
    security: scopes.map((scope) => ({ winnowKey: [scope] })),
    parameters: [...pathParameters(path), ...(query === undefined ? [] : queryParameters(query))],
    ...(body !== undefined && {
      requestBody: { content: { [bodyType]: { schema: schemaOf(body), ...(example !== undefined && { example }) } } },
    }),
    responses: { [status]: { description: answer, content: { [contentType]: {} } }, default: failed },
  };
}

/** By the first name in a path; what is not named here stands by itself. */
const TAGS: Readonly<Record<string, string>> = {
  "eval-sets": "Eval sets",
  erasures: "People and erasure",
  users: "People and erasure",
  admin: "Health and repair",
  health: "Health and repair",
  healthz: "Health and repair",
};

function tagOf(path: string): string {
  const name = path.replace(/^\/v1/, "").split("/")[1] ?? "";
  return TAGS[name] ?? `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

/** `getBatchesIdFiles`: what generated clients call it. */
function operationIdOf(method: string, path: string): string {
  const words = path.replace(/^\/v1/, "").split(/[^a-z0-9]+/i);
  return method + words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
}

const ERROR_REF = { $ref: "#/components/schemas/Error" };

function pathParameters(path: string): Operation["parameters"] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => {
    return { name, in: "path", required: true, schema: { type: "string" } };
  });
}

function queryParameters(query: z.ZodObject): Operation["parameters"] {
  const { properties = {}, required = [] } = schemaOf(query) as {
    properties?: Record<string, object>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => {
    return { name, in: "query", required: required.includes(name), schema };
  });
}

/** As it is sent, before it is turned into anything. */
function schemaOf(schema: z.ZodType): object {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return rest;
}

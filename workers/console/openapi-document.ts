/** The OpenAPI 3.1 document of winnow's own API, made of the schemas that requests are validated by. */
import * as z from "zod";
import { CODE_VERSION } from "../../shared/core/version.ts";
import type { ApiRoute } from "./api-route.ts";
import { API_ROUTES } from "./api-routes.ts";

export interface OpenapiDocument {
  openapi: "3.1.0";
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: object;
}

export interface Operation {
  summary: string;
  security: { winnowKey: string[] }[];
  parameters: { name: string; in: "path" | "query"; required: boolean; schema: object }[];
  requestBody?: { content: Record<string, { schema: object }> };
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
      properties: { code: { type: "string" }, message: { type: "string" } },
      required: ["code", "message"],
    },
  },
  required: ["error"],
};

function operationOf(route: ApiRoute): Operation {
  const { scopes, summary, query, body, bodyType = "application/json", status, answer } = route;
  const { contentType = "application/json" } = route;
  const failed = {
    description: "What failed, and what to do.",
    content: { "application/json": { schema: ERROR_REF } },
  };
  return {
    summary,
    security: scopes.map((scope) => ({ winnowKey: [scope] })),
    parameters: [...pathParameters(route.path), ...(query === undefined ? [] : queryParameters(query))],
    ...(body !== undefined && { requestBody: { content: { [bodyType]: { schema: schemaOf(body) } } } }),
    responses: { [status]: { description: answer, content: { [contentType]: {} } }, default: failed },
  };
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

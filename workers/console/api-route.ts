/** A route of winnow's own API, as /openapi.json tells of it. */
import type * as z from "zod";
import type { Json } from "../../shared/core/json.ts";
import type { Scope } from "../../shared/core/keys.ts";

export interface ApiRoute {
  method: "get" | "post" | "put" | "delete";
  /** Parameters in braces. */
  path: string;
  /** One of them is enough; none: nobody has to say who he is. */
  scopes: readonly Scope[];
  summary: string;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** A body that `body` takes; a test holds it to that. */
  example?: Json;
  /** JSON where it is left out. */
  bodyType?: string;
  /** Of the answer that is hoped for. */
  status: 200 | 201 | 202 | 302;
  answer: string;
  contentType?: string;
  /** Not served by the console. */
  elsewhere?: true;
}

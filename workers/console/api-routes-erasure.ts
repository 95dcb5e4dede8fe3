/** Routes by which what is held is erased, told, and made again. */
import type { ApiRoute } from "./api-route.ts";
import { rebuildSchema } from "./rebuild.ts";

export const ERASURE_ROUTES: readonly ApiRoute[] = [
  {
    method: "delete",
    path: "/v1/exchanges/{id}",
    scopes: ["admin"],
    summary:
      "Erases an exchange, and the later turns that repeat it: rows, bodies, feedback, and files of batches that hold them.",
    status: 200,
    answer: "`erasure`, `exchanges`, `done`, and the `batches` that had held them. 202 where it goes on.",
  },
  {
    method: "delete",
    path: "/v1/users/{user}",
    scopes: ["admin"],
    summary: "Erases a user, by the name that the app sent.",
    status: 200,
    answer: "As for an exchange.",
  },
  {
    method: "get",
    path: "/v1/users/{user}",
    scopes: ["admin"],
    summary: "All that is held on a user.",
    status: 200,
    answer: "A line an exchange, and one for each word of theirs.",
    contentType: "application/x-ndjson",
  },
  {
    method: "get",
    path: "/v1/erasures/{id}",
    scopes: ["admin"],
    summary: "How an erasure goes.",
    status: 200,
    answer: "As the DELETE answered.",
  },
  {
    method: "post",
    path: "/v1/admin/rebuild",
    scopes: ["admin"],
    summary: "Makes rows of D1 again from the segments in R2, some at a time: send `cursor` again until it is null.",
    body: rebuildSchema,
    example: {},
    status: 200,
    answer: "What was missing, what lies apart, and the `cursor`.",
  },
];

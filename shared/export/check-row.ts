/** A check of one published row: a zod schema, then the rules that no schema holds. */
import type * as z from "zod";
import type { Json } from "../core/json.ts";
import type { RowProblem } from "./format.ts";

/** The schema first; the rules only on what has the right shape. */
export function checkWith<T>(schema: z.ZodType<T>, rules: (row: T) => RowProblem[]): (row: Json) => RowProblem[] {
  return (row) => {
    const parsed = schema.safeParse(row);
    if (parsed.success) return rules(parsed.data);
    return parsed.error.issues.map(({ path, message }) => ({ where: path.map(String).join("."), message }));
  };
}

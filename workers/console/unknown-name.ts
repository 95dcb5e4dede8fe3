/** Names of checks and measures in settings: one that nothing has would be set and do nothing. */
import { CHECKS } from "../../shared/check/check-names.ts";
import { TEXT_MEASURES } from "../../shared/guard/measures.ts";

const KNOWN: Readonly<Record<string, readonly string[]>> = { checks: CHECKS, margins: TEXT_MEASURES };

/** @param fields by path, whose end says what they name @returns the first problem, with the names that there are */
export function unknownName(fields: Readonly<Record<string, object | undefined>>): string | undefined {
  for (const [path, values] of Object.entries(fields)) {
    const kind = path.split(".").at(-1) ?? "";
    const known = KNOWN[kind] ?? [];
    const wrong = Object.keys(values ?? {}).find((name) => !known.includes(name));
    if (wrong !== undefined) return `${path}.${wrong}: there is none of that name; there are ${known.join(", ")}`;
  }
  return undefined;
}

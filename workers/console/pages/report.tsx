/** A report of which only the outline is known, such as the guard's: facts as a list, lists of like things as a table. */
import { isObject, type Json, type JsonObject } from "../../../shared/core/json.ts";
import { cut } from "./figures.ts";
import { columnsOf, Table } from "./table.tsx";

const DEPTH_MAX = 4;
const ROWS_MAX = 100;
const TEXT_CHARS_MAX = 400;

export function Report({ label, value, depth = 0 }: { label: string; value: Json; depth?: number }) {
  if (!isObject(value) && !Array.isArray(value)) return <bdi>{textOf(value)}</bdi>;
  if (depth > DEPTH_MAX) return <bdi class="mono">{cut(JSON.stringify(value), TEXT_CHARS_MAX)}</bdi>;
  if (isObject(value)) {
    return (
      <dl class="facts">
        {Object.entries(value).map(([name, inner]) => (
          <>
            <dt>{spaced(name)}</dt>
            <dd>
              <Report label={`${label}, ${spaced(name)}`} value={inner ?? null} depth={depth + 1} />
            </dd>
          </>
        ))}
      </dl>
    );
  }
  const objects = value.filter(isObject);
  if (objects.length > 0 && objects.length === value.length) return <LikeThings label={label} things={objects} />;
  return <bdi>{cut(value.map((one) => textOf(one)).join(", "), TEXT_CHARS_MAX)}</bdi>;
}

function LikeThings({ label, things }: { label: string; things: readonly JsonObject[] }) {
  const names = [...new Set(things.flatMap((thing) => Object.keys(thing)))];
  const isNumber = (name: string) => things.every((thing) => thing[name] == null || typeof thing[name] === "number");
  return (
    <Table label={label} columns={columnsOf(...names.map((name) => (isNumber(name) ? "#" : "") + spaced(name)))}>
      {things.slice(0, ROWS_MAX).map((thing) => (
        <tr>
          {names.map((name) => (
            <td class={isNumber(name) ? "num" : undefined}>
              <bdi>{textOf(thing[name])}</bdi>
            </td>
          ))}
        </tr>
      ))}
    </Table>
  );
}

function textOf(value: Json | undefined): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return String(Number(value.toPrecision(4)));
  if (typeof value === "boolean") return value ? "yes" : "no";
  return cut(typeof value === "string" ? value : JSON.stringify(value), TEXT_CHARS_MAX);
}

/** `goodRate` → `good rate`. */
export function spaced(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
}

/** A table in a box of its own: its head stays while the rows scroll, and the box is reached by keyboard (WCAG 2.1.1). */
import type { Child } from "hono/jsx";

export interface Column {
  name: string;
  /** Numbers stand at the right, so that their digits line up. */
  isNumber?: boolean;
}

/** @param stacks in a narrow window each row is a card: its cells of numbers name themselves by `data-label` */
export function Table(props: { label: string; columns: readonly Column[]; children: Child; stacks?: boolean }) {
  const { label, columns, children, stacks = false } = props;
  return (
    <section class={stacks ? "scroll stacks" : "scroll"} tabindex={0} aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map(({ name, isNumber }) => (
              <th scope="col" class={isNumber ? "num" : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

/** Columns of words by their names; those of numbers begin with `#`. */
export function columnsOf(...names: string[]): Column[] {
  return names.map((name) => (name.startsWith("#") ? { name: name.slice(1), isNumber: true } : { name }));
}

/** The inputs of the settings' form: each with its label, what holds without it, and where it is the wrong one, a mark. */
import { ALL_ROWS, type Field, type Rows } from "./settings-fields.ts";
import { countRows, fieldsInRows, type SettingsFields } from "./settings-form.ts";

export interface Form {
  fields: SettingsFields;
  wrongField: string | undefined;
}

export function Fields({ all, form }: { all: readonly Field[]; form: Form }) {
  return (
    <div class="grid inputs">
      {all.map((field) => (
        <div class={isLong(field) ? "long" : undefined}>
          <label for={field.path}>{field.label}</label>
          <Input field={field} form={form} />
          {field.hint !== undefined && (
            <div class="hint" id={`${field.path}-hint`}>
              {field.hint}
            </div>
          )}
        </div>
      ))}
    </div>
  );
}

/** On unless turned off: the hidden field says so where the box is empty, and the later of two counts. */
export function Switches({ title, all, form }: { title: string; all: readonly Field[]; form: Form }) {
  return (
    <fieldset>
      <legend>{title}</legend>
      <div class="grid inputs">
        {all.map(({ path, label, hint }) => (
          <div>
            <input type="hidden" name={path} value="off" />
            <label class="check" for={path}>
              <input type="checkbox" id={path} name={path} value="on" checked={form.fields[path] !== "off"} />
              {label}
            </label>
            {hint !== undefined && <div class="hint">{hint}</div>}
          </div>
        ))}
      </div>
    </fieldset>
  );
}

/** A row each, and one more to fill in. */
export function FieldRows({ rows, form }: { rows: Rows; form: Form }) {
  const count = Math.min(countRows(rows, form.fields) + 1, rows.rowsMax);
  const all = fieldsInRows(rows, count);
  const width = rows.fields.length;
  return (
    <>
      {Array.from({ length: count }, (_, at) => (
        <div class="grid inputs row-of-fields">
          {all.slice(at * width, (at + 1) * width).map((field) => (
            <div>
              <label for={field.path}>
                {field.label}
                <span class="hidden">{` ${at + 1}`}</span>
              </label>
              <Input field={field} form={form} />
            </div>
          ))}
        </div>
      ))}
      <p class="hint">Empty the first field of a row to take it away. Saving adds a new one.</p>
    </>
  );
}

function Input({ field, form }: { field: Field; form: Form }) {
  const { path, kind, choices = [], usual, hint } = field;
  const value = form.fields[path] ?? "";
  const isWrong = isAt(form.wrongField, path);
  const shared = {
    id: path,
    name: path,
    "aria-invalid": isWrong ? ("true" as const) : undefined,
    "aria-describedby":
      [isWrong ? "settings-problem" : "", hint === undefined ? "" : `${path}-hint`].join(" ").trim() || undefined,
    autofocus: isWrong,
  };
  if (kind === "choice") {
    return (
      <select {...shared}>
        {choices.map((choice) => (
          <option value={choice.value} selected={choice.value === value}>
            {choice.label}
          </option>
        ))}
      </select>
    );
  }
  if (isLong(field) || kind === "list" || kind === "pairs") {
    return (
      <textarea {...shared} rows={isLong(field) ? 3 : 1} spellcheck={false}>
        {value}
      </textarea>
    );
  }
  return (
    <input
      {...shared}
      value={value}
      placeholder={usual === undefined ? undefined : String(usual)}
      inputmode={kind === "number" ? "decimal" : undefined}
      maxlength={kind === "number" ? 20 : 2_048}
      spellcheck={false}
      autocomplete="off"
    />
  );
}

/** Those in rows stay small. */
function isLong({ kind, path }: Field): boolean {
  if (kind !== "list" && kind !== "pairs" && kind !== "json") return false;
  return !ALL_ROWS.some((rows) => path.startsWith(`${rows.path}.`));
}

/** A problem within a list is one of its field. */
function isAt(wrong: string | undefined, path: string): boolean {
  return wrong === path || wrong?.startsWith(`${path}.`) === true;
}

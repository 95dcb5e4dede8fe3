/** One operation of the API: what it does, who may, what it takes, what it answers, and a command to try it. */
import type { Operation } from "../openapi-document.ts";
import { Words } from "../pages/words.tsx";
import { parameterText, schemaText } from "./schema-text.ts";

export interface Shown {
  id: string;
  method: string;
  path: string;
  operation: Operation;
}

export function OperationSection({ id, method, path, operation, origin }: Shown & { origin: string }) {
  const { summary, security, requestBody, responses } = operation;
  const scopes = security.flatMap(({ winnowKey }) => winnowKey).join(" or ");
  const [body] = Object.values(requestBody?.content ?? {});
  const answers = Object.entries(responses).filter(([status]) => status !== "default");
  return (
    <section class="operation" id={id} aria-labelledby={`${id}-name`}>
      <h3 id={`${id}-name`}>
        <span class={`method ${method}`}>{method}</span> <code>{path}</code>{" "}
        <a class="anchor" href={`#${id}`} aria-label={`Link to ${method} ${path}`}>
          #
        </a>
      </h3>
      <p>
        <Words text={summary} />
      </p>
      <p class="scope">{scopes === "" ? "No key needed." : `Key of scope ${scopes}.`}</p>
      <Parameters all={operation.parameters} />
      {body !== undefined && (
        <>
          <h4>Body</h4>
          <pre tabindex={0}>{schemaText(body.schema)}</pre>
        </>
      )}
      <h4>Answer</h4>
      {answers.map(([status, { description }]) => (
        <p>
          <b>{status}</b> <Words text={description} />
        </p>
      ))}
      <h4>Try it</h4>
      <pre tabindex={0}>{commandOf({ method, path, operation, origin })}</pre>
    </section>
  );
}

const PARAMETERS_SHOWN = 12;

/** Where there are more, the rest folds. */
function Parameters({ all }: { all: Operation["parameters"] }) {
  if (all.length === 0) return null;
  const more = all.slice(PARAMETERS_SHOWN);
  return (
    <>
      <h4>Parameters</h4>
      <ParameterList all={all.slice(0, PARAMETERS_SHOWN)} />
      {more.length > 0 && (
        <details>
          <summary>{`${more.length} more`}</summary>
          <ParameterList all={more} />
        </details>
      )}
    </>
  );
}

function ParameterList({ all }: { all: Operation["parameters"] }) {
  return (
    <dl class="parameters">
      {all.map(({ name, in: where, required, schema }) => {
        const { type, notes } = parameterText(schema);
        return (
          <div>
            <dt>
              <code>{name}</code>{" "}
              <span class="scope">{where === "path" ? "in the path" : required ? "required" : ""}</span>
            </dt>
            <dd>
              <code>{type}</code> {notes}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** For sh: names in the path are variables that the reader sets. */
function commandOf({ method, path, operation, origin }: Omit<Shown, "id"> & { origin: string }): string {
  const address = origin + path.replace(/\{(\w+)\}/g, (_, name: string) => `$${name.toUpperCase()}`);
  const asked = operation.parameters.filter(({ in: where, required }) => where === "query" && required);
  const query = asked.map(({ name }) => `${name}=$${name.toUpperCase()}`).join("&");
  const [[type, content] = ["", undefined]] = Object.entries(operation.requestBody?.content ?? {});
  const example = content?.example === undefined ? "{}" : JSON.stringify(content.example);
  return [
    `curl ${method === "get" ? "" : `-X ${method.toUpperCase()} `}"${address}${query === "" ? "" : `?${query}`}"`,
    ...(operation.security.length > 0 ? ['-H "x-winnow-key: $WINNOW_KEY"'] : []),
    ...(content === undefined ? [] : [`-H "content-type: ${type}"`, `-d '${example.replaceAll("'", "'\\''")}'`]),
  ].join(" \\\n  ");
}

/** /docs: the API reference as one page, made of /openapi.json. It is whole without its script, which only filters. */
import { fingerprint } from "../../../shared/core/hash.ts";
import type { OpenapiDocument } from "../openapi-document.ts";
import pagesStyle from "../pages/style.css" with { type: "text" };
import { Words } from "../pages/words.tsx";
import docsStyle from "./docs.css" with { type: "text" };
import script from "./docs.js" with { type: "text" };
import { OperationSection, type Shown } from "./docs-operation.tsx";

const style = `${pagesStyle}\n${docsStyle}`;

/** By what is in them: a browser never mixes two versions. */
export const DOCS_FILES = {
  style: { path: `/docs/docs.${fingerprint(style)}.css`, text: style, type: "text/css; charset=utf-8" },
  script: { path: `/docs/docs.${fingerprint(script)}.js`, text: script, type: "text/javascript; charset=utf-8" },
} as const;

export function docsPolicy(origin: string): string {
  return [
    "default-src 'none'",
    `script-src ${origin}${DOCS_FILES.script.path}`,
    `style-src ${origin}${DOCS_FILES.style.path}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

export function docsPage(document: OpenapiDocument, origin: string): string {
  const groups = groupsOf(document);
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>API reference · winnow</title>
        <link rel="stylesheet" href={DOCS_FILES.style.path} />
        <script src={DOCS_FILES.script.path} defer />
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <Contents groups={groups} />
        <main id="main" tabindex={-1}>
          <h1>API reference</h1>
          <Start document={document} origin={origin} />
          {groups.map(({ name, operations }) => (
            <section class="group" aria-label={name}>
              <h2>{name}</h2>
              {operations.map((operation) => (
                <OperationSection {...operation} origin={origin} />
              ))}
            </section>
          ))}
          <Errors document={document} />
        </main>
      </body>
    </html>
  );
  return `<!doctype html>${page.toString()}`;
}

interface Group {
  name: string;
  operations: Shown[];
}

function groupsOf(document: OpenapiDocument): Group[] {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Shown => {
      return { id: `${method}${path.replace(/[^a-z0-9]+/gi, "-")}`.replace(/-$/, ""), method, path, operation };
    }),
  );
  return document.tags.map(({ name }) => {
    return { name, operations: all.filter(({ operation }) => operation.tags.includes(name)) };
  });
}

function Contents({ groups }: { groups: readonly Group[] }) {
  return (
    <nav class="contents" aria-label="Contents">
      <p class="brand">
        <a href="/console">winnow</a> API
      </p>
      <p id="filter-row" hidden>
        <label for="filter">Filter</label>
        <input id="filter" type="search" placeholder="batches, admin, …" autocomplete="off" spellcheck={false} />
        <span id="found" role="status" />
      </p>
      <ul>
        <li>
          <a href="#start">Keys, calls, headers</a>
        </li>
        {groups.map(({ name, operations }) => (
          <li>
            <span>{name}</span>
            <ul>
              {operations.map(({ id, method, path }) => (
                <li>
                  <a href={`#${id}`}>
                    <span class={`method ${method}`}>{method === "delete" ? "del" : method}</span> {path}
                  </a>
                </li>
              ))}
            </ul>
          </li>
        ))}
        <li>
          <a href="#errors">Errors</a>
        </li>
      </ul>
    </nav>
  );
}

/** Headers of a call through the gateway: it has no path of its own in OpenAPI, as it takes any. */
const CALL_HEADERS: readonly (readonly [string, string])[] = [
  ["x-winnow-key", "the key, of scope `proxy`; or put it where the SDK puts the provider's, which winnow then keeps"],
  ["x-winnow-task", "the kind of call; without it, one is made of the system prompt and tools"],
  [
    "x-winnow-user",
    "who asks; `x-winnow-session`: which conversation; `x-winnow-parent`: the exchange this one retries",
  ],
  ["x-winnow-request-id", "your own id; feedback may name it. `x-winnow-meta`: a JSON object, 2 KB"],
  ["x-winnow-capture", "`full`, `metadata` (numbers only) or `off`"],
  ["x-winnow-resilience", "retries, time-outs and fallbacks of this one call, as JSON"],
];

function Start({ document, origin }: { document: OpenapiDocument; origin: string }) {
  return (
    <section id="start">
      <p>
        {document.info.description} The same as a document: <a href="/openapi.json">/openapi.json</a>, OpenAPI{" "}
        {document.openapi}, of winnow {document.info.version}.
      </p>
      <h2>Keys</h2>
      <p>
        Send a winnow key as <code>x-winnow-key</code>, or as <code>authorization: Bearer wk_…</code>. Its scopes say
        what it opens, and everything it sees is its own app's. Settings, in the console, makes one; so does{" "}
        <a href="#post-v1-keys">POST /v1/keys</a>.
      </p>
      <h2>Calls to providers</h2>
      <p>
        Any method to{" "}
        <code>
          {origin}/{"{provider}"}/…
        </code>
        : what follows the provider goes to it as it came, with query and body, and the answer comes back with{" "}
        <code>x-winnow-id</code>, which is the permission to give feedback on it. None of these headers reaches the
        provider:
      </p>
      <dl class="parameters">
        {CALL_HEADERS.map(([name, text]) => (
          <div>
            <dt>
              <code>{name}</code>
            </dt>
            <dd>
              <Words text={text} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Errors({ document }: { document: OpenapiDocument }) {
  const codes = Object.entries(document.components.schemas.Error["x-statuses"]);
  const statuses = [...new Set(codes.map(([, status]) => status))].sort((a, b) => a - b);
  return (
    <section id="errors">
      <h2>Errors</h2>
      <p>
        <code>{'{"error":{"code":"…","message":"what failed, with the value, and what to do next"}}'}</code>. On a call
        to a provider, an error that winnow itself makes has the provider's own shape, and <code>x-winnow-error</code>{" "}
        has the code.
      </p>
      <dl class="parameters">
        {statuses.map((status) => (
          <div>
            <dt>{status}</dt>
            <dd>
              {codes
                .filter(([, own]) => own === status)
                .map(([code]) => (
                  <>
                    <code>{code}</code>{" "}
                  </>
                ))}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** What an app's overview shows before its first call: three steps to copy, with its own address and key in them. */

export function FirstSteps({ origin, winnowKey }: { origin: string; winnowKey: string | undefined }) {
  const key = winnowKey ?? "wk_…";
  return (
    <section class="card">
      <h2>Nothing has come in yet: three steps to the first batch</h2>
      {winnowKey === undefined && (
        <p class="hint">
          Put a key in the place of <code>wk_…</code>; an admin makes one under Settings.
        </p>
      )}
      <ol class="steps">
        <li>
          <h3>Send a call through winnow</h3>
          <p>
            Change the base address and add one header; nothing else about the app changes. <code>standin</code> answers
            where it is configured, without any account; <code>openai</code>, <code>anthropic</code> and others go to
            the provider, with its own key.
          </p>
          <pre>{callOf(origin, key)}</pre>
        </li>
        <li>
          <h3>Say what its user thought of the answer</h3>
          <p>
            Every answer bears <code>x-winnow-id</code>, and whoever has it may speak of that one answer. In a page it
            is one script; the second command does the same.
          </p>
          <pre>{`<script src="${origin}/beacon.js"></script>\n<script>winnow.thumb(id, "up")</script>`}</pre>
          <pre>{`curl ${origin}/v1/feedback -d '{"id":"<x-winnow-id>","kind":"thumb","value":"up"}'`}</pre>
        </li>
        <li>
          <h3>Run a night, and pull what it made</h3>
          <p>It runs by itself every night, on calls whose feedback had a day to come in. By hand, it needn't wait.</p>
          <pre>{nightOf(origin, key)}</pre>
        </li>
      </ol>
    </section>
  );
}

function callOf(origin: string, key: string): string {
  return [
    `curl -i ${origin}/standin/v1/chat/completions \\`,
    `  -H 'x-winnow-key: ${key}' \\`,
    "  -H 'x-winnow-task: first-steps' \\",
    "  -H 'content-type: application/json' \\",
    `  -d '{"model":"standin","messages":[{"role":"user","content":"Where is my parcel?"}]}'`,
  ].join("\n");
}

function nightOf(origin: string, key: string): string {
  return [
    `curl ${origin}/v1/runs -H 'x-winnow-key: ${key}' \\`,
    "  -H 'content-type: application/json' -d '{\"maturationHours\":0}'",
    `curl -L ${origin}/v1/batches/latest -H 'x-winnow-key: ${key}'`,
  ].join("\n");
}

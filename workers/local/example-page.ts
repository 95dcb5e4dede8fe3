/** The page of the example app: what a front-end does with winnow, and nothing else. */

export const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>An app that learns from its users</title>
<link rel="icon" href="data:,">
<style>
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  body { max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }
  form { display: flex; gap: .5rem; }
  input, textarea, button { font: inherit; padding: .5rem; }
  input { flex: 1; min-width: 0; }
  textarea { width: 100%; box-sizing: border-box; min-height: 6rem; }
  .row { display: flex; justify-content: space-between; align-items: center; margin-top: .5rem; flex-wrap: wrap; gap: .5rem; }
  small { opacity: .75; }
</style>
<h1>Ask the stand-in</h1>
<p>This app sends its calls through winnow. Ask, judge the answer, or mend it: all of it is in <code>GET /v1/exchanges</code> a few seconds later.</p>
<form id="ask"><input name="question" aria-label="Your question" value="What is the capital of France?" required><button>Ask</button></form>
<section id="answer" hidden>
  <h2>The answer</h2>
  <textarea id="draft" aria-label="The answer, which you may mend"></textarea>
  <div class="row"><span id="thumbs"></span><button id="again" type="button">Ask again</button></div>
  <p><small>Its id, which is the permission to speak about it: <code id="id"></code></small></p>
</section>
<script src="{winnow}/beacon.js"></script>
<script src="{winnow}/winnow-thumbs.js"></script>
<script src="/app.js"></script>
</html>
`;

export const SCRIPT = `const form = document.getElementById("ask");
const draft = document.getElementById("draft");
let id = "";
let endWatch = () => {};

async function ask() {
  const question = new FormData(form).get("question");
  const answer = await (await fetch("/ask", { method: "POST", body: JSON.stringify({ question }) })).json();
  endWatch();
  id = answer.id;
  draft.value = answer.text;
  document.getElementById("id").textContent = id;
  document.getElementById("answer").hidden = false;
  const thumbs = document.createElement("winnow-thumbs");
  thumbs.setAttribute("for", id);
  document.getElementById("thumbs").replaceChildren("Was it good? ", thumbs);
  // copies, edits when the text is left, how long it was looked at
  endWatch = winnow.watch(draft, id, { original: answer.text, dwell: true });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
document.getElementById("again").addEventListener("click", () => {
  winnow.regenerated(id);
  ask();
});
`;

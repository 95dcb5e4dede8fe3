/**
 * /winnow-thumbs.js: `<winnow-thumbs for="<x-winnow-id>">`, two buttons that vote through `winnow` (/beacon.js). Pressed again,
 * a vote is taken back. Looks follow the page's font size and colour, and the variables --winnow-thumbs-up, -down, -gap.
 * `label-up` and `label-down` name the buttons in the page's language. Fires `winnow-thumb` with the value in `detail`.
 */
import type { Beacon } from "../../../shared/core/beacon.ts";

type Vote = "up" | "down";

const SVG = "http://www.w3.org/2000/svg";
/** A hand with its thumb up, in a box of 24; turned over it is the other one. */
const HAND =
  "M7 10v11H4a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1zm2 0 4-8c1.7 0 3 1.3 3 3v4h4.3a2 2 0 0 1 2 2.4l-1.5 8a2 2 0 0 1-2 1.6H9z";
const STYLE = `
:host { display: inline-flex; gap: var(--winnow-thumbs-gap, .25em); vertical-align: middle }
button { all: unset; box-sizing: border-box; display: inline-flex; min-width: 24px; min-height: 24px; padding: .25em;
  align-items: center; justify-content: center; border-radius: .35em; cursor: pointer; color: inherit; opacity: .65 }
button:hover, button[aria-pressed=true] { opacity: 1 }
button:focus-visible { outline: 2px solid currentColor; outline-offset: 1px }
svg { width: 1.15em; height: 1.15em; fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round }
[aria-pressed=true] svg { fill: currentColor }
.up[aria-pressed=true] { color: var(--winnow-thumbs-up, #15803d) }
.down[aria-pressed=true] { color: var(--winnow-thumbs-down, #b91c1c) }
.down svg { rotate: 180deg }
@media (prefers-color-scheme: dark) {
  .up[aria-pressed=true] { color: var(--winnow-thumbs-up, #4ade80) }
  .down[aria-pressed=true] { color: var(--winnow-thumbs-down, #f87171) }
}`;

class WinnowThumbs extends HTMLElement {
  readonly #buttons = { up: document.createElement("button"), down: document.createElement("button") };
  #vote: Vote | null = null;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet(); // a strict policy refuses style elements, and takes this
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    root.append(this.#make("up"), this.#make("down"));
  }

  connectedCallback(): void {
    if (!this.hasAttribute("role")) this.setAttribute("role", "group");
    this.#show();
  }

  #make(vote: Vote): HTMLElement {
    const button = this.#buttons[vote];
    button.type = "button";
    button.className = vote;
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", HAND);
    svg.append(path);
    button.append(svg);
    button.addEventListener("click", () => this.#press(vote));
    return button;
  }

  #press(vote: Vote): void {
    const id = this.getAttribute("for");
    const { winnow } = globalThis as { winnow?: Beacon };
    if (id === null || winnow === undefined) {
      console.error(`winnow-thumbs: ${id === null ? "the attribute `for` is missing" : "/beacon.js is not loaded"}`);
      return;
    }
    this.#vote = this.#vote === vote ? null : vote;
    winnow.thumb(id, this.#vote);
    this.#show();
    this.dispatchEvent(new CustomEvent("winnow-thumb", { detail: this.#vote, bubbles: true, composed: true }));
  }

  #show(): void {
    const labels = { up: "Good answer", down: "Bad answer" };
    for (const vote of ["up", "down"] as const) {
      this.#buttons[vote].setAttribute("aria-label", this.getAttribute(`label-${vote}`) ?? labels[vote]);
      this.#buttons[vote].setAttribute("aria-pressed", String(this.#vote === vote));
    }
  }
}

if (!customElements.get("winnow-thumbs")) customElements.define("winnow-thumbs", WinnowThumbs);

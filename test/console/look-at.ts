/** Runs within a page: what stands there that somebody could not read, find or press. Plain JavaScript of a browser. */

/** @returns a line for each thing that is wrong */
export const lookAt = String.raw`(() => {
  const wrong = [];
  const shown = (element) => element.checkVisibility() && element.getClientRects().length > 0;
  const say = (element, text) => wrong.push(element.textContent.trim().slice(0, 40) + ": " + text);

  const headings = document.querySelectorAll("h1").length;
  if (headings !== 1) wrong.push(headings + " headings of the page");
  if (document.documentElement.lang === "") wrong.push("no language");
  const ids = Map.groupBy(document.querySelectorAll("[id]"), ({ id }) => id);
  for (const [id, own] of ids) if (own.length > 1) wrong.push("id " + id + " " + own.length + " times");

  for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea")) {
    const named = field.labels.length > 0 && [...field.labels].some((label) => label.textContent.trim() !== "");
    if (!named && !field.ariaLabel) wrong.push(field.localName + " without a name");
  }
  for (const target of document.querySelectorAll("a[href], button, summary")) {
    if (target.textContent.trim() === "" && !target.ariaLabel) wrong.push(target.localName + " without a name");
    const { height, width } = target.getBoundingClientRect();
    // links within a text are let off by 2.5.8 itself
    if (shown(target) && target.localName !== "a" && (height < 24 || width < 24)) say(target, "small: " + width + " by " + height);
  }

  const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const light = ([r, g, b]) => 0.2126 * channel(r / 255) + 0.7152 * channel(g / 255) + 0.0722 * channel(b / 255);
  const colour = (text) => {
    const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
    return { rgb: [r, g, b], a };
  };
  const over = (top, below) => top.rgb.map((part, at) => top.a * part + (1 - top.a) * below[at]);
  const groundOf = (element) => {
    if (element === null) return [255, 255, 255];
    const own = colour(getComputedStyle(element).backgroundColor);
    return own.a === 1 ? own.rgb : over(own, groundOf(element.parentElement));
  };
  const opacityOf = (element) => (element === null ? 1 : Number(getComputedStyle(element).opacity) * opacityOf(element.parentElement));

  for (const element of document.querySelectorAll("body, body *")) {
    const hasText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "");
    if (!hasText || !shown(element) || element.closest("svg, .hidden, .skip, canvas") !== null) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const ground = groundOf(element);
    const ink = colour(color);
    const seen = over({ rgb: ink.rgb, a: ink.a * opacityOf(element) }, ground);
    const [high, low] = [light(seen), light(ground)].sort((a, b) => b - a);
    const contrast = (high + 0.05) / (low + 0.05);
    const size = Number.parseFloat(fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(fontWeight) >= 700) ? 3 : 4.5;
    if (contrast < needed) say(element, "contrast " + contrast.toFixed(1) + " of " + needed);
  }
  return [...new Set(wrong)];
})()`;

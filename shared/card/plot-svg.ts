/**
 * Bars and lines as SVG: no script, no style sheet, no address, so that it may stand in any page. Numbers are
 * rounded to two digits, so that equal data gives equal bytes everywhere. https://www.w3.org/TR/SVG2/
 */

const WIDTH = 640;
const HEIGHT = 240;
const LEFT = 48;
const RIGHT = 16;
const TOP = 36;
const BOTTOM = 28;
const PLOT_WIDTH = WIDTH - LEFT - RIGHT;
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;
const INK = "#1f2937";
const FILL = "#2563eb";

export function barPlot(options: { title: string; bars: readonly { label: string; count: number }[] }): string {
  const { title, bars } = options;
  const most = bars.reduce((max, { count }) => Math.max(max, count), 1);
  const step = PLOT_WIDTH / bars.length;
  const shapes = bars.flatMap(({ label, count }, at) => {
    const height = (PLOT_HEIGHT * count) / most;
    const x = LEFT + at * step;
    const bar = `<rect x="${round(x + 1)}" y="${round(TOP + PLOT_HEIGHT - height)}" width="${round(step - 2)}" height="${round(height)}" fill="${FILL}"/>`;
    const text = label === "" ? [] : [writeText({ x, y: HEIGHT - 8, text: label })];
    return count === 0 ? text : [bar, ...text];
  });
  return frame(title, [writeText({ x: 4, y: TOP + 10, text: String(most) }), ...shapes]);
}

/** Values over their order; the scale begins at 0, so that a small change looks small. */
export function linePlot(options: { title: string; points: readonly { label: string; value: number }[] }): string {
  const { title, points } = options;
  const most = points.reduce((max, { value }) => Math.max(max, value), 0) || 1;
  const step = PLOT_WIDTH / Math.max(points.length - 1, 1);
  const places = points.map(({ value }, at) => {
    const y = TOP + PLOT_HEIGHT * (1 - Math.max(value, 0) / most);
    return `${round(LEFT + at * step)},${round(y)}`;
  });
  const first = points[0]?.label ?? "";
  const last = points.at(-1)?.label ?? "";
  return frame(title, [
    writeText({ x: 4, y: TOP + 10, text: String(Number(most.toPrecision(3))) }),
    `<polyline points="${places.join(" ")}" fill="none" stroke="${FILL}" stroke-width="2"/>`,
    ...places.map((place) => `<circle cx="${place.split(",")[0]}" cy="${place.split(",")[1]}" r="3" fill="${FILL}"/>`),
    writeText({ x: LEFT, y: HEIGHT - 8, text: first }),
    writeText({ x: WIDTH - RIGHT, y: HEIGHT - 8, text: last, anchor: "end" }),
  ]);
}

function frame(title: string, shapes: readonly string[]): string {
  const base = TOP + PLOT_HEIGHT;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    writeText({ x: LEFT, y: 22, text: title }),
    ...shapes,
    `<line x1="${LEFT}" y1="${base}" x2="${WIDTH - RIGHT}" y2="${base}" stroke="${INK}"/>`,
    "</svg>",
  ].join("\n")}\n`;
}

function writeText(options: { x: number; y: number; text: string; anchor?: "end" }): string {
  const { x, y, text, anchor } = options;
  const end = anchor === undefined ? "" : ` text-anchor="${anchor}"`;
  return `<text x="${round(x)}" y="${round(y)}" font-family="sans-serif" font-size="12" fill="${INK}"${end}>${escapeXml(text)}</text>`;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
/** XML 1.0 cannot hold controls, half pairs or the two non-characters, not even escaped. */
const NOT_XML = /[\p{Cc}\p{Cs}\ufffe\uffff]/gu;

function escapeXml(text: string): string {
  return text.replace(NOT_XML, "\ufffd").replace(/[&<>"']/g, (mark) => ENTITIES[mark] ?? mark);
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

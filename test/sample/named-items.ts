/** Draws of items that have names for ids, up to 16 ASCII characters: as UUIDs they sort as the names do. */
import { type Draw, type DrawOptions, draw } from "../../shared/sample/draw.ts";
import { type Item, WindowItems } from "../../shared/sample/window-items.ts";

export function drawNamed(items: readonly Item[], options: DrawOptions): Draw {
  const window = new WindowItems();
  for (const item of items) window.add({ ...item, id: uuidOf(item.id) });
  const drawing = draw(window, options);
  return { ...drawing, drawn: new Map([...drawing.drawn].map(([id, drawn]) => [nameOf(id), drawn])) };
}

function uuidOf(name: string): string {
  const hex = Buffer.from(name.padEnd(16, "\0"), "latin1").toString("hex");
  if (hex.length !== 32) throw new Error(`${name} is longer than 16 characters`);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function nameOf(uuid: string): string {
  return Buffer.from(uuid.replaceAll("-", ""), "hex").toString("latin1").replaceAll("\0", "");
}

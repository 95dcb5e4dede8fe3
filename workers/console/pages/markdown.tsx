/**
 * Captured text as a reader of it would see it: paragraphs, headings, lists, quotes, code, bold. A small part of Markdown
 * (https://spec.commonmark.org), read line by line in linear time. What comes out is text within elements of ours: no HTML of
 * the text's own, no link that can be followed, no image that is loaded; their addresses are shown instead.
 */
import type { Child } from "hono/jsx";

type Block =
  | { kind: "code"; lines: string[] }
  | { kind: "heading" | "quote" | "text"; lines: string[] }
  | { kind: "list"; ordered: boolean; items: string[] };

const FENCE = /^ {0,3}(```+|~~~+)/;
const HEADING = /^#{1,6} /;
const BULLET = /^ {0,8}(?:[-*+]|\d{1,9}[.)]) /;

export function Markdown({ text }: { text: string }) {
  return (
    <div class="text" dir="auto">
      {blocksOf(text).map((block) => (
        <BlockView block={block} />
      ))}
    </div>
  );
}

function BlockView({ block }: { block: Block }) {
  if (block.kind === "list") {
    const items = block.items.map((item) => <li>{inline(item)}</li>);
    return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
  }
  const text = block.lines.join("\n");
  if (block.kind === "code") return <pre>{text}</pre>;
  if (block.kind === "quote") return <blockquote>{inline(text)}</blockquote>;
  if (block.kind === "heading") {
    return (
      <p>
        <strong>{inline(text)}</strong>
      </p>
    );
  }
  return <p>{inline(text)}</p>;
}

export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let fence: string | undefined;
  for (const line of text.split(/\r\n|\r|\n/)) {
    const last = blocks.at(-1);
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined && last?.kind === "code") {
      if (mark?.startsWith(fence)) fence = undefined;
      else last.lines.push(line);
    } else if (mark !== undefined) {
      fence = mark;
      blocks.push({ kind: "code", lines: [] });
    } else addLine(blocks, line);
  }
  return blocks.filter(
    (block) => block.kind === "code" || block.kind === "list" || block.lines.some((line) => line !== ""),
  );
}

function addLine(blocks: Block[], line: string): void {
  const last = blocks.at(-1);
  const bullet = BULLET.exec(line)?.[0];
  if (line.trim() === "") blocks.push({ kind: "text", lines: [] });
  else if (HEADING.test(line)) blocks.push({ kind: "heading", lines: [line.replace(HEADING, "")] });
  else if (bullet !== undefined) {
    const ordered = /\d/.test(bullet);
    const item = line.slice(bullet.length);
    if (last?.kind === "list" && last.ordered === ordered) last.items.push(item);
    else blocks.push({ kind: "list", ordered, items: [item] });
  } else if (line.startsWith(">")) {
    const quoted = line.replace(/^> ?/, "");
    if (last?.kind === "quote") last.lines.push(quoted);
    else blocks.push({ kind: "quote", lines: [quoted] });
  } else if (last?.kind === "text") last.lines.push(line);
  else blocks.push({ kind: "text", lines: [line] });
}

/** Code and bold; a mark without its other half is text like any other. */
function inline(text: string): Child[] {
  const parts: Child[] = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const mark = text[at] === "`" ? "`" : text.startsWith("**", at) ? "**" : undefined;
    const end = mark === undefined ? -1 : closing(text, { mark, from: at + mark.length });
    if (mark === undefined || end === -1) {
      plain += mark ?? text[at];
      at += mark?.length ?? 1;
      continue;
    }
    parts.push(plain);
    plain = "";
    const inner = text.slice(at + mark.length, end);
    parts.push(mark === "`" ? <code>{inner}</code> : <strong>{inner}</strong>);
    at = end + mark.length;
  }
  return [...parts, plain].filter((part) => part !== "");
}

/** How far a mark reaches: one that does not close by then is none, and text of nothing but marks stays linear. */
const REACH_CHARS_MAX = 1_000;

function closing(text: string, { mark, from }: { mark: string; from: number }): number {
  const end = text.slice(from, from + REACH_CHARS_MAX).indexOf(mark);
  return end <= 0 ? -1 : from + end;
}

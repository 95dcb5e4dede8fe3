/** A judge's prompt as a careful reader takes it apart: the mark from our first line, then line by line. */

export interface Shown {
  mark: string;
  /** All but what is between the fence's first and last lines. */
  outside: string;
  /** What our lines in the fence announce, and what follows each. */
  blocks: { label: string; body: string }[];
}

/** @throws where there is no fence, or more than one */
export function readShown(user: string): Shown {
  const mark = /^The captured data stands between the line "(#[0-9a-f]{32}) begin"/.exec(user)?.[1];
  if (mark === undefined) throw new Error("no mark in the first line");
  const lines = user.split("\n");
  const begin = lines.indexOf(`${mark} begin`);
  const end = lines.indexOf(`${mark} end`);
  if (begin < 0 || end < begin) throw new Error("no fence");
  if (lines.lastIndexOf(`${mark} begin`) !== begin || lines.lastIndexOf(`${mark} end`) !== end) {
    throw new Error("two fences");
  }
  const blocks: Shown["blocks"] = [];
  for (const line of lines.slice(begin + 1, end)) {
    const last = blocks.at(-1);
    if (line.startsWith(`${mark} `)) blocks.push({ label: line.slice(mark.length + 1), body: "" });
    else if (last === undefined) throw new Error("text before our first line");
    else last.body += `${line}\n`;
  }
  const whole = blocks.map(({ label, body }) => ({ label, body: body.slice(0, -1) }));
  return { mark, outside: [...lines.slice(0, begin), ...lines.slice(end + 1)].join("\n"), blocks: whole };
}

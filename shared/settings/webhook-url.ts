/**
 * Where a webhook may lead: https to a host with a name, or http on this machine. An address in numbers is nobody's public
 * webhook, and may be a neighbour of whoever runs winnow; the parser of addresses decides what the host is, so that
 * `http://127.0.0.1:x@elsewhere` and `https://2130706433` deceive nobody. Redirects are not followed (workers/curator/deliver.ts).
 */
export function isWebhookUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== "" || password !== "") return false;
  const here = hostname === "127.0.0.1" || hostname === "localhost";
  if (protocol === "http:") return here;
  return protocol === "https:" && !here && !/^[\d.]+$|^\[/.test(hostname);
}

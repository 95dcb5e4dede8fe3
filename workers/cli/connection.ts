/** Address and key: from the options, else from WINNOW_URL and WINNOW_KEY. The key is never shown. */
import { looksLikeKey } from "../../shared/core/keys.ts";
import { ApiClient } from "./api-client.ts";
import { CliError, EXIT } from "./exit-codes.ts";
import type { Report } from "./report.ts";
import type { Terminal } from "./terminal.ts";

export interface ConnectionOptions {
  url?: string;
  key?: string;
}

/** @throws CliError (usage) where one of them is missing or cannot be right */
export function connect(
  options: ConnectionOptions,
  { terminal, report }: { terminal: Terminal; report: Report },
): ApiClient {
  const url = readAddress(options.url ?? terminal.env.WINNOW_URL, report);
  const key = (options.key ?? terminal.env.WINNOW_KEY ?? "").trim();
  if (key === "") {
    throw usage("no key: set WINNOW_KEY to a winnow key (wk_…); the console makes them, and `winnow keys create`");
  }
  // what no header can hold would be shown in the error of fetch
  if (!looksLikeKey(key) || !/^[\w-]+$/.test(key)) {
    throw usage("the key is not a winnow key: wk_ and letters, digits, _ and -; check WINNOW_KEY or --key");
  }
  return new ApiClient(terminal, { url, key });
}

function readAddress(given: string | undefined, report: Report): string {
  if (given === undefined || given === "") {
    throw usage("no address: set WINNOW_URL, or give --url; `npm start` prints the local one, http://127.0.0.1:8787");
  }
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw usage(`${JSON.stringify(given)} is no address; give one such as https://winnow.example`);
  }
  if (url.username !== "" || url.search !== "" || url.hash !== "") {
    throw usage("the address holds a user, a query or a fragment; give scheme, host and port alone");
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    report.note(`winnow: ${url.host} is spoken to without encryption, and the key can be read on the way; use https`);
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function usage(message: string): CliError {
  return new CliError("usage", message, EXIT.usage);
}

/**
 * winnow's API as a command sees it. What may be repeated is repeated: connections that fail, and the statuses 429, 502,
 * 503 and 504. Redirects are not followed: a key would go with them.
 */
import { isObject, type Json, parseJson } from "../../shared/core/json.ts";
import { ANSWER_WAIT_MS_MAX, JSON_BYTES_MAX, REQUEST_TRIES_MAX, RETRY_AFTER_MS_MAX, RETRY_WAIT_MS } from "./bounds.ts";
import { CliError, EXIT } from "./exit-codes.ts";
import type { Terminal } from "./terminal.ts";

export interface ApiRequest {
  method?: "GET" | "POST" | "DELETE";
  headers?: Record<string, string>;
  body?: string;
  /** Doing it twice comes to the same. Left out: of GET alone. */
  repeatable?: boolean;
}

const AGAIN = new Set([429, 502, 503, 504]);

export class ApiClient {
  /** Without a trailing slash. */
  readonly url: string;
  readonly #key: string;
  readonly #terminal: Terminal;

  constructor(terminal: Terminal, address: { url: string; key: string }) {
    this.#terminal = terminal;
    this.url = address.url;
    this.#key = address.key;
  }

  /** @throws CliError where the answer is not what was hoped for, with the server's own words */
  async json<T>(path: string, request: ApiRequest = {}): Promise<T> {
    const response = await this.send(path, request);
    const text = await this.text(response);
    const json = parseJson(text);
    if (json === undefined) throw this.#notWinnow(response.status);
    return json as T;
  }

  async text(response: Response): Promise<string> {
    const length = Number(response.headers.get("content-length") ?? 0);
    if (length > JSON_BYTES_MAX)
      throw new CliError("too_large", `an answer of ${length} bytes is no answer of winnow's`);
    return response.text();
  }

  /** An answer of a status that is good; its body is not read yet. */
  async send(path: string, request: ApiRequest = {}): Promise<Response> {
    const { method = "GET" } = request;
    const triesMax = (request.repeatable ?? method === "GET") ? REQUEST_TRIES_MAX : 1;
    for (let tries = 1; ; tries++) {
      const answer = await this.#try(path, request);
      if (answer.ok) return answer.response;
      if (tries >= triesMax || answer.againAfterMs === undefined) throw answer.error;
      await this.#terminal.wait(Math.max(answer.againAfterMs, RETRY_WAIT_MS * 2 ** (tries - 1)));
    }
  }

  async #try(path: string, { method = "GET", headers, body }: ApiRequest): Promise<Answer> {
    const { signal } = this.#terminal;
    const beginning = new AbortController();
    const timer = setTimeout(() => beginning.abort(), ANSWER_WAIT_MS_MAX);
    try {
      const response = await this.#terminal.fetch(this.url + path, {
        method,
        redirect: "manual",
        // bytes as they are kept: a digest is of those, and a compressed answer loses its ETag on the way
        headers: {
          "x-winnow-key": this.#key,
          "accept-encoding": "identity",
          ...(body !== undefined && JSON_BODY),
          ...headers,
        },
        ...(body !== undefined && { body }),
        signal: AbortSignal.any([signal, beginning.signal]),
      });
      if (response.ok) return { ok: true, response };
      return { ok: false, error: await this.#refusal(response), againAfterMs: againAfterMs(response) };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      return { ok: false, error: this.#unreachable(error), againAfterMs: 0 };
    } finally {
      clearTimeout(timer);
    }
  }

  async #refusal(response: Response): Promise<CliError> {
    const { status } = response;
    if (status >= 300 && status < 400) {
      await response.body?.cancel();
      return new CliError(
        "redirected",
        `${this.url} redirects (status ${status}), and a key is not sent along; give the address it leads to as --url or WINNOW_URL`,
      );
    }
    const error = errorIn(parseJson(await this.text(response)));
    return error === undefined ? this.#notWinnow(status) : new CliError(error.code, error.message);
  }

  #notWinnow(status: number): CliError {
    const message = `${this.url} answered with status ${status} and not as winnow does; check --url or WINNOW_URL`;
    return new CliError("not_winnow", message);
  }

  #unreachable(error: unknown): CliError {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const { code, message } = cause as { code?: string; message?: string };
    const reason = code ?? message ?? String(cause);
    return new CliError(
      "unreachable",
      `${this.url} cannot be reached (${reason}); check --url or WINNOW_URL, and that winnow is running`,
      EXIT.failed,
    );
  }
}

type Answer =
  | { ok: true; response: Response }
  /** againAfterMs undefined: it would be refused again. */
  | { ok: false; error: CliError; againAfterMs: number | undefined };

const JSON_BODY = { "content-type": "application/json" };

function againAfterMs(response: Response): number | undefined {
  if (!AGAIN.has(response.status)) return undefined;
  const seconds = Number(response.headers.get("retry-after") ?? 0);
  return Number.isFinite(seconds) ? Math.min(Math.max(0, seconds * 1_000), RETRY_AFTER_MS_MAX) : 0;
}

function errorIn(json: Json | undefined): { code: string; message: string } | undefined {
  const error = isObject(json) ? json.error : undefined;
  if (!isObject(error) || typeof error.code !== "string" || typeof error.message !== "string") return undefined;
  return { code: error.code, message: error.message };
}

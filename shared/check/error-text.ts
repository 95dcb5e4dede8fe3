/**
 * An error in the place of an answer: what a proxy, a load balancer or a broken tool put there under status 200. Only where it
 * is all there is, or begins the text as no answer does; and not where the prompt speaks of errors, pages or programs: people ask
 * about errors, get told of them, and have them printed.
 */
import type { Message } from "../core/exchange.ts";
import { isObject, parseJson } from "../core/json.ts";
import { questionOf, textsOf } from "./text-of.ts";

/** Longer texts that begin so are about an error. */
const SHORT_CHARS = 400;
const PAGE_CHARS = 4_000;
/** Of a text of the prompt, at either end. */
const PROMPT_CHARS = 8_000;

const STATUS = "(?:429|5\\d\\d)";
const PHRASE =
  "(?:too many requests|internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out)";
const SERVER = "(?:\\s{1,5}(?:nginx|openresty|cloudflare|varnish|envoy)[^\\n]{0,40})?";

const PAGE = /^\s{0,40}(?:<!doctype html|<html|<head)/i;
const PAGE_TITLE = /<title>[^<]{0,60}(?:\b[45]\d\d\b|error|unavailable|denied|forbidden|not found)[^<]{0,60}<\/title>/i;
const MESSAGES = [
  new RegExp(`^(?:http )?(?:error )?(?:${STATUS}[ :,-]{1,3})?${PHRASE}[.!]?${SERVER}$`, "i"),
  /^upstream (?:connect error|request timeout)\b/i,
  /^no healthy upstream$/i,
  /^(?:an |unknown |unexpected )?(?:internal )?(?:server )?error (?:has )?occurred(?: while processing (?:your|the) request)?[.!]?(?: please try again(?: later)?[.!]?)?$/i,
  /^the server had an error while processing your request\b/i,
  /^rate limit (?:reached|exceeded)(?: for [^\n]{1,200}|[.!]?)$/i,
  /^(?:error|exception): (?:connect|read|write|request|fetch|socket|network|time-?out|timed out|internal|unexpected token|failed to (?:fetch|connect)|getaddrinfo|cannot read propert|[45]\d\d)[^\n]{0,300}$/i,
  /^(?:econnrefused|econnreset|etimedout|enotfound)\b/i,
];
const TRACES = [
  /^Traceback \(most recent call last\):\n/,
  /^(?:Uncaught )?[A-Za-z.]{0,60}(?:Error|Exception)(?:: [^\n]{0,300})?\n\s{1,8}at [^\n]{1,200}(?:\(|:\d)/,
  /^Exception in thread "/,
  /^panic: [^\n]{1,300}\n\ngoroutine \d/,
];

/** Whoever says one of these may well want to read an error. */
const TALKS =
  /(?<!\p{L})(?:errors?|exceptions?|fail(?:s|ed|ures?)?|http|status(?:es)?|codes?|html|web ?pages?|web ?sites?|trace(?:s|back)?|stack|logs?|debug\w*|prints?|outputs?|programs?|scripts?|python|javascript|typescript|java|rust|golang|c\+\+|interpreter|terminal|console|shell|nginx|servers?|rate limits?|fehler\w*|ausgabe|programm\w*|erreurs?|programme|errore?s?|programa|erros?|saída|fouten|foutmelding|błęd\w*|program\w*|ошибк\w*)(?!\p{L})|エラー|プログラム|错误|錯誤|程序|代码/iu;

/** @returns what kind of error it is */
export function findErrorText(prompt: readonly Message[], text: string): string | undefined {
  const kind = kindOf(text.trim());
  return kind === undefined || talksOfErrors(prompt) ? undefined : kind;
}

function kindOf(text: string): string | undefined {
  if (TRACES.some((form) => form.test(text))) return "begins with a stack trace";
  if (text.length <= PAGE_CHARS && PAGE.test(text) && PAGE_TITLE.test(text)) return "is the page of an error";
  if (text.length > SHORT_CHARS) return undefined;
  if (MESSAGES.some((form) => form.test(text))) return "is the message of an error";
  return isErrorObject(text) ? "is the JSON of an error" : undefined;
}

/** `{"error":{"message":…}}`, as providers have it, with nothing else but what goes with it. */
function isErrorObject(text: string): boolean {
  const value = text.startsWith("{") ? parseJson(text) : undefined;
  if (!isObject(value) || !isObject(value.error) || typeof value.error.message !== "string") return false;
  return Object.keys(value).every((key) => ["error", "type", "status", "request_id", "success"].includes(key));
}

function talksOfErrors(prompt: readonly Message[]): boolean {
  const texts = [questionOf(prompt), ...textsOf(prompt, ["system", "developer"])];
  return texts.some((text) => TALKS.test(text.slice(0, PROMPT_CHARS)) || TALKS.test(text.slice(-PROMPT_CHARS)));
}

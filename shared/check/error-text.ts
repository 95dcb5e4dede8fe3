/**
 * An error in the place of an answer: what a proxy, a load balancer or a broken tool put there under status 200. Only where it
 * is all there is, or begins the text as no answer does: people ask about errors, and get told of them.
 */
import { isObject, parseJson } from "../core/json.ts";

/** Longer texts that begin so are about an error. */
const SHORT_CHARS = 400;
const PAGE_CHARS = 4_000;

const PAGE = /^\s{0,40}(?:<!doctype html|<html|<head)/i;
const PAGE_TITLE = /<title>[^<]{0,60}(?:\b[45]\d\d\b|error|unavailable|denied|forbidden|not found)[^<]{0,60}<\/title>/i;
const MESSAGES = [
  /^(?:http )?(?:error )?(?:429|5\d\d)[ :,-]{1,3}(?:too many requests|internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out)\b/i,
  /^(?:internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out|too many requests)\.?$/i,
  /^upstream (?:connect error|request timeout)\b/i,
  /^(?:an |unknown |unexpected )?(?:internal )?(?:error|exception) (?:occurred|has occurred)\b/i,
  /^rate limit (?:reached|exceeded)\b/i,
  /^(?:error|exception): [^\n]{1,300}$/i,
  /^(?:econnrefused|econnreset|etimedout|enotfound)\b/i,
];
const TRACES = [
  /^Traceback \(most recent call last\):\n/,
  /^(?:Uncaught )?[A-Za-z.]{0,60}(?:Error|Exception)(?:: [^\n]{0,300})?\n\s{1,8}at [^\n]{1,200}(?:\(|:\d)/,
  /^Exception in thread "/,
  /^panic: [^\n]{1,300}\n\ngoroutine \d/,
];

/** @returns what kind of error it is */
export function findErrorText(text: string): string | undefined {
  const trimmed = text.trim();
  if (TRACES.some((form) => form.test(trimmed))) return "begins with a stack trace";
  if (PAGE.test(trimmed) && trimmed.length <= PAGE_CHARS && PAGE_TITLE.test(trimmed)) return "is the page of an error";
  if (trimmed.length > SHORT_CHARS) return undefined;
  if (MESSAGES.some((form) => form.test(trimmed))) return "is the message of an error";
  return isErrorObject(trimmed) ? "is the JSON of an error" : undefined;
}

/** `{"error":{"message":…}}`, as providers have it, with nothing else but what goes with it. */
function isErrorObject(text: string): boolean {
  const value = text.startsWith("{") ? parseJson(text) : undefined;
  if (!isObject(value) || !isObject(value.error) || typeof value.error.message !== "string") return false;
  return Object.keys(value).every((key) => ["error", "type", "status", "request_id", "success"].includes(key));
}

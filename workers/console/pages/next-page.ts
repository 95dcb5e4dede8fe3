/** Where signing in leads to: a page of ours, and nothing else that a link could make of it. */

export const HOME = "/console";
const OWN_PAGE = /^\/console(?:[/?][\w\-./?=&%:+~*!$,;@]*)?$/;
const CHARS_MAX = 2_000;

export function nextOf(value: unknown): string {
  if (typeof value !== "string" || value.length > CHARS_MAX || value.includes("//")) return HOME;
  return OWN_PAGE.test(value) ? value : HOME;
}

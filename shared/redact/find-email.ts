/**
 * E-mail addresses, of the dot-atom form of RFC 5322 (https://www.rfc-editor.org/rfc/rfc5322#section-3.4.1) with a
 * domain that has a top level. Each `@` is looked at once, and from it outwards over a bounded number of characters.
 */
import { type Found, LETTERS } from "./kinds.ts";

/** RFC 5321, 4.5.3.1. */
const LOCAL_CHARS_MAX = 64;
const DOMAIN_CHARS_MAX = 255;

const CHARACTER = `${LETTERS}\\p{M}\\p{N}`;
const LOCAL = new RegExp(`[${CHARACTER}.!#$%&'*+/=?^_\`{|}~-]+$`, "u");
const LABEL = `[${CHARACTER}][${CHARACTER}-]{0,62}`;
const DOMAIN = new RegExp(`^${LABEL}(?:\\.${LABEL}){0,20}`, "u");

/**
 * Top levels of three letters and more that people have mail under; those of two letters are all countries'. With any
 * word in their place, every decorator of Python (`via@agent.tool`) would be a mailbox. Names kept for documentation
 * count: whoever tries redaction tries it with `alice@example.com`.
 */
const TOP_LEVELS = new Set(
  (
    "com org net edu gov mil int info biz name pro mobi aero coop museum asia cat jobs tel travel post app dev page blog shop store online site " +
    "website tech cloud digital agency studio design email mail xyz club live life world today news media group team company business solutions " +
    "services consulting systems software network social space link click icu top vip work works world global international center academy " +
    "school university college health care clinic dental doctor law legal lawyer bank finance capital money fund ventures partners london " +
    "berlin paris nyc tokyo hamburg koeln wien amsterdam brussels bayern zuerich swiss eus gal bzh corsica scot wales irish art photography " +
    "photos gallery music band film video games game fun family house homes estate properties realty rent hotel restaurant cafe bar pizza beer " +
    "wine coffee foundation charity church community education engineering energy eco green bio organic farm garden fitness yoga run bike auto " +
    "cars taxi tours guide events wedding gifts boutique fashion style jewelry test example invalid corp local internal lan google amazon apple"
  ).split(" "),
);

export function findEmails(text: string): Found[] {
  const found: Found[] = [];
  let floor = 0;
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    const email = emailAround({ text, at, floor });
    if (email === undefined) continue;
    found.push(email);
    floor = email.end;
  }
  return found;
}

function emailAround({ text, at, floor }: { text: string; at: number; floor: number }): Found | undefined {
  const domain = domainAfter(text.slice(at + 1, at + 1 + DOMAIN_CHARS_MAX));
  if (domain === undefined) return undefined;
  const before = LOCAL.exec(text.slice(Math.max(floor, at - LOCAL_CHARS_MAX), at))?.[0] ?? "";
  // What quotes, lists and queries put in front: 'me@…, to=me@…, //me@…
  const local = before.slice(before.search(/[^=/?&]*$/)).replace(/^[.'*`{|~^!#$%_-]+(?=[\p{L}\p{N}])/u, "");
  if (!/[\p{L}\p{N}]/u.test(local) || local.endsWith(".") || local.includes("..")) return undefined;
  const start = at - local.length;
  const end = at + 1 + domain.length;
  return { start, end, kind: "email", value: `${local}@${domain}`.toLowerCase() };
}

/** A domain with a top level of letters; what follows it in the sentence left out. */
function domainAfter(text: string): string | undefined {
  const labels = (DOMAIN.exec(text)?.[0] ?? "").split(".");
  while (labels.length > 1 && !isTopLevel(labels.at(-1) ?? "")) labels.pop();
  if (labels.length < 2) return undefined;
  return labels.join(".");
}

function isTopLevel(label: string): boolean {
  return /^(?:[A-Za-z]{2}|xn--[a-z0-9-]{2,59}|\P{ASCII}{2,24})$/u.test(label) || TOP_LEVELS.has(label.toLowerCase());
}

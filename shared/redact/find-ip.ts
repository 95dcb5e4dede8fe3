/**
 * IP addresses that may be somebody's. Left alone: private, loopback, link-local and multicast ranges and well-known
 * resolvers (they name nobody, and network questions are about them), networks (`…/24`), and versions of four parts.
 * Ranges kept for documentation count: whoever tries redaction tries it with those.
 */
import { type Found, standsAfter } from "./kinds.ts";

const V4 =
  /(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?![\w-]|\.\d|\/(?:[12]?\d|30)\b)/g;
/** IANA's special purposes (https://www.iana.org/assignments/iana-ipv4-special-registry), and public resolvers. */
const NOBODY_V4 =
  /^(?:0\.|10\.|127\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|192\.168\.|198\.1[89]\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|2(?:2[4-9]|[345]\d)\.)|^(?:8\.8\.8\.8|8\.8\.4\.4|1\.1\.1\.1|1\.0\.0\.1|9\.9\.9\.9)$|\.0\.0$/;
const VERSION =
  /(?:version|versión|versione|versie|wersja|versão|バージョン|release|build|firmware|driver|section|chapter|clause|abschnitt|kapitel|§|ver|\bv)[\s.:#-]*$|[\w)]\/$/i;

const V6 = /(?<![\w:.])[0-9A-Fa-f]{1,4}(?::{1,2}[0-9A-Fa-f]{1,4}){1,7}(?:::)?(?![\w:])/g;
const V6_GROUPS = 8;

export function findIps(text: string): Found[] {
  return [...findV4(text), ...findV6(text)];
}

function findV4(text: string): Found[] {
  return [...text.matchAll(V4)]
    .filter(({ 0: ip, index }) => !NOBODY_V4.test(ip) && !standsAfter({ text, at: index, words: VERSION, chars: 16 }))
    .map(({ 0: ip, index }) => ({ start: index, end: index + ip.length, kind: "ip", value: ip }));
}

function findV6(text: string): Found[] {
  return [...text.matchAll(V6)].flatMap(({ 0: ip, index }): Found[] => {
    const groups = groupsOf(ip.toLowerCase());
    if (groups === undefined) return [];
    return [{ start: index, end: index + ip.length, kind: "ip", value: groups.join(":") }];
  });
}

/** The eight groups of a global unicast address (2000::/3). */
function groupsOf(ip: string): string[] | undefined {
  const [head = "", tail, ...more] = ip.split("::");
  if (more.length > 0) return undefined;
  const left = head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const missing = V6_GROUPS - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const groups = [...left, ...Array.from({ length: missing }, () => "0"), ...right].map((group) =>
    group.replace(/^0+(?=.)/, ""),
  );
  return /^[23]...$/.test(groups[0] ?? "") ? groups : undefined;
}

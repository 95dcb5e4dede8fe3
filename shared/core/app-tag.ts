/**
 * Twelve bits of an app's name in the ids of its exchanges. Whoever holds a signed id need not say of which app it is:
 * the tag leads to the apps that it may be of, one in nearly all cases, without a lookup.
 */
import { sha256Hex } from "./hash.ts";
import { APP_TAG_ENTRIES_MAX } from "./limits.ts";

const known = new Map<string, string>();

/** 3 hex characters. */
export function appTag(app: string): string {
  const tag = known.get(app) ?? sha256Hex(`winnow.app-tag.1\0${app}`).slice(0, 3);
  if (known.size < APP_TAG_ENTRIES_MAX) known.set(app, tag);
  return tag;
}

/** Of an exchange's id. */
export function tagOf(id: string): string {
  return id.slice(15, 18);
}

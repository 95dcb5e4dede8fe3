/**
 * What is kept of a user: a keyed hash of the name that the app sent, the same for the same name, so that rows of one user
 * can be told and erased, and that tells nobody who it is without WINNOW_SECRET.
 */
import type { MacSigner } from "./mac.ts";

/** `u_` and 22 characters of base64url. */
export async function hashUserId(user: string, signer: MacSigner): Promise<string> {
  return `u_${await signer.sign("user", user)}`;
}

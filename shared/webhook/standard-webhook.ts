/**
 * Webhooks as Standard Webhooks has them (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec): three
 * headers, and a signature over id, time and body, so that any of its libraries verifies ours. Pure but for WebCrypto.
 */
import { toBase64, toBytes } from "../core/text.ts";

export interface BatchEvent {
  type: "batch.ready" | "batch.held";
  /** ISO 8601: when the batch was made, or released. */
  timestamp: string;
  data: {
    id: string;
    app: string;
    task: string | null;
    status: "ready" | "held";
    counts: Record<string, number>;
    /** Of the manifest. */
    sha256: string;
    /** Path of the manifest, at the address at which winnow is reached. */
    manifest: string;
  };
}

/** One secret an app, made of winnow's own, so that none has to be kept: `whsec_` and 32 bytes as base64. */
export async function webhookSecret(winnowSecret: string, app: string): Promise<string> {
  return `whsec_${toBase64(await macOf(toBytes(winnowSecret), `winnow.webhook\0${app}`))}`;
}

/** @param id of the message: the same for every try, so that a receiver can tell a repetition */
export async function signedHeaders(options: {
  secret: string;
  id: string;
  /** Seconds since the epoch, of this try. */
  atSeconds: number;
  body: string;
}): Promise<Record<string, string>> {
  const { secret, id, atSeconds, body } = options;
  const key = Uint8Array.from(atob(secret.replace(/^whsec_/, "")), (char) => char.charCodeAt(0));
  const signature = toBase64(await macOf(key, `${id}.${atSeconds}.${body}`));
  return { "webhook-id": id, "webhook-timestamp": String(atSeconds), "webhook-signature": `v1,${signature}` };
}

async function macOf(key: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array> {
  const imported = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", imported, toBytes(text)));
}

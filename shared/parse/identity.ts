/**
 * Who calls and in which conversation, as the request itself says, where the app sends no header of winnow's:
 * OpenAI's `safety_identifier`, `user` (which it replaces) and `metadata`; Anthropic's `metadata.user_id`.
 */
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { readName } from "./parse-bounded.ts";

export interface Identity {
  user: string | null;
  session: string | null;
}

const USER_FIELDS = ["safety_identifier", "user"] as const;
const USER_METADATA = "user_id";
/** What apps call a conversation in their metadata, by how often it is seen. */
const SESSION_METADATA = ["session_id", "conversation_id", "thread_id"] as const;

export function readIdentity(request: Json): Identity {
  if (!isObject(request)) return { user: null, session: null };
  const metadata = isObject(request.metadata) ? request.metadata : {};
  return {
    user: firstName([...USER_FIELDS.map((field) => request[field]), metadata[USER_METADATA]]),
    session: firstName(SESSION_METADATA.map((field) => metadata[field])),
  };
}

/** The request with every name of its user replaced. @param rename what is kept of a name */
export async function renameUser(request: Json, rename: (user: string) => Promise<string>): Promise<Json> {
  if (!isObject(request)) return request;
  const renamed: JsonObject = { ...request };
  for (const field of USER_FIELDS) {
    const user = renamed[field];
    if (typeof user === "string" && user !== "") renamed[field] = await rename(user);
  }
  const { metadata } = request;
  const user = isObject(metadata) ? metadata[USER_METADATA] : undefined;
  if (isObject(metadata) && typeof user === "string" && user !== "") {
    renamed.metadata = { ...metadata, [USER_METADATA]: await rename(user) };
  }
  return renamed;
}

function firstName(values: readonly (Json | undefined)[]): string | null {
  return values.map((value) => readName(value)).find((name) => name !== null) ?? null;
}

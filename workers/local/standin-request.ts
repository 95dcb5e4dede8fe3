/** Reads what the stand-in is sent. What is not understood of a request is ignored; what is wrong names its field. */
import * as z from "zod";

const replaySchema = z.object({
  answers: z.array(z.object({ prompt: z.string(), model: z.string(), text: z.string() })),
  reset: z.boolean().optional(),
});

export type Replay = z.infer<typeof replaySchema>;

/** Each format writes it in its provider's own shape; type, param and code are as OpenAI has them. */
export class StandinError extends Error {
  readonly status: number;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;

  constructor(options: { status: number; type: string; message: string; param?: string; code?: string }) {
    super(options.message);
    this.status = options.status;
    this.type = options.type;
    this.param = options.param ?? null;
    this.code = options.code ?? null;
  }
}

/** @throws StandinError that names the field */
export function readReplay(body: string): Replay {
  return readBody(body, replaySchema);
}

/** @throws StandinError that names the field */
export function readBody<T>(body: string, schema: z.ZodType<T>): T {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new StandinError({ status: 400, type: "invalid_request_error", message: "the body is not JSON" });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const param = issue?.path.join(".") ?? "";
  throw new StandinError({
    status: 400,
    type: "invalid_request_error",
    message: `${param === "" ? "the body" : param}: ${issue?.message ?? "not of the form that is asked for"}`,
    ...(param !== "" && { param }),
  });
}

/** Content as every provider writes it: a string, or parts of which some have a text. Without any, an empty string. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part: { text?: unknown } | null) => (typeof part?.text === "string" ? part.text : "")).join(" ");
}

/** What the stand-in is asked: OpenAI's chat completions request, as far as it is understood here; the rest is ignored. */
import * as z from "zod";

const CHOICES_MAX = 8;

const toolSchema = z.looseObject({
  function: z.looseObject({ name: z.string().min(1), parameters: z.record(z.string(), z.unknown()).optional() }),
});
const requestSchema = z.looseObject({
  model: z.string().min(1),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown().optional() })).min(1),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().nullish() }).nullish(),
  n: z.int().min(1).max(CHOICES_MAX).nullish(),
  tools: z.array(toolSchema).nullish(),
  tool_choice: z.unknown().optional(),
});
const replaySchema = z.object({
  answers: z.array(z.object({ prompt: z.string(), model: z.string(), text: z.string() })),
  reset: z.boolean().optional(),
});

export type ChatRequest = z.infer<typeof requestSchema>;
export type Tool = z.infer<typeof toolSchema>;
export type Replay = z.infer<typeof replaySchema>;

/** Answered in OpenAI's shape: `{"error":{"message","type","param","code"}}`. */
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
export function readChatRequest(body: string): ChatRequest {
  return read(body, requestSchema);
}

/** @throws StandinError that names the field */
export function readReplay(body: string): Replay {
  return read(body, replaySchema);
}

function read<T>(body: string, schema: z.ZodType<T>): T {
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

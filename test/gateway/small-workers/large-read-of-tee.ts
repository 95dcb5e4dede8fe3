/** Trap 1 of DESIGN.md, "Capture": a large least read straight on the second branch of a tee holds back the first. */
import { COPY_READ_BYTES } from "../../../shared/core/limits.ts";
import { callTarget, type TargetEnv } from "./target.ts";

export default {
  async fetch(request, env, ctx): Promise<Response> {
    const answer = await callTarget(request, env);
    if (answer.body === null) return answer;
    const [toClient, toCopy] = answer.body.tee();
    const client = new IdentityTransformStream();
    ctx.waitUntil(toClient.pipeTo(client.writable).catch(() => undefined));
    const reader = toCopy.getReader({ mode: "byob" });
    ctx.waitUntil(reader.readAtLeast(COPY_READ_BYTES, new Uint8Array(COPY_READ_BYTES)).catch(() => undefined));
    return new Response(client.readable, answer);
  },
} satisfies ExportedHandler<TargetEnv>;

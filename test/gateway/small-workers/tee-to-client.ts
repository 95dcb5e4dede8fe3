/** Trap 2 of DESIGN.md, "Capture": a branch of a tee given straight to the client hides that the client leaves. */
import { COPY_READ_BYTES } from "../../../shared/core/limits.ts";
import { callTarget, type TargetEnv } from "./target.ts";

export default {
  async fetch(request, env, ctx): Promise<Response> {
    const answer = await callTarget(request, env);
    if (answer.body === null) return answer;
    const [toClient, toCopy] = answer.body.tee();
    const copy = new IdentityTransformStream();
    ctx.waitUntil(toCopy.pipeTo(copy.writable).catch(() => undefined));
    const reader = copy.readable.getReader({ mode: "byob" });
    ctx.waitUntil(reader.readAtLeast(COPY_READ_BYTES, new Uint8Array(COPY_READ_BYTES)).catch(() => undefined));
    return new Response(toClient, answer);
  },
} satisfies ExportedHandler<TargetEnv>;

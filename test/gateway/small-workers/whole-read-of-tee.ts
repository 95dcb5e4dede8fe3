/** Trap 1 of DESIGN.md, "Capture": `arrayBuffer()` straight on the second branch of a tee holds back the first. */
import { callTarget, type TargetEnv } from "./target.ts";

export default {
  async fetch(request, env, ctx): Promise<Response> {
    const answer = await callTarget(request, env);
    if (answer.body === null) return answer;
    const [toClient, toCopy] = answer.body.tee();
    const client = new IdentityTransformStream();
    ctx.waitUntil(toClient.pipeTo(client.writable).catch(() => undefined));
    ctx.waitUntil(new Response(toCopy).arrayBuffer());
    return new Response(client.readable, answer);
  },
} satisfies ExportedHandler<TargetEnv>;

/** What the small Workers of test/gateway share: the call to the provider, as the gateway makes it. */

export interface TargetEnv {
  TARGET: string;
}

export function callTarget(request: Request, env: TargetEnv): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const { method, headers, body, signal } = request;
  return fetch(env.TARGET + pathname + search, { method, headers, body, signal, redirect: "manual" });
}

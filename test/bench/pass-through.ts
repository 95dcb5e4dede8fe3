/** The floor, 1.0: a Worker that passes a call on and does nothing else. */

interface PassThroughEnv {
  TARGET: string;
}

export default {
  fetch(request, env): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    return fetch(env.TARGET + pathname + search, request);
  },
} satisfies ExportedHandler<PassThroughEnv>;

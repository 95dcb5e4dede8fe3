import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // what hangs ends; how long a test takes says nothing on a machine that others use too
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // most files wait for queues far longer than they compute
    maxWorkers: 4,
    // What takes longest is to load wrangler and Miniflare, and to bundle the Workers: each process does so once, not each
    // file. So a file leaves nothing behind: no environment variable, no global, no listener.
    isolate: false,
  },
});

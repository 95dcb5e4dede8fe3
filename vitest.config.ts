import { defineConfig } from "vitest/config";

/** Numbers are held to the last digit there, and V8 may compile what other files have warmed up in another way. */
const EXACT = ["test/verdict/**/*.test.ts", "test/score/**/*.test.ts"];

export default defineConfig({
  test: {
    // what hangs ends; how long a test takes says nothing on a machine that others use too
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // several at once on two cores: helpers of the collector would stand in each other's way
    execArgv: ["--single-threaded-gc"],
    // while one waits for a queue, a browser or wrangler, others compute
    maxWorkers: 4,
    projects: [
      {
        extends: true,
        test: {
          name: "all",
          include: ["test/**/*.test.ts"],
          exclude: EXACT,
          // What takes longest is to load wrangler and Miniflare, and to bundle the Workers: each process does so once, not each
          // file. So a file leaves nothing behind: no environment variable, no global, no listener.
          isolate: false,
        },
      },
      { extends: true, test: { name: "exact", include: EXACT, isolate: true } },
    ],
  },
});

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // what hangs ends; how long a test takes says nothing on a machine that others use too
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // most files wait for queues far longer than they compute
    maxWorkers: 4,
  },
});

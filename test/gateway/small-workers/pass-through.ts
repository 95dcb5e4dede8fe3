/** No trap: the bare pass-through, which keeps nothing. What the gateway does to a stream is held against this. */
import { callTarget, type TargetEnv } from "./target.ts";

export default {
  fetch: callTarget,
} satisfies ExportedHandler<TargetEnv>;

/**
 * fast-check with one seed, so that a run can be repeated. `FC_SEED=… npx vitest run test/unit` looks elsewhere; a failure
 * prints its seed and its path.
 */
import fc from "fast-check";

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 20_261_123) });

export default fc;

/** As a script tag: `winnow`, and nothing else, is global. */
import { winnow } from "./beacon.ts";

Object.assign(globalThis, { winnow });

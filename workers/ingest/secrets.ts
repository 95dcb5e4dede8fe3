/** What ingest makes of its one secret, once an isolate. */
import { MacSigner } from "../../shared/core/mac.ts";
import { Sealer } from "../../shared/core/seal.ts";

let made: { secret: string; signer: MacSigner; sealer: Sealer } | undefined;

export function secretsOf({ WINNOW_SECRET: secret }: Pick<IngestEnv, "WINNOW_SECRET">): {
  signer: MacSigner;
  sealer: Sealer;
} {
  if (made?.secret !== secret) made = { secret, signer: new MacSigner(secret), sealer: new Sealer(secret) };
  return made;
}

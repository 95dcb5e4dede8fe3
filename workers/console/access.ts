/**
 * Cloudflare Access: who stands behind the token that Access puts on every request it lets through.
 * https://developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/validating-json/
 *
 *     ACCESS_TEAM       https://<team>.cloudflareaccess.com: the issuer, where its keys are too
 *     ACCESS_AUDIENCE   the application's audience tag
 *     ACCESS_PEOPLE     {"ann@example.com":{"app":"demo","role":"admin"},"*":{"app":"demo","role":"viewer"}}
 */
import { createRemoteJWKSet, customFetch, type FetchImplementation, type JWTVerifyGetKey, jwtVerify } from "jose";
import * as z from "zod";
import { parseJson } from "../../shared/core/json.ts";
import { APP_FORM } from "../../shared/core/keys.ts";
import { ROLES, type Role } from "../../shared/session/session.ts";

export interface AccessVariables {
  ACCESS_TEAM?: string;
  ACCESS_AUDIENCE?: string;
  ACCESS_PEOPLE?: string;
}

export interface AccessPerson {
  email: string;
  app: string;
  role: Role;
  /** The token's own: tells one sign-in from another. */
  expiresAtMs: number;
}

/** Of Access's keys; a token that is signed by another algorithm is none of its. */
const ALGORITHMS = ["RS256"];
/** Between Cloudflare's clocks and this one. */
const CLOCK_TOLERANCE_S = 30;

const peopleSchema = z.record(
  z.string().max(320),
  z.strictObject({ app: z.string().regex(APP_FORM, "is the name of an app"), role: z.enum(ROLES) }),
);
type People = z.infer<typeof peopleSchema>;

export class Access {
  readonly #issuer: string;
  readonly #audience: string;
  readonly #people: People;
  readonly #keys: JWTVerifyGetKey;

  constructor(options: { issuer: string; audience: string; people: People; keys: JWTVerifyGetKey }) {
    this.#issuer = options.issuer;
    this.#audience = options.audience;
    this.#people = options.people;
    this.#keys = options.keys;
  }

  /** undefined: not a token of this team for this application, over, or of somebody whom ACCESS_PEOPLE doesn't name. */
  async person(token: string, nowMs: number): Promise<AccessPerson | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        issuer: this.#issuer,
        audience: this.#audience,
        algorithms: ALGORITHMS,
        requiredClaims: ["exp", "iat", "email"],
        clockTolerance: CLOCK_TOLERANCE_S,
        currentDate: new Date(nowMs),
      });
      const { email, exp = 0 } = payload;
      if (typeof email !== "string") return undefined;
      const person = Object.hasOwn(this.#people, email) ? this.#people[email] : this.#people["*"];
      return person === undefined ? undefined : { email, ...person, expiresAtMs: exp * 1_000 };
    } catch {
      return undefined; // whatever is wrong with it, it opens nothing
    }
  }
}

/**
 * undefined: Access is not configured.
 * @throws where it is, but not completely: half a lock is none
 */
export function accessOf(variables: AccessVariables, fetchKeys: FetchImplementation): Access | undefined {
  const { ACCESS_TEAM: team, ACCESS_AUDIENCE: audience, ACCESS_PEOPLE: people } = variables;
  if (!team && !audience) return undefined;
  if (!team || !audience) throw new Error("ACCESS_TEAM and ACCESS_AUDIENCE go together: set both, or neither");
  const issuer = team.replace(/\/$/, "");
  const keys = createRemoteJWKSet(new URL(`${issuer}/cdn-cgi/access/certs`), { [customFetch]: fetchKeys });
  return new Access({ issuer, audience, people: readPeople(people), keys });
}

/** Nobody, where nothing is set. */
export function readPeople(text: string | undefined): People {
  const read = peopleSchema.safeParse(parseJson(text || "{}"));
  if (read.success) return read.data;
  throw new Error('ACCESS_PEOPLE is not of the form {"ann@example.com":{"app":"demo","role":"admin"}}');
}

import { describe, expect, test } from "vitest";
import { makeKey } from "../../shared/core/keys.ts";
import { findSecrets } from "../../shared/core/secret-patterns.ts";
import { ALNUM, LOWER, makeRandom, UPPER } from "../bench-redact/random.ts";

const random = makeRandom(7);
const any = (count: number, alphabet = ALNUM): string => random.letters(count, alphabet);
const hex = (count: number): string => random.letters(count, "0123456789abcdef");

/** Where one is found, what it is and what of the text it is. */
function found(text: string): [kind: string, secret: string][] {
  return findSecrets(text).map(({ kind, start, end }) => [kind, text.slice(start, end)]);
}

describe("a secret that has a form of its own", () => {
  test.each<[string, string]>([
    ["openai_key", `sk-${any(48)}`],
    ["openai_key", `sk-proj-${any(60)}_${any(20)}-${any(40)}`],
    ["openai_key", `sk-or-v1-${hex(64)}`],
    ["anthropic_key", `sk-ant-api03-${any(90)}-${any(4)}AA`],
    ["google_key", `AIza${any(35)}`],
    ["aws_key", `AKIA${any(16, `${UPPER}234567`)}`],
    ["github_token", `ghp_${any(36)}`],
    ["github_token", `github_pat_${any(22)}_${any(59)}`],
    ["gitlab_token", `glpat-${any(20)}`],
    ["slack_token", `xoxb-${any(12, "0123456789")}-${any(24)}`],
    ["stripe_key", `sk_live_${any(24)}`],
    ["npm_token", `npm_${any(36)}`],
    ["pypi_token", `pypi-AgEIcHlwaS5vcmc${any(80)}`],
    ["huggingface_token", `hf_${any(34, LOWER + UPPER)}`],
    ["twilio_key", `SK${hex(32)}`],
    ["sendgrid_key", `SG.${any(22)}.${any(43)}`],
    ["jwt", `eyJ${any(30)}.eyJ${any(60)}.${any(43)}`],
    ["telegram_token", `${any(9, "123456789")}:AA${any(33)}`],
  ])("is found as %s, in a sentence, in quotes and in a URL's query", (kind, secret) => {
    expect(found(`I use ${secret}, is it safe?`)).toEqual([[kind, secret]]);
    expect(found(`{"x":"${secret}"}`)).toEqual([[kind, secret]]);
    expect(found(`a=${secret}\nb`)).toEqual([[kind, secret]]);
  });

  test("is not found within a longer word", () => {
    expect(found(`XAKIA${any(16, UPPER)}`)).toEqual([]);
    expect(found(`AKIA${"A".repeat(30)}`)).toEqual([]);
    expect(found("task-force-of-the-twenty-first-century-2024")).toEqual([]);
  });

  test("of winnow is found, as keys are made", async () => {
    const mac = any(22);
    const key = await makeKey({ app: "acme", keyId: "k1", scopes: ["proxy", "pull"] }, {
      sign: async () => mac,
    } as never);
    expect(found(`x-winnow-key: ${key}`)).toEqual([["winnow_key", key]]);
  });

  test("that is a private key is found from its first line to its last, with line breaks or `\\n`, or cut off", () => {
    const body = Array.from({ length: 6 }, () => any(64));
    const head = "-----BEGIN RSA PRIVATE KEY-----";
    const tail = "-----END RSA PRIVATE KEY-----";
    for (const newline of ["\n", "\r\n", "\\n"]) {
      const pem = [head, ...body, tail].join(newline);
      expect(found(`key: ${pem} end`)).toEqual([["private_key", pem]]);
    }
    const cut = [head, ...body].join("\n");
    expect(found(`${cut}`)).toEqual([["private_key", cut]]);
    expect(found(`a file that begins with ${head} is secret`)).toEqual([]);
  });
});

describe("a secret beside its name", () => {
  const token = `${any(10, LOWER)}4${any(10, UPPER)}9${any(12)}`;

  test.each([
    (secret: string) => `api_key = "${secret}"`,
    (secret: string) => `"apiKey": "${secret}"`,
    (secret: string) => `\\"access_token\\":\\"${secret}\\"`,
    (secret: string) => `OPENAI_API_KEY=${secret}`,
    (secret: string) => `client_secret => '${secret}'`,
    (secret: string) => `aws_secret_access_key: ${secret}`,
    (secret: string) => `Authorization: Bearer ${secret}`,
    (secret: string) => `https://x.test/a?b=1&token=${secret}#c`,
  ])("is found: %s", (write) => {
    expect(found(write(token)).map(([, secret]) => secret)).toEqual([token]);
  });

  test("is found although it is short, where it is a password", () => {
    expect(found("password: hunter2!x")).toEqual([["password", "hunter2!x"]]);
    expect(found("my password is Tr0ub4dor, thanks")).toEqual([["password", "Tr0ub4dor"]]);
    expect(found("Passwort: Sommer2024")).toEqual([["password", "Sommer2024"]]);
    expect(found("パスワードはsakura99です。").map(([kind]) => kind)).toEqual(["password"]);
    expect(found("postgres://app:pA55w0rd@db.internal:5432/x")).toEqual([["url_password", "pA55w0rd"]]);
  });

  test.each([
    "api_key = os.environ['API_KEY']",
    "password = getpass.getpass()",
    "token: string; secret: string",
    'const token = tokenizer.encode("hello world 1234567890")',
    "API_KEY=your-api-key-goes-here-123",
    "api_key: $(cat secrets/openai_key_2024)",
    "max_tokens: 4096, total_tokens=1234567890123",
    "Your password is required. Password: optional",
    "postgres://user:password@localhost/db",
    "apiKey: xxxxxxxxxxxxxxxx1234",
    "<div class='sk-toggleable__content sk-fading-circle sk-cube-grid-12'>",
    "the secret: practice makes perfect every single day",
    "https://x.test/a?code=unauthorized_client&key=navigation",
  ])("is not what stands for one: %s", (text) => {
    expect(found(text)).toEqual([]);
  });
});

test("spans are in order and none lies over another", () => {
  const secrets = [`sk-${any(48)}`, `ghp_${any(36)}`, `AKIA${any(16, UPPER)}`];
  const text = secrets
    .map((secret) => `api_key="${secret}" password=${secret}\n`)
    .join("")
    .repeat(3);
  const spans = findSecrets(text);
  expect(spans.length).toBe(18);
  for (const [at, { start, end }] of spans.entries()) {
    expect(start).toBeGreaterThanOrEqual(spans[at - 1]?.end ?? 0);
    expect(end).toBeGreaterThan(start);
  }
});

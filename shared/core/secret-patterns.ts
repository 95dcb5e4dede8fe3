/**
 * Secrets in text: keys of providers, tokens, private keys, passwords beside their names. Pure; it never says what a
 * secret is, only where. Each pattern is linear: it starts at a literal or after a character that its body excludes,
 * and what may repeat is bounded or cannot be entered twice. Forms are those that the providers document for secret
 * scanning; what has no form of its own counts only beside a name and when it looks random.
 */
export interface SecretSpan {
  start: number;
  end: number;
  /** `openai_key`, `jwt`, `password`, … */
  kind: string;
}

interface Pattern {
  kind: string;
  /** Global. The secret is the group `secret` where there is one, else the match. */
  form: RegExp;
  /** A second look at the secret itself. */
  holds?: (secret: string) => boolean;
}

/** Spans in order, none over another. Where two patterns meet, the one that starts first, then the longer. */
export function findSecrets(text: string): SecretSpan[] {
  const found: SecretSpan[] = [];
  for (const { kind, form, holds } of PATTERNS) {
    for (const match of text.matchAll(form)) {
      const secret = match.groups?.secret ?? match[0];
      if (holds !== undefined && !holds(secret)) continue;
      const start = match.index + match[0].lastIndexOf(secret);
      found.push({ start, end: start + secret.length, kind });
    }
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const spans: SecretSpan[] = [];
  for (const span of found) if (span.start >= (spans.at(-1)?.end ?? 0)) spans.push(span);
  return spans;
}

/** A pattern of a key that stands alone: nothing of a word before it or after it. */
function key(body: string): RegExp {
  return new RegExp(`(?<![A-Za-z0-9_-])(?:${body})(?![A-Za-z0-9])`, "g");
}

/** Longest run of letters and digits, so that `sk-toggleable-content-wide` is no key. */
function hasRun(secret: string, lengthMin: number): boolean {
  return secret.split(/[^A-Za-z0-9]+/).some((run) => run.length >= lengthMin && /\d/.test(run));
}

/** Bits a character, by the counts in the text itself (Shannon): words have about 3 and less, keys 3.3 and more. */
function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Letters and digits in disorder: not a word, a number, a date or `xxxxxxxx1`. */
function looksRandom(secret: string): boolean {
  return /\d/.test(secret) && /[A-Za-z]/.test(secret) && !isStandIn(secret) && entropyBits(secret) >= 3;
}

/** What is written in manuals where the secret would stand, or code that reads it from somewhere. */
function isStandIn(secret: string): boolean {
  return (
    /(?<![A-Za-z0-9])(?:your|my|example|placeholder|changeme|dummy|redacted|insert)(?![a-z0-9])|xxxx|\*\*\*|\.\.\.|…/i.test(
      secret,
    ) ||
    /^[<[{$%]|\$\{|[()]|process\.|environ|getenv|config\.|settings\./.test(secret) ||
    /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+$/.test(secret) ||
    /^(?:https?:\/\/|\.?\/)/.test(secret)
  );
}

function looksLikeValue(secret: string): boolean {
  return secret.length >= 12 && looksRandom(secret) && hasRun(secret, 6);
}

/** A password may be short; it has a letter, and a digit or a mark, and is no name of a variable. */
function looksLikePassword(secret: string): boolean {
  if (isStandIn(secret) || /passw|secret|token|input|value|field|null|none|true|false|string/i.test(secret))
    return false;
  return /\p{L}/u.test(secret) && /[\d!@#$%^&*?~]/.test(secret.slice(0, -1) + secret.slice(-1).replace(/[?!*]/, ""));
}

const NAMED = [
  "(?:api|access|auth|secret|private|signing|encryption|account|subscription|service)[_ -]?(?:access[_ -]?)?(?:key|token)",
  "(?:client|app|consumer|webhook|shared)[_ -]?secret",
  "(?:bearer|refresh|session|id|bot|personal|deploy)[_ -]?(?:access[_ -]?)?token",
  "secret",
  "token",
  "credential",
].join("|");
const PASSWORDS =
  "password|passwd|passphrase|passcode|pwd|passwort|kennwort|mot de passe|contraseña|wachtwoord|hasło|senha|parola d'ordine|パスワード";
/** Between a name and its value: `: `, `=`, `": "`, ` => `, with the quotes of JSON within JSON. */
const ASSIGNED = "\\\\?[\"'`]?\\s{0,3}(?::=?|=>?|：)\\s{0,3}\\\\?[\"'`]?";
const SAID = "\\s{0,3}(?:\\s(?:is|was|ist|lautet|est|es|è|jest|é)\\s?:?|は)\\s{0,3}[\"'`]?";

const PATTERNS: readonly Pattern[] = [
  { kind: "anthropic_key", form: key("sk-ant-[A-Za-z0-9_-]{20,250}"), holds: (secret) => hasRun(secret, 8) },
  {
    kind: "openai_key",
    form: key("sk-(?:proj|svcacct|admin|or-v1|None)-[A-Za-z0-9_-]{20,250}"),
    holds: (secret) => hasRun(secret, 8) && looksRandom(secret),
  },
  {
    kind: "openai_key",
    form: key("sk-[A-Za-z0-9_-]{20,250}"),
    holds: (secret) => hasRun(secret, 16) && looksRandom(secret),
  },
  { kind: "google_key", form: key("AIza[A-Za-z0-9_-]{35}") },
  { kind: "google_token", form: key("ya29\\.[A-Za-z0-9_-]{20,2000}|GOCSPX-[A-Za-z0-9_-]{28}") },
  {
    kind: "aws_key",
    form: key("(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}|(?:AKIA|ASIA)[A-Z0-9]{16}"),
  },
  { kind: "github_token", form: key("gh[pousr]_[A-Za-z0-9]{36,251}|github_pat_[A-Za-z0-9_]{60,100}") },
  { kind: "gitlab_token", form: key("gl(?:pat|ptt|dt|rt|ft)-[A-Za-z0-9_-]{20,60}") },
  {
    kind: "slack_token",
    form: key("xox[abeoprs]-[A-Za-z0-9-]{10,250}|xapp-\\d-[A-Za-z0-9-]{20,250}"),
    holds: (secret) => hasRun(secret, 8),
  },
  { kind: "slack_webhook", form: /hooks\.slack\.com\/(?:services|workflows)\/(?<secret>[A-Za-z0-9/_-]{20,100})/g },
  {
    kind: "discord_webhook",
    form: /discord(?:app)?\.com\/api\/webhooks\/\d{10,20}\/(?<secret>[A-Za-z0-9_-]{40,100})/g,
  },
  { kind: "stripe_key", form: key("(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,250}|whsec_[A-Za-z0-9+/]{24,100}") },
  { kind: "npm_token", form: key("npm_[A-Za-z0-9]{36}") },
  { kind: "pypi_token", form: key("pypi-AgE[A-Za-z0-9_-]{40,250}") },
  { kind: "huggingface_token", form: key("(?:hf|api_org)_[A-Za-z0-9]{30,40}") },
  { kind: "twilio_key", form: key("SK[0-9a-f]{32}") },
  { kind: "sendgrid_key", form: key("SG\\.[A-Za-z0-9_-]{16,32}\\.[A-Za-z0-9_-]{32,64}") },
  { kind: "mailgun_key", form: key("key-[0-9a-f]{32}") },
  { kind: "telegram_token", form: /(?<![A-Za-z0-9_-])\d{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/g },
  { kind: "groq_key", form: key("gsk_[A-Za-z0-9]{40,60}") },
  { kind: "xai_key", form: key("xai-[A-Za-z0-9]{60,100}") },
  { kind: "perplexity_key", form: key("pplx-[A-Za-z0-9]{40,60}") },
  { kind: "replicate_token", form: key("r8_[A-Za-z0-9]{37}") },
  { kind: "digitalocean_token", form: key("do[opr]_v1_[0-9a-f]{64}") },
  { kind: "shopify_token", form: key("shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}") },
  { kind: "databricks_token", form: key("dapi[0-9a-f]{32}(?:-\\d)?") },
  { kind: "linear_key", form: key("lin_(?:api|oauth)_[A-Za-z0-9]{32,64}") },
  { kind: "notion_token", form: key("ntn_[A-Za-z0-9]{40,60}|secret_[A-Za-z0-9]{43}") },
  { kind: "vault_token", form: key("hv[sbr]\\.[A-Za-z0-9_-]{24,250}") },
  { kind: "age_key", form: key("AGE-SECRET-KEY-1[A-Z0-9]{58}") },
  { kind: "azure_storage_key", form: /AccountKey=(?<secret>[A-Za-z0-9+/]{86}==)/g },
  {
    kind: "winnow_key",
    form: key("wk_[a-z0-9][a-z0-9-]{0,31}_[a-z0-9]{1,16}_[pfla]{1,4}(?:_[0-9a-z]{6,7})?_[A-Za-z0-9_-]{22}"),
  },
  { kind: "winnow_key", form: key("wk_[A-Za-z0-9_-]{16,200}"), holds: looksRandom },
  { kind: "jwt", form: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,4096}\.eyJ[A-Za-z0-9_-]{8,8192}\.[A-Za-z0-9_-]{0,1024}/g },
  {
    kind: "private_key",
    form: /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----\s{0,4}(?:[A-Za-z-]{1,20}: [^\n]{0,100}\n){0,4}[A-Za-z0-9+/=\s\\]{32,20000}(?:-----END [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----)?/g,
  },
  {
    kind: "url_password",
    form: /[a-z0-9]:\/\/[^\s/:@"'<>[\]]{0,200}:(?<secret>[^\s/@"'<>[\]]{1,200})@(?=[A-Za-z0-9[])/gu,
    holds: (secret) => !isStandIn(secret) && !/^(?:password|pass|pwd|secret)$/i.test(secret),
  },
  {
    kind: "url_token",
    form: /[?&;#](?:[a-z]{1,20}[_-])?(?:token|key|apikey|sig|signature|auth|secret|credential|code|password|pwd|X-Amz-(?:Signature|Credential|Security-Token))=(?<secret>[A-Za-z0-9%._~+/=-]{12,4096})/gi,
    holds: looksRandom,
  },
  {
    kind: "bearer_token",
    form: /(?<![A-Za-z0-9])(?:Bearer|Basic)\s{1,3}(?<secret>[A-Za-z0-9._~+/=-]{16,4096})/g,
    holds: looksRandom,
  },
  {
    kind: "named_secret",
    form: new RegExp(`(?:${NAMED})${ASSIGNED}(?<secret>[A-Za-z0-9._~+/=:@!$%^*-]{12,4096})`, "gi"),
    holds: looksLikeValue,
  },
  {
    kind: "password",
    form: new RegExp(`(?:${PASSWORDS})(?:${ASSIGNED}|${SAID})(?<secret>[^\\s"'\`,;<>)}\\]\\\\。、]{6,200})`, "giu"),
    holds: looksLikePassword,
  },
];

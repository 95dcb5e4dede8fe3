/** What is redacted, and the shape in which a finder says where it stands. */

/** In order of precedence: where two finds meet, the kind that is named first here stays. */
export const KINDS = ["secret", "email", "iban", "card", "national_id", "phone", "ip", "address", "name"] as const;
export type Kind = (typeof KINDS)[number];

export interface Found {
  /** UTF-16 positions, end exclusive. */
  start: number;
  end: number;
  kind: Kind;
  /** One spelling of the value: finds that share it share a placeholder. */
  value: string;
}

/** What a finder may look at besides the text. */
export interface FindOptions {
  /** ISO 3166 code: numbers without a country code are read as of this country. */
  region?: string | undefined;
}

export type Finder = (text: string, options: FindOptions) => Found[];

/**
 * For character classes: letters of scripts that put spaces between words. A value in Japanese or Chinese stands right
 * against the next word, so those letters are no part of it.
 */
export const LETTERS =
  "\\p{Script=Latin}\\p{Script=Greek}\\p{Script=Cyrillic}\\p{Script=Armenian}\\p{Script=Hebrew}\\p{Script=Arabic}\\p{Script=Devanagari}\\p{Script=Hangul}";

/** Do these words end within `chars` characters before the position? For numbers that mean nothing by themselves. */
export function standsAfter(options: { text: string; at: number; words: RegExp; chars: number }): boolean {
  return options.words.test(options.text.slice(Math.max(0, options.at - options.chars), options.at));
}

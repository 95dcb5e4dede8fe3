/**
 * How models decline, at the very start of an answer: only there, so that an answer that speaks of refusing, or
 * regrets and then helps, is not taken for one. English; other languages come with the language check.
 * No nested repetition: the time is linear in the text's first 200 characters.
 */
const APOLOGY =
  "(?:i['’]?m (?:really |very |so |truly )?sorry|i am (?:really |very )?sorry|i['’]?m afraid|i am afraid|sorry|apologies|i apologi[sz]e|unfortunately)";
const CANNOT =
  "(?:can['’]?t|cannot|can not|am unable to|am not able to|['’]m unable to|['’]m not able to|(?:won['’]t|will not)(?: be able to)?|must decline to)(?: and (?:will not|won['’]t))?";
/** "I can't help but notice", "I can't wait to help", "I will not only answer": what follows is an answer. */
const TURNS = "(?!help but\\b|wait\\b|only\\b)";
const HELP =
  "(?:help|assist|comply|fulfil|fulfill|provide|do that|do this|support|create|write|generate|share|answer|engage|continue|discuss)";

export const REFUSAL = new RegExp(
  `^\\s{0,20}(?:${APOLOGY}[,.!]?\\s{1,5}(?:but\\s|that\\s)?)?(?:as an ai(?: language model| assistant)?,?\\s)?i\\s?${CANNOT}\\s${TURNS}(?:\\w{1,12}\\s){0,2}${HELP}\\b`,
  "i",
);

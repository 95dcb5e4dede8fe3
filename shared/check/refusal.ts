/**
 * How models decline, at the very start of an answer: only there, so that an answer that speaks of refusing, or
 * regrets and then helps, is not taken for one. In ten languages, the forms that models use most.
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

const ENGLISH = new RegExp(
  `^\\s{0,20}(?:${APOLOGY}[,.!]?\\s{1,5}(?:but\\s|that\\s)?)?(?:as an ai(?: language model| assistant)?,?\\s)?i\\s?${CANNOT}\\s${TURNS}(?:\\w{1,12}\\s){0,2}${HELP}\\b`,
  "i",
);

/** Regret, if any, and then "I cannot" with one of the verbs of helping: without the verb it may be about anything. */
const OTHERS: readonly RegExp[] = [
  /^(?:(?:es tut mir (?:sehr )?leid|tut mir leid|entschuldigung|leider|ich bedaure)[,.!]?\s(?:aber\s)?)?(?:als ki[^,.]{0,30},?\s)?(?:ich\s(?:kann|darf|werde)|(?:kann|darf|werde)\sich)\s(?:(?:dir|ihnen|euch|da|dabei|hier|das|dies|diese[rmns]?|solche[rmns]?|auf|bei|mit|zu|leider|diese[rmns]? anfrage|dieser bitte)\s){0,5}(?:nicht|keine[rmns]?)\s(?:\p{L}{1,20}\s){0,4}(?:helfen|unterstützen|nachkommen|beantworten|erfüllen|bereitstellen|weiterhelfen|erstellen|schreiben|geben)/iu,
  /^(?:(?:je suis (?:vraiment )?désolée?|désolée?|malheureusement|je regrette|je m['’]excuse)[,.!]?\s(?:mais\s)?)?(?:en tant qu[^,.]{0,40},?\s)?je\sne\s(?:peux|puis|suis)\s(?:pas\s|malheureusement pas\s)?(?:en mesure de\s|autorisée? à\s)?(?:vous\s|t['’]|te\s)?(?:aider|fournir|répondre à (?:cette|ta|votre) demande|accéder à (?:cette|ta|votre) demande|assister|créer|générer|partager|satisfaire)/iu,
  /^(?:(?:lo siento(?: mucho)?|lamentablemente|lo lamento|desafortunadamente|disculpa|perdona)[,.!]?\s(?:pero\s)?)?(?:como (?:una )?(?:ia|inteligencia)[^,.]{0,40},?\s)?no\s(?:puedo|podré|me es posible|estoy en condiciones de)\s(?:ayudar|proporcionar|cumplir|asistir|brindar|crear|generar|compartir|responder a (?:esa|esta|tu|su) (?:solicitud|petición)|hacer eso)/iu,
  /^(?:(?:desculpe|desculpa|sinto muito|lamento|infelizmente)[,.!]?\s(?:mas\s)?)?(?:como (?:uma )?ia[^,.]{0,40},?\s)?(?:eu\s)?não\s(?:posso|consigo|poderei)\s(?:te\s|lhe\s)?(?:ajudar|ajudá|fornecer|atender|auxiliar|criar|gerar|compartilhar|responder a (?:essa|esta|sua) solicitação|fazer isso)/iu,
  /^(?:(?:mi dispiace(?: molto)?|purtroppo|spiacente|mi spiace)[,.!]?\s(?:ma\s)?)?(?:come ia[^,.]{0,40},?\s)?non\s(?:posso|sono in grado di)\s(?:aiutar|fornir|assister|soddisfare|creare|generare|condividere|rispondere a (?:questa|tale) richiesta|farlo)/iu,
  /^(?:(?:het spijt me|sorry|helaas)[,.!]?\s(?:maar\s)?)?(?:als ai[^,.]{0,40},?\s)?(?:ik\skan|kan\sik)\s(?:je\s|u\s|jou\s)?(?:(?:daar|hier|helaas|daarmee|hiermee|bij|mee|met|deze|dit|dat|verzoek)\s){0,4}(?:niet|geen)\s(?:\p{L}{1,20}\s){0,4}(?:helpen|geven|verstrekken|voldoen|assisteren|maken|schrijven|beantwoorden)/iu,
  /^(?:(?:przykro mi|przepraszam|niestety)[,.!]?\s(?:ale\s)?)?nie\s(?:mogę|jestem w stanie)\s(?:(?:ci|państwu|panu|pani|w tym|z tym|tego)\s){0,3}(?:pomóc|udzielić|spełnić|udostępnić|wygenerować|stworzyć|zrealizować|odpowiedzieć na (?:tę|to))/iu,
  /^(?:申し訳(?:ありません|ございません)|すみません|残念ながら)[^。\n]{0,60}(?:お手伝い|お答え|対応|提供|お応え|ご要望|支援)[^。\n]{0,20}(?:できません|できかねます|いたしかねます|出来ません)/u,
  /^(?:很?抱歉|对不起|對不起|不好意思|非常抱歉|遗憾)[^。\n]{0,30}(?:无法|不能|無法)[^。\n]{0,20}(?:帮助|提供|协助|满足|回答|完成|幫助|協助|生成|回應|回应|处理)/u,
];

/** Does the text begin as a model's refusal does, and not go on to help in another way? */
export function isRefusal(text: string): boolean {
  if (text.length > WHOLE_CHARS_MAX) return false;
  const start = text.slice(0, START_CHARS).trimStart();
  return ENGLISH.test(start) || OTHERS.some((form) => form.test(start));
}

const START_CHARS = 400;
/** Refusals are short, with what they offer instead; "I can't do it for you, but here is how" goes on for longer. */
const WHOLE_CHARS_MAX = 1_500;

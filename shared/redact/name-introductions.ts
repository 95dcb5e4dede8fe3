/**
 * The phrases after which a name stands, in ten languages. There is no list of names and no model behind this: a name
 * that nobody introduces stays unseen. What is found is meant to be right, since every other place where it stands in
 * the conversation is masked with it.
 */

/** `self`: the speaker's own name. `other`: of whoever is written to or signs. */
export interface Introduction {
  by: "self" | "other";
  /** The name is the group `name`. */
  form: RegExp;
}

/** Words that a name is made of: `Anna-Lena`, `O'Brien`, `J.`, `van der Berg`. */
const PART = "\\p{Lu}(?:[\\p{Ll}\\p{M}'’-]|(?<=\\p{Ll}|['’-]|Mc)\\p{Lu}){1,30}";
const PARTICLE = "(?:(?:van|von|der|den|de|da|dos|del|di|la|le|ten|ter|zu|bin|al) ){0,3}";
const NAME = `(?<name>${PART}(?: (?:\\p{Lu}\\.|${PARTICLE}${PART})){0,3})`;
const TITLE =
  "(?:(?:Mr|Mrs|Ms|Mx|Miss|Dr|Prof|Herrn?|Frau|M|Mme|Mlle|Monsieur|Madame|Sr|Sra|Srta|Señor|Señora|Sig|Sig\\.ra|Signora?|Dott|Dott\\.ssa|de heer|mevrouw|Pan|Pani|Panie|Senhora?|Don|Doña)\\.? ){1,2}";

const SELF = [
  "[Mm]y (?:full |first |last |real )?name(?: is|['’]s)",
  "[Tt]his is (?=[^\\n]{2,60}? (?:speaking|calling|writing|from) )",
  "[Ii]ch hei(?:ß|ss)e",
  "[Mm]ein (?:voller |ganzer )?Name (?:ist|lautet)",
  "[Jj]e m['’]appelle",
  "[Mm]on nom (?:est|complet est)",
  "[Mm]e llamo",
  "[Mm]i nombre (?:completo )?es",
  "[Mm]i chiamo",
  "[Ii]l mio nome è",
  "[Ii]k heet",
  "[Mm]ijn naam is",
  "[Nn]azywam się",
  "[Mm]am na imię",
  "[Mm]eu nome (?:completo )?é",
  "(?:[Ee]u )?[Mm]e chamo",
  "[Cc]hamo-me",
].join("|");

const GREETING = `(?:Dear|Sehr geehrte[rs]?|Liebe[rs]?|Hallo|Ch(?:er|ère)|Estimad[oa]|Querid[oa]|Gentile|Egregio|Car[oa]|Geachte|Beste|Szanown[ya]|Drog[ia]|Prezad[oa])`;

const CLOSING = [
  "(?:Best|Kind|Warm|With (?:best|kind)) regards",
  "Regards",
  "(?:Yours )?(?:[Ss]incerely|[Ff]aithfully|[Tt]ruly)(?: yours)?",
  "Cheers",
  "(?:Many )?[Tt]hanks(?: (?:again|in advance))?",
  "Thank you",
  "Best(?: wishes)?",
  "Love",
  "Mit freundlichen Grü(?:ß|ss)en",
  "(?:Viele|Liebe|Beste|Herzliche) Grü(?:ß|ss)e",
  "(?:Bien )?[Cc]ordialement",
  "Bien à (?:vous|toi)",
  "(?:Cordiales |Un cordial )?[Ss]aludos?",
  "Atentamente",
  "(?:Cordiali|Distinti) saluti",
  "Met vriendelijke groet(?:en)?",
  "(?:Hartelijke )?[Gg]roet(?:en|jes)?",
  "(?:Serdecznie )?[Pp]ozdrawiam(?: serdecznie)?",
  "Z poważaniem",
  "Atenciosamente",
  "(?:Um )?[Aa]braços?",
].join("|");

const FIELDS =
  "(?:[Ff]ull|[Ff]irst|[Ll]ast|[Cc]ustomer|[Pp]atient|[Pp]assenger|[Cc]ontact|[Cc]ard ?holder|[Cc]lient)(?:['’]s)? [Nn]ame|[Vv]orname|[Nn]achname|[Nn]om complet|[Pp]rénom|[Nn]ombre completo|[Aa]pellidos?|[Nn]ome completo|[Nn]ome e cognome|[Aa]chternaam|[Vv]oornaam|[Ii]mię i nazwisko|[Nn]azwisko";

const END = "(?![\\p{L}\\d])";
const AFRESH = "(?<![\\p{L}\\d])";

export const INTRODUCTIONS: readonly Introduction[] = [
  { by: "self", form: new RegExp(`${AFRESH}(?:${SELF}):? ${NAME}${END}`, "gu") },
  { by: "other", form: new RegExp(`${AFRESH}${GREETING} ${TITLE}${NAME}${END}`, "gu") },
  { by: "other", form: new RegExp(`(?:^|\\n)[ \\t]{0,8}${GREETING} ${NAME} ?[,:!](?=\\s)`, "gu") },
  {
    by: "other",
    form: new RegExp(`(?:^|[\\n.!?] ?)(?:${CLOSING}) ?[,.!]?\\r?\\n\\s{0,3}${NAME}[ \\t]{0,3}(?=\\n|\\r|$)`, "gu"),
  },
  { by: "other", form: new RegExp(`${AFRESH}(?:${FIELDS}) ?[:=] ?["']?${NAME}${END}`, "gu") },
  {
    by: "self",
    form: /(?:私|僕|わたし)の名前は(?<name>[\p{Script=Han}\p{Script=Katakana}ー]{2,12}(?:[ ・][\p{Script=Han}\p{Script=Katakana}ー]{1,10})?)(?=です|と|。|、|だ)/gu,
  },
  {
    by: "self",
    form: /(?<![\p{Script=Han}\p{Script=Katakana}ー])(?<name>[\p{Script=Han}\p{Script=Katakana}ー]{2,12}(?:[ ・][\p{Script=Han}\p{Script=Katakana}ー]{1,10})?)(?:と申します|といいます)/gu,
  },
  {
    by: "other",
    form: /(?:^|\n)(?<name>(?!お客|皆|神|王|各位|関係)\p{Script=Han}{2,5}(?: \p{Script=Han}{1,4})?)様(?=[\s、,]|$)/gu,
  },
];

/** Capitalised after such a phrase, and nobody's name: whom letters go to, what signs them, what assistants are called. */
export const NOT_NAMES: ReadonlySet<string> = new Set(
  (
    "sir madam madame customer customers team all friend friends colleague colleagues hiring manager recruiter committee editor reader readers " +
    "support service santa god diary self internet world journal lord prime minister president your name company kunde kunden damen herren team monsieur messieurs mesdames " +
    "client cliente clientes señor señores equipo signore signori klant heer mevrouw państwo panie pani senhor senhores mr mrs ms dr " +
    "claude chatgpt gpt gemini bard alexa siri copilot cortana llama mistral assistant open openassistant bing grok watson ai bot the a an not " +
    "english german french spanish italian dutch polish portuguese japanese american british user admin sales human resources department"
  ).split(" "),
);

/** Names that are words too: alone they are masked only where they are introduced. */
export const ALSO_WORDS: ReadonlySet<string> = new Set(
  (
    "Will May Mark Grace Hope Joy Rose Bill Art Faith Dawn Summer April June August Frank Grant Chase Drew Pat Rob Sue Guy Dean Jean Penny Ruby " +
    "Ivy Lily Daisy Olive Iris Angel Christian Max Price Page Long Young King White Black Brown Green Gray Rich Rose Stone Wood Field Hill Best " +
    "Day Good Case Cook Baker Miller Smith Lang Klein Gross Wolf Sommer Winter Herbst Koch Richter Kaiser König Rosa Sol Luz Mar Cruz Reyes Blanco " +
    "Bianchi Rossi Petit Grand Blanc Do An In My So Da Su La Le De Bo Van Von Ten China India Paris London Berlin Georgia Florence Victoria Jordan Israel"
  ).split(" "),
);

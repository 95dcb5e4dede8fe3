/**
 * How people say of an answer that it was wrong, mend it, or thank for it: phrases at the beginning of what they say next,
 * in nine languages. Lower case, straight apostrophes. They were written down to be sure rather than complete: a phrase
 * that is also said of other things (`no`, alone) is not among them.
 */

export interface Phrases {
  /** The answer was wrong, or not what was asked for. */
  complaint: RegExp[];
  /** What it should have been, or what was meant. */
  correction: RegExp[];
  /** It helped. */
  thanks: RegExp[];
}

/** Ends of words, in scripts that \b does not know. */
const END = "(?![\\p{L}\\p{N}])";

function starts(words: string): RegExp {
  return new RegExp(`^(?:${words})${END}`, "u");
}

function says(words: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${words})${END}`, "u");
}

export const PHRASES: Readonly<Record<string, Phrases>> = {
  en: {
    complaint: [
      says(
        "(?:that|this|it|you|your answer)(?:'s| is|'re| are| was) (?:still |just |completely |totally )?(?:wrong|incorrect|not (?:right|correct|true|working|helpful)|useless|nonsense|mistaken|missing the point)",
      ),
      says("(?:that's|this is|it's|that is|that was)? ?not what i (?:asked|meant|wanted|said|need)"),
      says("you (?:didn't|did not|have not|haven't) (?:answer|read|understand|understood|follow|include|address)"),
      says("you (?:misunderstood|misread|ignored|forgot|missed|made (?:a|an) (?:mistake|error))"),
      says(
        "(?:that|this|it) (?:doesn't|does not|didn't|did not|still doesn't) (?:work|help|answer|make sense|compile|run)",
      ),
      starts("(?:that's |this is |no,? )?(?:wrong|incorrect|not true|bad answer)"),
    ],
    correction: [
      starts("(?:no|nope|nah)[,.!]? (?:it's|it is|i mean|i meant|i said|i asked|i want|the|that's|it was|not)"),
      starts("(?:actually,? (?:it's|it is|it was|i|the|that)|i meant|sorry,? i meant|correction:)"),
      says("(?:it|that|this|the answer) should (?:be|have been|say|read)"),
    ],
    thanks: [
      starts("(?:ok(?:ay)?,? |great,? |perfect,? )?(?:thanks|thank you|thx|many thanks|cheers)"),
      starts(
        "(?:perfect|awesome|excellent|brilliant|exactly|that (?:works|worked|helps|helped)|works now|it works|well done|great (?:answer|job|work)|great|nice)",
      ),
    ],
  },
  de: {
    complaint: [
      says(
        "das (?:ist|war) (?:leider |immer noch |doch |einfach )?(?:falsch|nicht richtig|nicht korrekt|unsinn|quatsch)",
      ),
      says("das stimmt (?:so |leider |doch )?nicht"),
      says("nicht (?:das,? )?was ich (?:gefragt|gemeint|gewollt|wissen wollte|meinte|wollte)"),
      says(
        "(?:du hast|sie haben) (?:mich |die frage |das )?(?:falsch verstanden|missverstanden|nicht verstanden|nicht beantwortet|vergessen|übersehen)",
      ),
      says("(?:das|es) (?:funktioniert|geht|klappt|hilft) (?:so |immer noch |leider |mir )?nicht"),
      starts("(?:leider |nein,? )?falsch"),
    ],
    correction: [
      starts("nein[,.!]? (?:ich meinte|ich meine|ich wollte|das ist|es ist|der|die|das|nicht)"),
      starts("(?:ich meinte|gemeint war|eigentlich (?:ist|war|heißt)|korrektur:)"),
      says("(?:es|das) (?:müsste|sollte|muss) (?:\\S+ ){0,4}(?:heißen|sein|lauten)"),
    ],
    thanks: [
      starts("(?:ok,? |super,? |toll,? |perfekt,? )?(?:danke|vielen dank|dankeschön|herzlichen dank|besten dank)"),
      starts(
        "(?:perfekt|super|genau so|großartig|ausgezeichnet|klasse|das (?:passt|klappt|funktioniert|hilft)(?! (?:so |immer noch |leider |mir )?nicht)|gut gemacht)",
      ),
    ],
  },
  fr: {
    complaint: [
      says(
        "(?:c'est|c'était|ce n'est|cela est) (?:toujours |encore )?(?:faux|incorrect|pas (?:correct|juste|vrai|bon|ça))",
      ),
      says("(?:ce n'est )?pas ce que (?:j'ai|je) (?:demandé|voulais|veux|demandais)"),
      says("(?:tu n'as|vous n'avez|tu as|vous avez) (?:pas |mal )(?:compris|répondu|lu)"),
      says("ça ne (?:marche|fonctionne|répond|m'aide) (?:toujours )?pas"),
    ],
    correction: [
      starts("non[,.!]? (?:c'est|je voulais dire|je parlais|le|la|il|elle|pas)"),
      starts("(?:je voulais dire|en fait,? (?:c'est|il|elle|je))"),
      says("(?:ça|cela|ce) (?:devrait|aurait dû) être"),
    ],
    thanks: [
      starts("(?:ok,? |super,? |parfait,? )?(?:merci|un grand merci)"),
      starts("(?:parfait|super|génial|excellent|exactement|ça marche(?! pas)|très bien)"),
    ],
  },
  es: {
    complaint: [
      says("(?:eso|esto|la respuesta)? ?(?:está|es|sigue) (?:mal|incorrecto|incorrecta|equivocado|equivocada|falso)"),
      says("no es (?:correcto|cierto|verdad|lo que (?:pedí|pregunté|quería|quise))"),
      says("no (?:has|ha) (?:entendido|respondido|leído)"),
      says("(?:eso |esto )?no (?:funciona|sirve|me ayuda|tiene sentido)"),
      starts("te equivocas"),
    ],
    correction: [
      starts("no[,.!] (?:es|era|quise decir|quería decir|el|la|me refería)"),
      starts("(?:quise decir|me refería|en realidad,? (?:es|era|el|la))"),
      says("(?:eso |esto )?debería (?:ser|decir|haber sido)"),
    ],
    thanks: [
      starts("(?:ok,? |vale,? |perfecto,? )?(?:gracias|muchas gracias|mil gracias)"),
      starts("(?:perfecto|genial|excelente|exacto|estupendo|muy bien|funciona)"),
    ],
  },
  it: {
    complaint: [
      says("(?:è|e'|era) (?:ancora )?(?:sbagliato|sbagliata|errato|errata|falso)"),
      says("non è (?:corretto|giusto|vero|quello che (?:ho chiesto|volevo|intendevo))"),
      says("non (?:hai|ha) (?:capito|risposto|letto)"),
      says("non (?:funziona|serve|mi aiuta|ha senso)"),
    ],
    correction: [
      starts("no[,.!] (?:è|era|intendevo|volevo dire|il|la)"),
      starts("(?:intendevo|volevo dire|in realtà,? (?:è|era|il|la))"),
      says("dovrebbe (?:essere|dire)"),
    ],
    thanks: [
      starts("(?:ok,? |perfetto,? )?(?:grazie|grazie mille|molte grazie)"),
      starts("(?:perfetto|ottimo|eccellente|esatto|fantastico|funziona)"),
    ],
  },
  pt: {
    complaint: [
      says("(?:isso |está |tá |é )(?:está |é )?(?:errado|errada|incorreto|incorreta|falso)"),
      says("não (?:está|é) (?:certo|correto|verdade|o que (?:pedi|perguntei|queria))"),
      says("(?:você |tu )?não (?:entendeu|entendeste|respondeu|leu)"),
      says("não (?:funciona|funcionou|ajuda|faz sentido)"),
    ],
    correction: [
      starts("não[,.!] (?:é|era|eu quis dizer|quis dizer|o|a)"),
      starts("(?:quis dizer|eu quis dizer|na verdade,? (?:é|era|o|a))"),
      says("deveria (?:ser|ter sido|dizer)"),
    ],
    thanks: [
      starts("(?:ok,? |perfeito,? )?(?:obrigado|obrigada|muito obrigado|muito obrigada|valeu)"),
      starts("(?:perfeito|ótimo|excelente|exato|muito bem|funcionou)"),
    ],
  },
  nl: {
    complaint: [
      says("dat (?:klopt|is) (?:nog steeds |helemaal )?niet(?: (?:juist|goed|waar|wat ik (?:vroeg|bedoelde|wilde)))?"),
      says("dat is (?:fout|onjuist|verkeerd|onzin)"),
      says("je hebt (?:me |het )?(?:niet begrepen|verkeerd begrepen|niet beantwoord)"),
      says("(?:dat|het) werkt (?:nog steeds )?niet"),
    ],
    correction: [
      starts("nee[,.!]? (?:ik bedoel|ik bedoelde|het is|de|het)"),
      starts("(?:ik bedoelde|eigenlijk (?:is|was))"),
      says("(?:het|dat) (?:moet|zou moeten) (?:\\S+ ){0,3}zijn"),
    ],
    thanks: [
      starts("(?:ok,? |prima,? )?(?:bedankt|dank je|dank u|dankjewel|hartelijk dank)"),
      starts("(?:perfect|geweldig|uitstekend|precies|top|goed gedaan|dat werkt(?! niet))"),
    ],
  },
  ja: {
    complaint: [
      /(?:違います|違うよ|間違って(?:い)?(?:る|ます)|間違いです|正しくない|正しくありません|そうじゃな(?:い|くて)|聞いていません|役に立たな)/u,
    ],
    correction: [
      /^(?:いや|いえ|いいえ)[、,。 ]?.{0,20}(?:ではなく|じゃなくて|のことです)/u,
      /(?:ではなくて?|じゃなくて).{1,30}(?:です|だ)/u,
    ],
    thanks: [/^(?:ありがとう|有難う|どうも|助かりました|完璧|素晴らしい|さすが)/u],
  },
  zh: {
    complaint: [/(?:不对|错了|不正确|答错|不是我(?:问|要|想)的|没有回答|没用|你误解|理解错)/u],
    correction: [/^(?:不[,，。 ]|不是[,，]).{0,20}(?:是|应该)/u, /(?:应该是|我的意思是|我是说)/u],
    thanks: [/^(?:谢谢|多谢|感谢|太好了|完美|很好|非常好|太棒了)/u],
  },
};

/** "Thanks, but …": the thanks are manners. */
export const BUT = says("but|however|aber|jedoch|mais|pero|ma|mas|maar|けど|ただ|但是|不过");

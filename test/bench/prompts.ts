/**
 * Prompts of a given size: text that is like English to a compressor (words of a list, common ones more often, in
 * sentences; gzip makes a third of it), the same in every run. ASCII, so that characters are bytes.
 */
import { seeded } from "../unit/seeded.ts";

/** Roughly by how often they are used. */
const WORDS =
  `the of to and a in is that for it was on are as with be this at from by have not or an they which you one we
but all were when there can more if no out so what time up about who get than its only other new some could these two may
first then do any like now such our over me even most after also made many before must through back years where much your
way well down should because each just those people how too little state good very make world still own see men work long
here get between both life being under never day same another know while last might us great old year off come since
against go came right used take three parcel customer carrier delivery address warehouse number order invoice payment
return refund ticket message question answer account morning afternoon evening Monday Tuesday Wednesday Thursday Friday
street building neighbour signature damaged missing late early reason policy contract insurance claim value weight
package label driver route depot customs import export country region office manager team report review decision request
urgent simple difficult possible necessary available different important general public private national local common
several certain recent current final total average additional previous following within without during toward behind
beside among however therefore although perhaps rather quite almost already always often sometimes usually probably
contact explain describe suggest recommend confirm cancel replace repair deliver collect receive transfer remember
consider continue provide require include expect believe understand agree refuse accept offer promise decide arrange
prepare complete improve reduce increase measure compare separate connect protect support develop produce control
history language service process system problem result example information department condition situation experience
relationship opportunity responsibility agreement statement paragraph document chapter section summary detail evidence
analysis method principle structure element material quality quantity distance temperature pressure energy surface
river mountain forest garden kitchen window bridge station airport harbour market factory hospital university library
teacher student doctor lawyer engineer farmer soldier artist writer leader member witness stranger visitor partner
winter summer spring autumn century decade minute moment future past present distance beginning middle ending purpose
blue green yellow heavy narrow broad sharp smooth silent bright empty strange gentle honest patient careful generous
thirty forty seventy hundred thousand million quarter half double single`.split(/\s+/);

const SENTENCE_WORDS = { min: 6, max: 20 };
const SEED = 20_261_123;

/** @param chars at least; the text ends with a whole sentence */
export function englishLike(options: { chars: number; seed: number }): string {
  const next = seeded(options.seed);
  const sentences: string[] = [];
  for (let length = 0; length < options.chars; ) {
    const words = SENTENCE_WORDS.min + Math.floor(next() * (SENTENCE_WORDS.max - SENTENCE_WORDS.min));
    const sentence = `${Array.from({ length: words }, () => pickWord(next)).join(" ")}.`;
    sentences.push(sentence.charAt(0).toUpperCase() + sentence.slice(1));
    length += sentence.length + 1;
  }
  return sentences.join(" ");
}

/** A word's rank is spread by a square: the first tenth of the list makes a third of the text. */
function pickWord(next: () => number): string {
  return WORDS[Math.floor(next() ** 2 * WORDS.length)] ?? "";
}

/** Body of a chat completion's request, exactly so many bytes long. @param bytes at least 1,000 */
export function promptOf(bytes: number): string {
  const body = (question: string) =>
    JSON.stringify({
      model: "gpt-4o-mini",
      temperature: 0.2,
      messages: [
        { role: "system", content: "You answer customers of a parcel service, briefly and kindly. ".repeat(6) },
        { role: "user", content: question },
      ],
    });
  const room = bytes - body("").length;
  return body(englishLike({ chars: room, seed: SEED }).slice(0, room));
}

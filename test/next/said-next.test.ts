/** What people say next, in nine languages, and what only looks like it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NextValue } from "../../shared/core/feedback.ts";
import { readNext } from "../../shared/next/said-next.ts";

const ASKED = "How do I reset the password of my account on the website?";

const SAID: Record<Exclude<NextValue, "rephrase" | "left">, string[]> = {
  complaint: [
    "That's wrong.",
    "this is still not working",
    "No, that's not what I asked.",
    "You didn’t answer my question",
    "It doesn't work",
    "Wrong.",
    "You misunderstood me, I need the other one",
    "Das ist leider falsch",
    "Das stimmt nicht.",
    "das funktioniert immer noch nicht",
    "Nicht das, was ich gefragt habe",
    "C'est faux.",
    "ça ne marche toujours pas",
    "Ce n'est pas ce que j'ai demandé",
    "Eso está mal",
    "No es lo que pedí",
    "È sbagliato",
    "non funziona",
    "Isso está errado",
    "não é o que pedi",
    "Dat klopt niet",
    "het werkt nog steeds niet",
    "違います",
    "それは間違っています",
    "不对",
    "这不是我问的",
  ],
  correction: [
    "No, it's the second one.",
    "no, I meant the password of my mail",
    "Actually, it is 42.",
    "I meant the other account",
    "It should be 17, I think",
    "Nein, ich meinte das andere Konto",
    "Es müsste eigentlich 42 heißen",
    "Non, je voulais dire l'autre",
    "No, quise decir el otro",
    "Intendevo l'altro",
    "Não, eu quis dizer o outro",
    "Nee, ik bedoelde de andere",
    "いいえ、青ではなく赤です",
    "应该是三个",
  ],
  thanks: [
    "Thanks!",
    "ok, thank you so much",
    "Perfect, that works.",
    "Great, now translate it to French",
    "Danke, das hilft",
    "super, vielen Dank",
    "Merci beaucoup",
    "Muchas gracias",
    "Grazie mille!",
    "Obrigada!",
    "Bedankt",
    "ありがとうございます",
    "谢谢",
  ],
};
const NOTHING = [
  "",
  "   ",
  "And tomorrow?",
  "What about the app?",
  "No problem. How do I close the account?",
  "Is it wrong to share a password?",
  "How do I know that it is safe?",
  "What is the right way to say no?",
  "Thanks, but where is the button?",
  "Danke, aber wo ist der Knopf?",
  "Und wie geht das auf dem Telefon?",
  "Et sur le téléphone ?",
  "¿Y en el móvil?",
  "Write a function that checks whether an answer is wrong.",
  "Nobody told me. Tell me more.",
  "Noah is my son. Can he use it, too?",
  "Perfectionism: what is it?",
];

describe.each(Object.keys(SAID) as (keyof typeof SAID)[])("%s", (value) => {
  test.each(SAID[value])("%s", (next) => {
    expect(readNext({ asked: ASKED, next })).toBe(value);
  });
});

describe("nothing of the kind", () => {
  test.each(NOTHING)("%j", (next) => {
    expect(readNext({ asked: ASKED, next })).toBeNull();
  });

  test("is what is pasted behind what is asked", () => {
    const next = `Please translate this text into German, as literally as you can, with its line breaks and its quotation marks, and tell me of each idiom that you find in it, would you: That's wrong. Thanks!`;
    expect(next.length).toBeGreaterThan(160);
    expect(readNext({ asked: ASKED, next })).toBeNull();
  });
});

describe("asked again in other words", () => {
  test.each([
    [ASKED, "How can I reset the password of my account on your website?"],
    [ASKED, ASKED],
    [
      "Wie setze ich das Passwort für mein Konto zurück?",
      "Wie setze ich denn das Passwort für mein Konto bei euch zurück?",
    ],
    ["東京から大阪まで新幹線でいくらですか", "新幹線で東京から大阪まではいくらですか"],
  ])("%s %s", (asked, next) => {
    expect(readNext({ asked, next })).toBe("rephrase");
  });

  test.each([
    [ASKED, "How do I change the address of my account?"],
    ["Rain?", "Rain?"],
    ["", ASKED],
  ])("is not: %s %s", (asked, next) => {
    expect(readNext({ asked, next })).toBeNull();
  });
});

test("whatever is said, something comes out, and in time that grows with its length alone", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary" }), (asked, next) => {
      expect([null, "thanks", "complaint", "correction", "rephrase"]).toContain(readNext({ asked, next }));
    }),
  );
  for (const long of [
    "no ".repeat(300_000),
    "a".repeat(1_000_000),
    "das sollte ".repeat(90_000),
    "違".repeat(300_000),
  ]) {
    expect(readNext({ asked: long, next: `${long}!` })).not.toBe("thanks");
  }
}, 60_000);

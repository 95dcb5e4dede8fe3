/** The arithmetic of check digits. All take digits as text and nothing else; what they mean is for the finders to say. */

/** Luhn's: ISO/IEC 7812-1, annex B. */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, twice = false; at >= 0; at--, twice = !twice) {
    const digit = Number(digits[at]);
    sum += twice ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
}

/** The sum of digits times weights; digits past the weights do not count. */
export function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * Number(digits[at] ?? 0), 0);
}

/** Verhoeff's: the dihedral group of ten (J. Verhoeff, Error Detecting Decimal Codes, 1969). */
export function passesVerhoeff(digits: string): boolean {
  let check = 0;
  for (let at = 0; at < digits.length; at++) {
    let digit = Number(digits[digits.length - 1 - at]);
    for (let times = at % 8; times > 0; times--) digit = SHUFFLE[digit] ?? 0;
    check = inDihedral(check, digit);
  }
  return check === 0;
}

const SHUFFLE = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/** Rotations are 0 to 4, reflections 5 to 9. */
function inDihedral(left: number, right: number): number {
  const turned = left < 5 ? left + right : left - right;
  const reflected = left < 5 === right < 5 ? 0 : 5;
  return (((turned % 5) + 5) % 5) + reflected;
}

/** ISO 7064 mod 11,10, as in the German tax number. */
export function passesMod11And10(digits: string): boolean {
  let product = 10;
  for (const digit of digits.slice(0, -1)) {
    const sum = (Number(digit) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === Number(digits.at(-1));
}

/** Is there such a day? Years are taken as leap years, since two digits of a year do not say. */
export function isDay(month: number, day: number): boolean {
  return (
    month >= 1 && month <= 12 && day >= 1 && day <= ([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0)
  );
}

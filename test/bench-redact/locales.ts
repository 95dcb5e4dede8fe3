/** The people, places, numbers and sentences of ten locales. In sentences `{kind}` is where a value of it stands. */
import type { Random } from "./random.ts";

export interface Locale {
  region: string;
  first: readonly string[];
  last: readonly string[];
  domains: readonly string[];
  /** `#` is a digit. The second is how it is dialled from abroad. */
  phones: readonly string[];
  /** `#` is a digit, the first of a group is never 0. */
  addresses: readonly string[];
  sentences: readonly string[];
  /** Values that form, check and context do not give away: what is known to be missed, kept to see how much. */
  hard: readonly string[];
  /** Nothing in these is personal. */
  negatives: readonly string[];
}

/** Each `#` becomes a digit, and none that leads a group a 0. */
export function fill(form: string, random: Random): string {
  return form.replace(/#/g, (_mark, at: number) =>
    String(form[at - 1] === "#" ? random.below(10) : 1 + random.below(9)),
  );
}

export const NEGATIVES_EVERYWHERE: readonly string[] = [
  "npm install react@18.2.0 && node --version # v20.11.1",
  "const total = 12 * 4567 + 8901 / 23; // 3.14159",
  "commit 9fceb02d0ae598e95dc970b74767f19372d61af8, tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904",
  "id: 550e8400-e29b-41d4-a716-446655440000, etag: 1732368000000",
  "ISBN 978-3-16-148410-0, order #4829104756, tracking 1Z999AA10123456784",
  "api_key = os.environ['OPENAI_API_KEY']; password = getpass.getpass()",
  "<div class='sk-fading-circle sk-toggleable-content-large'></div>",
  "ping 127.0.0.1; curl http://192.168.0.1:8080; listen 0.0.0.0",
  "Chrome/120.0.6099.109 Safari/537.36, firmware 4.12.3.7",
  "@app.get('/users') def users(token: str, max_tokens: int = 4096): ...",
  "2024-05-15 15:00:00, 15.05.2024, 05/15/2024, 12:34:56.789, 20240515T150000Z",
  "3,000,000 + 1 250 000 = 4,250,000 and 1.234.567,89 - 100.50",
  "SELECT * FROM t WHERE id BETWEEN 1000000 AND 2000000 LIMIT 100 OFFSET 300",
  "(1 2 3 4 5 6 7 8 9 10 11 12) sums to 78; 555 - 123 = 432; 800-555=245",
  "std::vector<int> v{1, 2, 3}; a::b::c d; face::bed; 12:30:45",
  "10.1000/182 arXiv:2301.12345 RFC 5322 section 3.4.1.1",
  "latitude 52.520008, longitude 13.404954; 0.30000000000000004",
];

export const LOCALES: Readonly<Record<string, Locale>> = {
  "en-US": {
    region: "US",
    first: ["Michael", "Jennifer", "Ashley", "Tyrone", "Guadalupe", "Caitlin"],
    last: ["Johnson", "Hernandez", "O'Connor", "Nguyen", "Whitaker"],
    domains: ["gmail.com", "acme-widgets.com", "mail.example.org"],
    phones: ["(415) ###-####", "212-###-####", "+1 646 ###-####", "+1.312.###.####"],
    addresses: [
      "#### Maple Street, Springfield, IL 6####",
      "## W. Oak Ave Apt 4B",
      "P.O. Box ####",
      "### Sunset Boulevard",
    ],
    sentences: [
      "Hi, my name is {name} and my email is {email}.",
      "You can call me at {phone} after five.",
      "Please charge {card} and ship it to {address}.",
      "My {national_id}, is that enough?",
      "We saw a login from {ip} last night.",
      "I deployed with {secret} and it fails with 401.",
      "Dear Mr. {last},\nthank you for your order.",
      "Wire it to {iban}.\nBest regards,\n{name}",
    ],
    hard: [
      "{name} told me that the meeting moved.",
      "It was {phone:bare}, ask for me there.",
      "I live at the old mill past {address:bare}.",
    ],
    negatives: [
      "It costs $1,299.99 for 3 items.",
      "Janet sells 16 - 3 - 4 = <<16-3-4=9>>9 eggs a day.",
      "The Battle of Hastings was in 1066, 12 Angry Men in 1957.",
    ],
  },
  "en-GB": {
    region: "GB",
    first: ["Oliver", "Imogen", "Alistair", "Priya", "Gareth"],
    last: ["Smythe", "Patel", "MacDonald", "Featherstone"],
    domains: ["btinternet.co.uk", "outlook.com"],
    phones: ["020 7### ####", "07700 9#####", "+44 20 7### ####", "+44 7911 ######"],
    addresses: [
      "## High Street, Oxford, OX1 4AB",
      "Flat 3, ## Victoria Road",
      "SW1A 2AA",
      "### Kings Road, London SW3 5XP",
    ],
    sentences: [
      "My name's {name}; write to {email}, please.",
      "Ring me on {phone} tomorrow.",
      "The card is {card}, the address {address}.",
      "My {national_id} is on the form.",
      "The server at {ip} times out.",
      "token: {secret}",
      "Please pay into {iban}.\n\nKind regards,\n{name}",
    ],
    hard: ["I had tea with {name} on Sunday.", "Try {phone:bare} instead.", "We moved to {address:bare} last year."],
    negatives: ["It's £45.50 plus 20% VAT, ref AB12/345.", "The M25 is 117 miles long."],
  },
  de: {
    region: "DE",
    first: ["Jürgen", "Annegret", "Lukas", "Anna-Lena", "Mehmet"],
    last: ["Müller", "Schäfer", "Yıldız", "Großmann", "von der Heide"],
    domains: ["web.de", "t-online.de", "müller-söhne.de"],
    phones: ["030 ########", "0171 #######", "+49 30 #######", "+49 (0)89 ######", "089/######"],
    addresses: [
      "Hauptstraße ##, 10115 Berlin",
      "Am Alten Markt #, 99084 Erfurt",
      "Berliner Allee ##",
      "Lindenweg #a",
      "Goethestr. ##, 80336 München",
    ],
    sentences: [
      "Guten Tag, ich heiße {name}. Meine Adresse: {email}",
      "Sie erreichen mich unter {phone}.",
      "Bitte von der Karte {card} abbuchen.",
      "Ich wohne in der {address}.",
      "Meine {national_id} steht im Bescheid.",
      "Überweisen Sie auf {iban}.\n\nMit freundlichen Grüßen\n{name}",
      "Zugriff von {ip} um 3 Uhr.",
      "Der Schlüssel ist {secret}.",
      "Sehr geehrte Frau {last},\nvielen Dank.",
    ],
    hard: ["Gestern hat {name} angerufen.", "Versuch es mit {phone:bare}.", "Wir sind nach {address:bare} gezogen."],
    negatives: [
      "Das kostet 1.299,00 € inkl. 19 % MwSt.",
      "Bestellnummer 4711-0815-42 vom 03.10.2024.",
      "Am 9. November 1989 um 23:30 Uhr.",
      "§ 823 Abs. 1 BGB, Art. 6 Abs. 1",
    ],
  },
  fr: {
    region: "FR",
    first: ["Élodie", "Jean-Pierre", "Mathilde", "Youssef"],
    last: ["Lefèvre", "Dubois", "Ben Salem", "de la Tour"],
    domains: ["orange.fr", "laposte.net"],
    phones: ["01 42 ## ## ##", "06 12 ## ## ##", "+33 1 42 ## ## ##", "+33 6 12 ## ## ##"],
    addresses: ["## rue de la Paix, 75002 Paris", "#, avenue Victor Hugo", "## bis boulevard Voltaire, 75011 Paris"],
    sentences: [
      "Bonjour, je m'appelle {name}, mon courriel est {email}.",
      "Appelez-moi au {phone}.",
      "Ma carte est {card}.",
      "J'habite {address}.",
      "Mon {national_id}.",
      "Virement sur {iban}.\n\nCordialement,\n{name}",
      "Connexion depuis {ip}.",
      "La clé {secret} ne marche plus.",
    ],
    hard: ["Hier, {name} est venu dîner.", "Essayez le {phone:bare}.", "Nous vivons à {address:bare}."],
    negatives: ["Cela coûte 1 299,00 € TTC.", "Le 14 juillet 1789 à 17 h 30.", "12 500 habitants, 3 500 000 euros."],
  },
  es: {
    region: "ES",
    first: ["Lucía", "Íñigo", "María", "Joaquín"],
    last: ["García", "Fernández", "Núñez", "de la Fuente"],
    domains: ["correo.es", "hotmail.com"],
    phones: ["612 ### ###", "91 5## ## ##", "+34 612 ### ###", "+34 91 5## ## ##"],
    addresses: ["Calle de Alcalá, ##, 28014 Madrid", "Avda. Constitución ##", "Plaza Mayor #"],
    sentences: [
      "Hola, me llamo {name} y mi correo es {email}.",
      "Mi teléfono es {phone}.",
      "Cargue la tarjeta {card}.",
      "Vivo en {address}.",
      "Mi {national_id}.",
      "Transferencia a {iban}.\n\nSaludos,\n{name}",
      "Acceso desde {ip}.",
      "La clave es {secret}.",
    ],
    hard: ["Ayer vino {name} a casa.", "Prueba con el {phone:bare}.", "Vivimos en {address:bare}."],
    negatives: ["Cuesta 1.299,00 € con IVA.", "El 12 de octubre de 1492.", "Pedido n.º 20240515001."],
  },
  it: {
    region: "IT",
    first: ["Giulia", "Niccolò", "Chiara", "Matteo"],
    last: ["Esposito", "De Luca", "Ferrari", "D'Angelo"],
    domains: ["libero.it", "posta.it"],
    phones: ["347 ### ####", "06 4### ####", "+39 347 ### ####", "+39 06 4### ####"],
    addresses: ["Via Garibaldi ##, 00153 Roma", "Piazza del Duomo, #", "Corso Vittorio Emanuele ##"],
    sentences: [
      "Buongiorno, mi chiamo {name}, la mia mail è {email}.",
      "Il mio telefono è {phone}.",
      "La carta è {card}.",
      "Abito in {address}.",
      "Il mio {national_id}.",
      "Bonifico su {iban}.\n\nCordiali saluti,\n{name}",
      "Accesso da {ip}.",
      "Uso {secret} nel codice.",
    ],
    hard: ["Ieri ho visto {name} al mare.", "Prova il {phone:bare}.", "Stiamo a {address:bare}."],
    negatives: ["Costa 1.299,00 € IVA inclusa.", "Il 2 giugno 1946, ore 12.30."],
  },
  nl: {
    region: "NL",
    first: ["Sanne", "Daan", "Femke", "Joost"],
    last: ["de Vries", "van den Berg", "Jansen", "Bakker"],
    domains: ["ziggo.nl", "kpnmail.nl"],
    phones: ["06-1#######", "020-### ####", "+31 6 1#######", "+31 20 ### ####"],
    addresses: ["Keizersgracht ###, 1016 EA Amsterdam", "Dorpsstraat #a", "Kerklaan ##"],
    sentences: [
      "Hallo, ik heet {name} en mijn mail is {email}.",
      "Mijn telefoonnummer is {phone}.",
      "Mijn kaart is {card}.",
      "Ik woon op {address}.",
      "Mijn {national_id}.",
      "Maak het over naar {iban}.\n\nMet vriendelijke groet,\n{name}",
      "Inlog vanaf {ip}.",
      "De sleutel is {secret}.",
    ],
    hard: ["Gisteren belde {name} nog.", "Probeer {phone:bare}.", "Wij wonen in {address:bare}."],
    negatives: ["Het kost € 1.299,00 incl. btw.", "Op 5 mei 1945 om 16.00 uur."],
  },
  pl: {
    region: "PL",
    first: ["Agnieszka", "Łukasz", "Zofia", "Krzysztof"],
    last: ["Kowalski", "Wiśniewska", "Nowak", "Żółkiewski"],
    domains: ["wp.pl", "onet.pl"],
    phones: ["601 ### ###", "22 6## ## ##", "+48 601 ### ###"],
    addresses: ["ul. Marszałkowska ##, 00-590 Warszawa", "al. Jerozolimskie ###/12", "os. Słoneczne #"],
    sentences: [
      "Dzień dobry, nazywam się {name}, mój mail to {email}.",
      "Mój telefon: {phone}.",
      "Karta {card}.",
      "Mieszkam przy {address}.",
      "Mój {national_id}.",
      "Przelew na {iban}.\n\nPozdrawiam,\n{name}",
      "Logowanie z {ip}.",
      "Klucz to {secret}.",
    ],
    hard: ["Wczoraj dzwoniła {name}.", "Spróbuj {phone:bare}.", "Mieszkamy w {address:bare}."],
    negatives: ["Cena: 1 299,00 zł brutto.", "11 listopada 1918 r., godz. 12:30."],
  },
  "pt-BR": {
    region: "BR",
    first: ["João", "Beatriz", "Thiago", "Conceição"],
    last: ["Silva", "dos Santos", "Araújo", "Gonçalves"],
    domains: ["uol.com.br", "bol.com.br"],
    phones: ["(11) 9####-####", "(21) 3###-####", "+55 11 9####-####"],
    addresses: ["Rua das Flores, ###", "Avenida Paulista, ####", "CEP 01310-100"],
    sentences: [
      "Oi, meu nome é {name} e meu e-mail é {email}.",
      "Meu celular é {phone}.",
      "O cartão é {card}.",
      "Moro na {address}.",
      "Meu {national_id}.",
      "Transfira para {iban}.\n\nAtenciosamente,\n{name}",
      "Acesso de {ip}.",
      "A chave é {secret}.",
    ],
    hard: ["Ontem {name} me ligou.", "Tente {phone:bare}.", "Moramos em {address:bare}."],
    negatives: ["Custa R$ 1.299,00 à vista.", "Em 7 de setembro de 1822, às 16h30."],
  },
  ja: {
    region: "JP",
    first: ["太郎", "花子", "健一", "美咲"],
    last: ["田中", "佐藤", "鈴木", "渡辺"],
    domains: ["yahoo.co.jp", "docomo.ne.jp"],
    phones: ["03-3###-####", "090-1###-####", "+81 90-1###-####"],
    addresses: ["東京都千代田区丸の内1-#-#", "〒100-0005", "大阪府大阪市北区梅田3丁目#番#号"],
    sentences: [
      "私の名前は{name}です。メールは{email}です。",
      "電話番号は{phone}です。",
      "カードは{card}です。",
      "住所は{address}です。",
      "{national_id}です。",
      "{name}と申します。よろしくお願いします。",
      "{ip}からアクセスがありました。",
      "キーは{secret}です。",
    ],
    hard: ["昨日、{name}さんに会いました。", "{phone:bare}にかけて。", "{address:bare}に住んでいます。"],
    negatives: ["価格は12,980円(税込)です。", "2024年5月15日15時30分、第3章2節。", "お客様各位"],
  },
};

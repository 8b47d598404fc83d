"""The small words that betray a language: frequent in every text of it, and few in others.

Each list is the commonest pronouns, articles, prepositions, conjunctions and auxiliary verbs of the language, and the
courtesies of letters. A word that several languages share counts for each of them, and for less.
"""

WORDS: dict[str, str] = {
    "en": "the and of to in is that it for you was with on as have but be they are this from we not your or an by all "
    "i my can will would there what when which please thanks thank hello dear regards hi our has been do if any about "
    "his her me us some other more so than them then because just how who did was were only no could think know let",
    "de": "der die das und ist nicht ein eine ich sie es mit auf für den dem im von zu haben wir hat auch sich bei wie "
    "aber noch wird sind kann mir ihr ihre bitte danke hallo grüße freundlichen geehrte guten uns wenn oder nur mehr "
    "dass einen mein meine zum zur kein werden habe",
    "fr": "le la les de des et est un une je vous nous pas que qui dans pour sur avec il elle ce cette mon ma mes votre "
    "vos au aux du en ne plus mais ou bonjour merci cordialement sont été avons ai suis par comme être avoir y",
    "es": "el la los las de y es un una que en no por con para se su al lo como más pero del mi me está este esta hola "
    "gracias saludos usted nos hay son tengo ha muy cuando también ya sin sobre puede buenos favor",
    "pt": "o a os as de e é um uma que em não por com para se seu sua do da dos das no na mais mas ao como meu minha "
    "está este esta olá obrigado obrigada cumprimentos você são tenho foi muito quando também já sem pode bom dia eu",
    "it": "il lo la i gli le di e è un una che in non per con si del della dei delle al alla sono ho mi ma come più "
    "anche questo questa buongiorno grazie saluti ciao nel nella ha abbiamo vostro mio mia cordiali dal sul essere",
    "nl": "de het een en van ik is niet dat in op te voor met zijn er aan maar om ook als bij dit uw mijn wij we je "
    "heb hebben kan naar nog wel geen beste bedankt groet groeten hallo vriendelijke graag wordt deze jullie of uit",
    "sv": "och att det i en är som på för av med den inte jag har till vi om ett var men ni min mitt hej tack hälsningar "
    "kan från så när hur vänliga eller ska era mig min får detta bli mycket också",
    "da": "og at det i en er som på for af med den ikke jeg har til vi om et var men min mit hej tak hilsen kan fra så "
    "når hvordan venlig eller skal jeres mig får dette blive meget også ved være kunne efter",
    "no": "og at det i en er som på for av med den ikke jeg har til vi om et var men min mitt hei takk hilsen kan fra så "
    "når hvordan vennlig eller skal deres meg får dette bli mye også ved være etter noen",
    "fi": "ja on ei että se en hän minun kun niin mutta olen ovat oli tämä myös kuin jos voi mitä hei kiitos terveisin "
    "ystävällisin meidän teidän sitä vain nyt kanssa ole joka tai minä voinko onko jo mukaan",
    "pl": "i w na z do nie się jest to że o jak za po co od ale dla mam czy przez już tego lub oraz proszę dziękuję "
    "dzień dobry pozdrawiam pozdrowienia witam są był mnie moje może przy bardzo nasz państwa mój",
    "cs": "a v na se je že to s z do o i ale jako za pro po k jsem jsou by už od není prosím děkuji dobrý den pozdravem "
    "mám můj moje být jak nebo také při bylo která který který mi nám vás ve si",
    "sk": "a v na sa je že to s z do o aj ale ako za pre po k som sú by už od nie prosím ďakujem dobrý deň pozdravom "
    "mám môj moje byť alebo tiež pri bolo ktorá ktorý mi nám vás vo si",
    "hu": "a az és hogy nem is egy van ez meg már csak de ha volt mint vagy kell nekem köszönöm üdvözlettel tisztelt "
    "szia kérem nagyon lehet én azt ezt mert még sem lett fel ki el jó napot",
    "ro": "și si în in de la cu pe un o nu este sunt că ca să se din pentru mai am ai are dar sau care acest această "
    "bună ziua mulțumesc multumesc salut cu stimă vă mi îmi nostru fost poate când fără va",
    "tr": "ve bir bu için de da ile çok ne ama var yok olarak daha gibi ben siz biz mi mı değil olan kadar sonra merhaba "
    "teşekkürler teşekkür ederim saygılarımla iyi günler lütfen benim bana bunu nasıl olduğu sayın ediyorum",
    "ru": "и в не на я что с по это как но из у за то все так для мы вы от же бы к о он она мне нет если или при "
    "здравствуйте спасибо уважением пожалуйста добрый день был было быть только уже наш ваш есть можно",
    "uk": "і в не на я що з по це як але із у за то все так для ми ви від же б до о він вона мені немає якщо або при та "
    "дякую вітаю повагою ласка добрий день був було бути тільки вже наш ваш є можна й",
    "bg": "и в не на аз че с по това как но от у за то все така за ние вие да се са съм е ще до при или ако ми ви "
    "здравейте благодаря поздрави моля добър ден беше само вече нашия вашия има може без който",
    "sr": "и у не на ја да с по то како али из за је се су сам ми ви од би до о он она мени ако или при што хвала "
    "поздрав молим добар дан био било бити само већ наш ваш има може није",
    "hr": "i u ne na ja da s po to kako ali iz za je se su sam mi vi od bi do o on ona ako ili pri što hvala pozdrav "
    "molim dobar dan bio bilo biti samo već naš vaš ima može nije lijep poštovani te koji",
    "sl": "in v ne na jaz da s po to kako ali iz za je se so sem mi vi od bi do o on ona če pri kaj hvala pozdrav "
    "prosim dober dan bil bilo biti samo že naš vaš ima lahko ni lep spoštovani ter ki tudi",
    "ca": "el la els les de i és un una que en no per amb es seu al ho com més però del meu em està aquest aquesta hola "
    "gràcies salutacions vostè ens hi són tinc ha molt quan també ja sense sobre pot bon dia si us plau",
    "et": "ja on ei et see ma kui ka oli aga olen mis ning tema või minu seda siis nii tere aitäh lugupidamisega palun "
    "meie teie ole juba kas saab oma mida koos väga",
    "lv": "un ir uz ar ka no par nav bet kā es mēs jūs tas vai lai pie jau labdien paldies lūdzu cieņu mans mana "
    "man var bija ja tikai šo kas gan pēc mums jums",
    "lt": "ir yra į su kad iš apie ne nėra bet kaip aš mes jūs tai ar prie jau laba diena ačiū prašau pagarba mano "
    "man gali buvo jei tik šį kas dėl po mums jums labas",
    "id": "yang dan di ini itu dengan untuk dari tidak saya ada akan pada ke kami anda bisa sudah juga atau karena "
    "terima kasih selamat salam mohon tolong apakah telah dapat oleh dalam belum hormat adalah bagaimana",
    "vi": "và là của có không cho tôi được với các này trong một đã những người bạn khi như để từ chào cảm ơn xin vui "
    "lòng trân trọng chúng đến về vì anh chị em ạ nhưng thì",
    "he": "של את על לא זה אני עם הוא היא אבל כי גם או יש אין מה אם שלום תודה בברכה רק כל לי",
    "ar": "في من على إلى أن هذا هذه لا ما مع عن هو هي التي الذي كان شكرا مرحبا تحية لقد نحن أنا",
    "fa": "و در به از که این را با است برای آن یک سلام ممنون متشکرم من شما ما هم تا می",
}

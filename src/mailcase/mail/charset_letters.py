"""The letters that betray a charset: 8-bit text read by the wrong one is made of letters that nobody writes often.

Few bytes are enough, a subject or a file name: for each charset the letters that the languages written in it use most
are listed, and the charset under which most of the text is such letters wins. Where they stand alone or in pairs within
words of ASCII, most of them need to be Latin letters for Latin to win, else nearly all.
"""

import re
from collections.abc import Iterable

SAMPLE, ENOUGH = 4_096, 512  # bytes, where 8-bit ones are few and where they are many
MIN_SHARE = 0.55  # of the letters beyond ASCII: below that nothing is recognised
SURE, CERTAIN = 0.8, 0.95  # of Latin letters, within words of ASCII and elsewhere
OFTEN_WEIGHT = 0.7
MIN_BYTES = 3
ASCII = bytes(range(128))
FOREIGN = re.compile(rb"[\x80-\xff]+")
LONE_BLANK = re.compile(rb"(?<![\x80-\xff])\xa0(?![\x80-\xff])")  # one that does not break, in all Latin charsets
# One or two bytes within a word of ASCII letters, as accents and umlauts stand.
WITHIN = re.compile(rb"(?<![\x80-\xff])(?:(?<=[A-Za-z])[\x80-\xff]{1,2}|[\x80-\xff]{1,2}(?=[A-Za-z]))(?![\x80-\xff])")

# Alphabets, the letters in the order of how often they are written.
CYRILLIC = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъёіїєґ№"
GREEK = "αοιετσνηυρπκμλςόίάέγδήωθχώβφύξζψ"
HEBREW = "יוהלאתרמבשנםדקפחכעגטזסצךןףץ"
ARABIC = "الينموترهبعدسفقكحجةأشصىخطضزذثئغءظؤإآپچژگ،؟"
THAI = "านรอกงเมยลวด่ท้ส์ตะคัิีไปหขแบผจโใชุูึืซธณพญถภษศฟฝฐฆฏฎฑฒๆำฉฮ็๊๋ฯ"
# Scripts of which only the commonest signs are known.
KANA = (
    "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめもやゆよらりるれろわをんがぎぐげござじずぜぞだぢづでど"
    "ばびぶべぼぱぴぷぺぽっゃゅょアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
    "ガギグゲゴザジズゼゾダヂヅデドバビブベボパピプペポッャュョー、。「」・\u3000"
    "日本人大年会中出上国見行分前後時間月名様件届商品注文送付書確認願致世話連絡問合金額電話番号社御株式用法定登録新田山見積請求"
)
SIMPLIFIED = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于下自之年过发后作里用道行所然家种事成方"
    "多经去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日者意无力它与长把机十民第公此已工使情明"
    "性知全三又关点正业外将两高间由问很最重并物手应向头文体政美相见被利什二等产或新己制身果加西月话合回特代内信表化给位次度"
    "门任常先海通教原东提及比员解水名真论处走各入口认条平系气题活尔别打变四总何电数安少报才结反受目太量再感建务做接必件计管"
    "期市直德资命金指许统区保至队便空决展科司五基非则听白达光放强即难且权思完设式色路记南品住告类求据程北张该交规万取格望觉"
    "术共确传师观清今切让识候带争运票请复您谢收单订货款退换客户服务快递付邮尽账号密码登录网络打印机销售合同价表明细产质投诉技支持术系统更新\u3000，。！？：、"
)
TRADITIONAL = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成"
    "方多經去法學如都同現當沒動面起看定天分還進好小部其些主樣理心本前開但因只從想實日者意無力它與長把機十民第公此已工使情明"
    "性知全三又關點正業外將兩高間由問很最重並物手應向頭文體政美相見被利什二等產或新己制身果加西月話合回特代內信表化給位次度"
    "門任常先海通教原東提及比員解水名真論處走各入口認條平系氣題活別打變四總何電數安少報才結反受目太量再感建務做接必件計管期"
    "市直資命金指許統區保至便空決展科司五基非則聽白達光放強即難且權思完設式色路記品住告類求據程交規萬取望覺術共確傳師觀清今"
    "切讓識帶運訂單貨款退換客戶服務票請覆您謝收付郵盡儘快帳號密碼登錄網絡徵計畫技術支援產品質投訴更\u3000，。！？：、"
)
HANGUL = (
    "이다는의에을가하고지은한를로도기사어나리아자대해서시인그수있니보스전장요문정주원습성과제라일부드들입구비상용세안경오연우만공"
    "여신저진중생유조감면게동미모때까내두없였음러관품물처위답변합발송확복계번회달말당각선소화명불환배직않착아견적차도자료판매개월심"
)

# In order: of two that fit alike the first is taken.
OTHERS = {
    "cp1251": CYRILLIC,
    "koi8-r": CYRILLIC,
    "gb18030": SIMPLIFIED,
    "cp950": TRADITIONAL,
    "cp932": KANA,
    "euc_jp": KANA,
    "cp949": HANGUL,
    "cp1253": GREEK,
    "cp1255": HEBREW,
    "cp1256": ARABIC,
    "cp874": THAI,
    "cp866": CYRILLIC,
    "iso8859_5": CYRILLIC,
}
MULTIBYTE = ("gb18030", "cp950", "cp932", "euc_jp", "cp949")
"""Their second bytes may be ASCII letters."""
WESTERN = ("cp1252",)
LATIN = {
    "cp1252": "äöüßéèàçêîôûâëïùñóòíáúãåæøœÄÖÜÉÀÇÅØÆÓÍÁÑ’‘“”„–—…«»°€£§®©™¡¿ºª·´",
    "cp1254": "ğışçöüİĞŞÇÖÜâ’“”–…€",
    "cp1250": "äöüÖÜąćęłńóśźżĄĆĘŁŃÓŚŹŻčďěňřšťůžýáéíúĺľŕČĎĚŇŘŠŤŮŽőűăâîşţđ„”“–…’",
}
ALPHABETS = (CYRILLIC, GREEK, HEBREW, ARABIC, THAI)
OFTEN = 14  # letters of an alphabet: three of four in any text
KNOWN = {
    name: (frozenset(letters), frozenset(letters[:OFTEN] if letters in ALPHABETS else letters))
    for name, letters in (OTHERS | LATIN).items()
}


def recognised(data: bytes) -> str | None:
    """Return the codec by which 8-bit `data` is text of a language, or None when it is like none, or there is too little."""
    start = FOREIGN.search(data)
    if start is None:
        return None
    sample = LONE_BLANK.sub(b" ", data[max(0, start.start() - 1) : start.start() + SAMPLE])
    if len(sample.translate(None, ASCII)) > ENOUGH // 2:
        sample = sample[:ENOUGH]
    total = sum(map(len, FOREIGN.findall(sample)))
    is_latin = sum(map(len, WITHIN.findall(sample))) > total / 2
    if is_latin and (found := _best(sample, LATIN, SURE)) is not None:
        return found
    if total < MIN_BYTES:
        return None
    return _best(sample, WESTERN, CERTAIN) or _best(sample, MULTIBYTE if is_latin else OTHERS, MIN_SHARE)


def _best(sample: bytes, names: Iterable[str], least: float) -> str | None:
    """Return the codec by which `least` or more of the letters are frequent ones, and most of all."""
    shares = {name: _share(sample, name) for name in names}
    best = max(shares, key=lambda name: shares[name])
    return best if shares[best] >= least else None


def _share(sample: bytes, name: str) -> float:
    """Return how many of the letters that are not ASCII are those that the charset is for, above all its frequent ones."""
    text = sample.decode(name, "replace")
    if len(sample) >= ENOUGH:
        text = text.rstrip("\ufffd")  # half a character at the end
    letters = [char for char in text if char > "\x7f"]
    known, often = KNOWN[name]
    if not letters:
        return 0.0
    weight = sum(map(often.__contains__, letters)) * OFTEN_WEIGHT + sum(map(known.__contains__, letters)) * (
        1 - OFTEN_WEIGHT
    )
    return weight / len(letters)

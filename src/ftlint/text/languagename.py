"""Languages by code and name, and the words by which a prompt asks for one. Own lists, MIT."""

from __future__ import annotations

import re

from ftlint.text.expression import late

_LISTED = """
af Afrikaans; am Amharic; an Aragonese; ar Arabic; as Assamese; ast Asturian;
av Avar; az Azerbaijani; azb South Azerbaijani; ba Bashkir; bar Bavarian; bcl Bikol;
be Belarusian; bg Bulgarian; bh Bihari; bn Bengali; bo Tibetan; bpy Bishnupriya; br Breton;
bxr Buryat; ca Catalan; cbk Chavacano; ce Chechen; ceb Cebuano; ckb Central Kurdish;
co Corsican; cs Czech; cv Chuvash; cy Welsh; da Danish; de German; diq Zazaki; dsb Lower Sorbian;
dty Doteli; dv Dhivehi; el Greek; eml Emilian; en English; eo Esperanto; es Spanish; et Estonian;
eu Basque; fa Persian; fi Finnish; fr French; frr North Frisian; fy Frisian; ga Irish;
gd Scottish Gaelic; gl Galician; gn Guarani; gom Konkani; gu Gujarati; gv Manx; he Hebrew;
hi Hindi; hif Fiji Hindi; hsb Upper Sorbian; ht Haitian; hu Hungarian; hy Armenian;
ia Interlingua; id Indonesian; ie Interlingue; ilo Ilocano; io Ido; is Icelandic; it Italian;
ja Japanese; jbo Lojban; jv Javanese; ka Georgian; kk Kazakh; km Khmer; kn Kannada; ko Korean;
krc Karachay; ku Kurdish; kv Komi; kw Cornish; ky Kyrgyz; la Latin; lb Luxembourgish;
lez Lezgian; li Limburgish; lmo Lombard; lo Lao; lrc Northern Luri; lt Lithuanian; lv Latvian;
mai Maithili; mg Malagasy; mhr Mari; min Minangkabau; mk Macedonian; ml Malayalam; mn Mongolian;
mr Marathi; mrj Hill Mari; ms Malay; mt Maltese; mwl Mirandese; my Burmese; myv Erzya;
mzn Mazanderani; nah Nahuatl; nap Neapolitan; nds Low German; ne Nepali; new Newar; nl Dutch;
no Norwegian; oc Occitan; or Odia; os Ossetian; pa Punjabi; pam Kapampangan; pfl Palatine;
pl Polish; pms Piedmontese; pnb Western Punjabi; ps Pashto; pt Portuguese; qu Quechua;
rm Romansh; ro Romanian; ru Russian; rue Rusyn; sa Sanskrit; sah Yakut; sc Sardinian;
scn Sicilian; sco Scots; sd Sindhi; sh Serbo-Croatian; si Sinhala; sk Slovak; sl Slovenian;
so Somali; sq Albanian; su Sundanese; sv Swedish; sw Swahili; ta Tamil; te Telugu; tg Tajik;
th Thai; tk Turkmen; tl Tagalog; tr Turkish; tt Tatar; tyv Tuvan; ug Uyghur; uk Ukrainian;
ur Urdu; uz Uzbek; vec Venetian; vep Veps; vi Vietnamese; vls West Flemish; vo Volapük;
wa Walloon; war Waray; xal Kalmyk; xmf Mingrelian; yi Yiddish; yo Yoruba; zh Chinese
"""
NAMES: dict[str, str] = dict(
    entry.strip().split(" ", 1) for entry in _LISTED.replace("\n", " ").split(";")
)
"""The English name of every language that can be told, by ISO 639-1, else 639-3."""

MERGED = {
    "nb": "no", "nn": "no", "bs": "sh", "hr": "sh", "sr": "sh", "wuu": "zh", "yue": "zh",
    "arz": "ar", "als": "de",
}  # fmt: skip
"""Languages that are one here.

The written standards of Norwegian, and those of Serbo-Croatian (`sh`: its macrolanguage in ISO
639-3), share most words of a short text; Cantonese and Wu are written as Chinese, Egyptian as
Arabic; `als` is Alemannic in the model.
"""

_ALSO = {
    "bosnian": "sh", "croatian": "sh", "serbian": "sh", "cantonese": "zh", "mandarin": "zh",
    "farsi": "fa", "filipino": "tl", "oriya": "or", "slovene": "sl",
}  # fmt: skip


def name(code: str) -> str:
    """Return the English name of a language, or the code where none is listed."""
    return NAMES.get(code, code)


def canonical(word: str) -> str | None:
    """Return the code under which a language is known here: `en` for `en-GB`, `no` for `nb`.

    None when the word is no code of a language that can be told.
    """
    code = word.replace("_", "-").partition("-")[0].lower()
    code = MERGED.get(code, code)
    return code if code in NAMES else None


def meant(word: str) -> str:
    """Return the code of the language whose English name this is, or nothing."""
    low = word.lower()
    codes = {title.lower(): MERGED.get(code, code) for code, title in NAMES.items()}
    return _ALSO.get(low) or codes.get(low, "")


# Names that a prompt may use, in the language itself or in others that are common in prompts.
_OWN = """
deutsch englisch französisch spanisch italienisch russisch chinesisch japanisch koreanisch arabisch
anglais français francais allemand espagnol italien chinois japonais russe arabe portugais
inglés ingles español espanol francés frances alemán aleman italiano portugués portugues chino
inglês francês espanhol alemão inglese francese tedesco spagnolo cinese giapponese russo
engels duits frans spaans engelska svenska tyska norsk dansk suomeksi englanniksi
angielski angielsku polsku polski niemiecki rosyjski anglicky česky cesky slovensky
английск русск немецк французск испанск китайск японск англійськ українськ
ingilizce türkçe turkce almanca fransızca inggris indonesia melayu tiếng
sprache langue idioma lingua language
"""
_EAST = (
    "英语|英語|英文|中文|汉语|漢語|华语|国语|普通话|法语|法語|法文|德语|德語|德文|日语|日語|日文"
    "|日本語|韩语|韓語|韩文|韓国語|俄语|俄文|西班牙|葡萄牙|意大利|阿拉伯|拉丁|翻译|翻譯|翻訳|译成|译为"
    "|译文|영어|한국어|중국어|일본어|번역|外语|外文|语言|語言"
)
_ASIDE = "translat|übersetz|tradu[ct]|tradui|перев|переклад|tłumacz|vertaal|översätt|oversett"
_WORDS = sorted({*map(str.lower, NAMES.values()), *_ALSO, *_OWN.split()}, key=len, reverse=True)
_ASKS = late(rf"{_EAST}|{_ASIDE}|(?<![^\W_])(?:{'|'.join(map(re.escape, _WORDS))})", re.IGNORECASE)


def asks(text: str) -> bool:
    """Return whether a text names a language or asks for a translation."""
    return _ASKS.search(text) is not None


_FOLLOWS = late(
    r"\b(?:same|their|his|her|user|users|customer|client|guest|visitor|person|question)"
    r"(?:['’]s|s['’])? (?:own |native |preferred )?language\b"
    r"|\blanguage (?:(?:of|in which|that|used by) )?(?:the |they |he |she |a )?"
    r"(?:user|customer|client|guest|visitor|person|question|message|writes?|asks?|uses?)\b",
    re.IGNORECASE,
)


def orders_language(text: str) -> bool:
    """Return whether instructions name a language, other than that of whoever asks."""
    return asks(_FOLLOWS.sub("", text))

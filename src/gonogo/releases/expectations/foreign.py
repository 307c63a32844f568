"""Labels of expectations in other languages. A label is read; words of the language never are."""

from __future__ import annotations

import re

from gonogo.releases.hints import may_begin

_WORDS = (
    # German, Dutch
    r"erwartet(?:e[srnm]?)?(?: (?:ergebnis|ausgabe|antwort|wert|status))?|soll(?:te)? (?:sein|ergeben|ausgeben|liefern)"
    r"|verwacht(?:e)?(?: (?:uitvoer|resultaat|waarde|status))?|moet zijn"
    # Spanish, Portuguese, Italian, French
    r"|(?:resultado |salida |respuesta |valor |estado |saída |resposta )?esperad[oa]|se espera|debe(?:ría)? ser"
    r"|debe(?:ría)? devolver|debe(?:ría)? mostrar|deve(?:ria)? ser|deve(?:ria)? retornar|espera-se"
    r"|(?:risultato |output |valore |risposta )?attes[oa]|(?:risultato )?previsto|dovrebbe essere|deve essere"
    r"|(?:résultat |sortie |réponse |valeur )?attendue?|doit être|devrait être|doit retourner|doit afficher"
    # Polish, Czech, Russian, Ukrainian, Turkish, Swedish
    r"|oczekiwan[yea](?: (?:wynik|wyjście|wartość))?|očekávan[ýáé](?: (?:výstup|výsledek))?"
    r"|ожидаем(?:ый|ая|ое)(?: (?:результат|ответ|вывод|значение))?|ожидается|очікуван(?:ий|е|а)(?:"
    r" (?:результат|вивід))?"
    r"|beklenen(?: (?:çıktı|sonuç|değer))?|förvänta[td](?: (?:utdata|resultat|svar))?"
)
_SCRIPTS = (
    r"(?:预期|预计|期望|应有)(?:的)?(?:结果|输出|返回|返回值|值|响应|状态)?|应(?:该)?(?:为|是|返回|显示|输出)"
    r"|預期(?:結果|輸出|值)?|期待(?:される|する)?(?:出力|結果|値|応答)?|想定(?:結果|出力)"
    r"|예상(?:되는)? ?(?:결과|출력|값)?|기대 ?(?:결과|출력|값)?"
)
# In plain letters a label begins with one of these.
_FIRST_WORDS = frozenset(
    """erwartet erwartete erwartetes erwarteter erwarteten erwartetem soll sollte verwacht verwachte moet resultado
    salida respuesta valor estado resposta esperado esperada se debe deve deveria espera risultato output valore
    risposta atteso attesa previsto dovrebbe sortie valeur attendu attendue doit devrait oczekiwany oczekiwane
    oczekiwana beklenen""".split()  # noqa: SIM905
)
_LABEL = re.compile(
    rf"(?:(?:{_WORDS})\s*[:：=]?(?=[\s`\"'\d：:=])|(?:{_SCRIPTS})\s*[:：=]?)\s*[:：=]?\s*", re.IGNORECASE
)


def match_label(text: str) -> re.Match[str] | None:
    """The label in another language that a text begins with."""
    return _LABEL.match(text) if may_begin(text, _FIRST_WORDS) else None

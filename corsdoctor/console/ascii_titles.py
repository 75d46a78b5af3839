"""How those titles of firefox_languages.py begin that need no letter beyond ASCII: most texts have none, and need not load the table."""

from __future__ import annotations

from typing import Final

BEGINNINGS: Final = (
    "Advarsel o", "Advertenci", "Asewhel n", "Assil-marg", "Assuter Cr", "Avertismen", "Avertissem", "Averto pri",
    "Avis dumon", "Avis richi", "Aviso de requisi", "Aviso de solicit", "Aviso requesta d", "Avviso ric",
    "Blocage d'une re", "Blocatge d'una r", "Blocca ina dumon", "Bloccata richies", "Bloqueouse", "Canh bao y",
    "Capraz kok", "Cerere de", "Cererea Cr", "Cererea de", "Chaidh an", "Cross-Origin J", "Cross-Origin Request D",
    "Cross-Origin Request-", "Cross-Origin b", "Cross-Origin k", "Cross-Origin p", "Cross-Origin s", "Cross-Origin-a",
    "Cross-Origin-f", "Cross-Origin-o", "Cross-origin z", "Cross-origin-", "Cuireadh c", "Dazadas iz", "Dazadu izc",
    "Domanda mo", "Fersyk foa", "Foresporgs", "Foresporse", "Forespurna", "Goulenn li", "Hinarang a", "ICross-Ori",
    "Isicelo Se", "Jatorri gu", "Jerure ren", "Kigengo Cr", "Mba'ejerur", "Naprasowan", "Napsasowan", "Origin-aan",
    "Ostrzezeni", "Pedido de origem", "Pedido de origen", "Peringatan", "Permintaan Asal-", "Permintaan Asala",
    "Permintaan Cross", "Permintaan Linta", "Peticion d", "Peto el ma", "Q'aton ri", "Quelluberg", "Rechesta m",
    "Requesta multi-o", "Requisicao", "Rhwystrwyd", "Rhybudd Ca", "Richieste", "Ruk'utunik", "S'ha bloca",
    "Sinjalizim", "Solicitud de ori", "Solicitud desde", "Solicitude cruza", "Taqowuj q'", "U bllokua",
    "Upozorenje o zah", "Upozorneni na po", "Upozornenie pozi", "Uzblokuota", "Varning Cr", "Warnowanje",
    "Warnung fu", "Yeu cau Cr", "Zablokovan", "Zablokowan", "Zadost Cro", "Zahteva iz", "Zahtjev visestru",
    "Zahtjev za unakr", "Zahtjev za vise", "Ziadost Cr",
)  # fmt: skip

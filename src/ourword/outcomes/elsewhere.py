"""The words of columns and states in German, French and Spanish, as the English ones by which everything else is guessed: the one list."""

from __future__ import annotations

from functools import lru_cache

from ourword.core.letters import unmarked

_WORDS = {
    "ticket": "anfrage vorgang vorfall fall serviceanfrage billet demande dossier caso consulta incidencia solicitud",
    "conversation": "gesprach unterhaltung konversation conversacion",
    "number": "nummer nr numero num",
    "id": "kennung identifiant identificador",
    "customer": "kunde kunden kundin kundinnen kundenname kaufer besteller melder absender cliente clienta acheteur comprador",
    "email": "mail emailadresse mailadresse courriel correo",
    "created": "erstellt erstellung eroffnet eroffnung angelegt erfasst eingang eingegangen gemeldet cree creee creation creado creada creacion",
    "opened": "ouvert ouverte ouverture abierto abierta apertura",
    "date": "datum fecha",
    "time": "zeit uhrzeit zeitpunkt zeitstempel heure hora",
    "solved": "gelost losung behoben resolu resolue resuelto resuelta resolucion solucionado",
    "closed": "geschlossen schliessung abgeschlossen abschluss erledigt beendet clos close cloture ferme fermee fermeture cerrado cerrada cierre",
    "open": "offen neu",
    "pending": "wartend warten wartet ausstehend attente pendiente",
    "not": "nicht kein keine non pas sin",
    "status": "zustand bearbeitungsstatus statut etat estado",
    "category": "kategorie categorie categoria",
    "topic": "thema anliegen theme tema",
    "kind": "art tipo",
    "reason": "grund kontaktgrund motif motivo raison razon",
    "subject": "betreff objet sujet asunto",
    "order": "bestellung auftrag commande pedido",
    "invoice": "rechnung facture factura",
    "booking": "buchung reserva",
    "shipment": "sendung lieferschein envoi envio",
    "agent": "bearbeiter bearbeiterin sachbearbeiter mitarbeiter mitarbeiterin betreuer zustandig agente conseiller",
    "assignee": "zugewiesen assigne asignado",
    "group": "gruppe abteilung groupe grupo equipo",
    "text": "nachricht nachrichtentext texte texto",
    "comment": "kommentar commentaire comentario",
    "description": "beschreibung descripcion",
    "birth": "geburt geboren naissance nacimiento",
    "updated": "aktualisiert geandert anderung modifie actualizado modificado",
    "rating": "bewertung kundenbewertung valoracion calificacion",
    "satisfaction": "zufriedenheit kundenzufriedenheit satisfaccion",
    "due": "fallig falligkeit faellig frist echeance vencimiento",
    "target": "ziel soll zieltermin solltermin cible objetivo",
    "planned": "geplant vorgesehen prevu prevue previsto prevista planificado",
    "expected": "erwartet voraussichtlich attendu attendue esperado esperada",
    "bot": "automatisch",
}
_ENGLISH = {word: english for english, words in _WORDS.items() for word in words.split()}
_ENDS = {
    "nummer": "number",
    "nr": "number",
    "nummern": "number",
    "id": "id",
    "datum": "date",
    "zeit": "time",
    "zeitpunkt": "time",
    "name": "name",
    "mail": "email",
    "email": "email",
    "status": "status",
    "art": "kind",
    "grund": "reason",
}
"""What German joins to another word: `Bestellnummer`, `Kundennummer`, `Erstellungsdatum`."""
_LINKS = ("", "s", "es", "n", "en", "ung", "ungs")
_STEMS = {
    "bestell": "order",
    "erstell": "created",
    "schliess": "closed",
    "ticket": "ticket",
    "kunden": "customer",
    "rechnungs": "invoice",
    "geburts": "birth",
}


@lru_cache(10_000)
def english(word: str) -> tuple[str, ...]:
    """A word in the English words that mean it here; any other one comes back as it is, in small letters.

    >>> english("Gelöst"), english("Bestellnummer"), english("Erstellungsdatum"), english("Paid")
    (('solved',), ('order', 'number'), ('created', 'date'), ('paid',))
    """
    plain = unmarked(word)
    if known := _stem(plain) or (_stem(plain[:-1]) if plain.endswith("s") else ""):
        return (known,)
    for end, means in _ENDS.items():
        stem = plain.removesuffix(end)
        if stem and stem != plain:
            known = next((found for link in _LINKS if (found := _stem(stem.removesuffix(link) if link else stem))), "")
            if known:
                return known, means
    return (plain if plain.isascii() else word.lower(),)


def _stem(stem: str) -> str:
    return _ENGLISH.get(stem) or _STEMS.get(stem, "")


def in_english(text: str) -> str:
    """A short text, such as a state, word by word.

    >>> in_english("nicht gelöst"), in_english("Waiting for you")
    ('not solved', 'waiting for you')
    """
    return " ".join(each for word in text.split() for each in english(word.strip(".,:;()")))

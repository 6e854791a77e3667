"""Names of fields by class of value, in three groups that are counted apart.

`plain`: how English APIs call them. `foreign`: how others do; no word list of the product was made from these.
`contracts`: every property of the published contracts of two services whose format, pattern or example says what it
holds, so that nobody chose the names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PLAIN = {
    "person": "name full_name customer_name displayName holder contactName recipient_name accountHolder",
    "first_name": "first_name firstName given_name forename",
    "last_name": "last_name lastName family_name surname",
    "email": "email email_address contactEmail userEmail primary_email",
    "phone": "phone phone_number mobile mobileNumber contact_phone telephone",
    "card": "card_number cardNumber pan primary_account_number",
    "iban": "iban bank_iban payoutIban",
    "national_id": "ssn national_id taxId social_security_number passport_number",
    "address": "line1 street street_address addressLine1 billing_address",
    "birth_date": "date_of_birth dob birthDate birthday",
    "ip": "ip ip_address clientIp remote_addr",
    "id": "id customer_id userId account_ref externalId",
    "token": "access_token api_key client_secret sessionToken refresh_token",
    "username": "username login userName handle",
}
FOREIGN = {
    "person": "nombre_completo nom_complet vollstaendigerName nome_completo kontoinhaber titulaire imie_nazwisko",
    "first_name": "vorname prenom nombre primeiro_nome voornaam fornavn imie",
    "last_name": "nachname apellido nom_de_famille cognome achternaam etternavn nazwisko sobrenome",
    "email": "correo_electronico courriel epost posta_elettronica adresse_mail eMailAdresse",
    "phone": "telefono handynummer numero_tel telefonnummer celular mobilnummer komorka",
    "card": "kartennummer numero_tarjeta numero_carte numero_carta",
    "iban": "kontonummer compte_bancaire cuenta_bancaria rekening",
    "national_id": "personnummer steuer_id codice_fiscale nric aadhaar pesel nif bsn_nummer fodselsnummer",
    "address": "strasse calle rue via direccion indirizzo adres wohnort_zeile1",
    "birth_date": "geburtsdatum fecha_nacimiento date_naissance data_nascimento geboortedatum data_urodzenia",
    "ip": "adresse_ip direccion_ip origin_addr peer",
    "id": "kundennummer numero_client cliente_ref kenmerk beneficiary_no loyalty_no",
    "token": "jeton cle_api clave_secreta zugangsschluessel bearer webhook_sig",
    "username": "benutzername usuario identifiant gebruikersnaam screenName",
}
_KIND_PATTERN = re.compile(r"\^[A-Z]{2}\[")
_STRIPE = {
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[a-z]+"),
    "ip": re.compile(r"\d{1,3}(?:\.\d{1,3}){3}"),
    "id": re.compile(r"(?:acct|ba|card|ch|cus|evt|fee|ii|in|pi|pm|po|prod|re|seti|si|src|sub|tr|txn)_[A-Za-z0-9]{8,}"),
    "token": re.compile(r"\w+_secret_\w+|[A-Za-z0-9]{16}"),
}


def from_contracts(captures: Path) -> dict[str, list[str]]:
    """Property names by class, sorted; empty where the contracts are not there."""
    found: dict[str, set[str]] = {}
    for path in sorted((captures / "openapi").rglob("*.json")):
        for class_name, name in _named(json.loads(path.read_text("utf-8"))):
            found.setdefault(class_name, set()).add(name)
    return {class_name: sorted(names) for class_name, names in sorted(found.items())}


def _named(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        class_name = _declared(value) if key else None
        if class_name is not None:
            yield class_name, key
        for name, inner in value.items():
            yield from _named(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner, "")
    elif isinstance(value, str) and key:
        yield from ((name, key) for name, shape in _STRIPE.items() if shape.fullmatch(value) and _may_name(name, key))


def _declared(schema: dict[str, Any]) -> str | None:
    """What a property is said to hold by its format or pattern."""
    if schema.get("format") == "phone-number":
        return "phone"
    pattern = schema.get("pattern")
    return "id" if isinstance(pattern, str) and _KIND_PATTERN.match(pattern) else None


def _may_name(class_name: str, key: str) -> bool:
    """A short opaque example alone does not make a secret of a field."""
    return class_name != "token" or "secret" in key or key == "fingerprint"


def names(captures: Path) -> dict[str, dict[str, list[str]]]:
    """Group to class to names."""
    return {
        "plain": {class_name: text.split() for class_name, text in PLAIN.items()},
        "foreign": {class_name: text.split() for class_name, text in FOREIGN.items()},
        "contracts": from_contracts(captures),
    }

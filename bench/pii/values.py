"""Values by class: made up from a seed in the shapes of several countries, and labelled spans of a published corpus.

Check digits are right and reserved ranges are not avoided, as in traffic; nobody real is meant.
"""

from __future__ import annotations

import json
import random
import string
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path


def words(text: str, between: str = " ") -> list[str]:
    """The words of a text."""
    return text.split(between)


_FIRST = words(
    "Ingeborg Sigrún Łukasz Thị-Hạnh Oluwaseun Priyanka Xiomara Dmitri Eòghann Mbali Søren Chiamaka Yevgenia "
    "Ariadne Wolfgang Nthabiseng Guadalupe Ansgar Bjørk Zdravka"
)
_LAST = words(
    "Vandersloot Ó'Ceallaigh Szczepański Nguyễn Adeyemi-Bakare Krishnamurthy Quintanilla Volkova MacGilleEathain "
    "Dlamini Østergaard Eze Tymoshenko Papadopoulou Rautenstrauch Mokoena Villaseñor Holtzbrinck Þórsdóttir Ivanchuk"
)
_STREETS = words(
    "Rue des Lilas|Kärntner Straße|Calle de Alcalá|Via Garibaldi|Marsh Lane|Nowy Świat|Storgatan|Jalan Merdeka",
    "|",
)
_BIC = {"DE": 18, "FR": 23, "GB": 0, "NL": 0, "ES": 20}
_CORPUS = {
    "PERSON": "person", "STREET_ADDRESS": "address", "CREDIT_CARD": "card", "PHONE_NUMBER": "phone",
    "EMAIL_ADDRESS": "email", "IBAN_CODE": "iban", "US_SSN": "national_id", "IP_ADDRESS": "ip",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text and the (class, value) pairs in it."""

    text: str
    spans: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Source:
    """Draws values; `corpus` are labelled values by class, where there are any."""

    draw: random.Random
    corpus: dict[str, list[str]] = field(default_factory=dict)
    sentences: list[Sentence] = field(default_factory=list)

    def value(self, class_name: str, held_out: bool) -> str:
        """A value of a class; `held_out` prefers those of the corpus."""
        known = self.corpus.get(class_name)
        if held_out and known:
            return self.draw.choice(known)
        return MAKERS[class_name](self.draw)


def read_corpus(captures: Path, source: Source) -> bool:
    """Take up the labelled corpus; False where it is not there."""
    path = captures / "pii" / "presidio-research" / "data" / "synth_dataset_v2.json"
    if not path.is_file():
        return False
    for item in json.loads(path.read_text("utf-8")):
        spans = [(_CORPUS[s["entity_type"]], s["entity_value"]) for s in item["spans"] if s["entity_type"] in _CORPUS]
        spans = [(class_name, value) for class_name, value in spans if len(value) > 3]
        if spans:
            source.sentences.append(Sentence(item["full_text"], tuple(spans)))
        for class_name, value in spans:
            source.corpus.setdefault(class_name, []).append(value)
    return True


def _digits(draw: random.Random, count: int) -> str:
    return "".join(draw.choice(string.digits) for _ in range(count))


def _person(draw: random.Random) -> str:
    first, last = draw.choice(_FIRST), draw.choice(_LAST)
    return draw.choice((f"{first} {last}", f"{last}, {first}", f"{first} {draw.choice('ABCDEFGH')}. {last}"))


def _email(draw: random.Random) -> str:
    last = "".join(char for char in draw.choice(_LAST).lower() if char in string.ascii_lowercase)
    host = draw.choice(("posteo.de", "laposte.net", "mail.example", "gmail.com"))
    return f"{draw.choice('abcdefgh')}.{last}{_digits(draw, 2)}@{host}"


def _phone(draw: random.Random) -> str:
    shapes = ("+49 151 {}", "+3361{}", "(0)20 7946 {}", "+1-415-{}", "07{}", "+91 98{}")
    return draw.choice(shapes).format(_digits(draw, 8))


def _card(draw: random.Random) -> str:
    body = draw.choice(("4", "51", "37")) + _digits(draw, 15)
    body = body[:14] if body.startswith("37") else body[:15]
    number = next(body + digit for digit in string.digits if _luhn(body + digit))
    return draw.choice((number, " ".join(number[at : at + 4] for at in range(0, len(number), 4))))


def _luhn(number: str) -> bool:
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(number)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _iban(draw: random.Random) -> str:
    country, length = draw.choice(list(_BIC.items()))
    bank = "".join(draw.choice(string.ascii_uppercase) for _ in range(4)) if not length else ""
    account = bank + _digits(draw, length or (14 if country == "GB" else 10))
    rest = "".join(str(int(char, 36)) for char in f"{account}{country}00")
    return f"{country}{98 - int(rest) % 97:02d}{account}"


def _national_id(draw: random.Random) -> str:
    shapes = ("###-##-####", "######-####", "#########", "## ### ### ###", "########X", "SX######D")
    return "".join(draw.choice(string.digits) if char == "#" else char for char in draw.choice(shapes))


def _address(draw: random.Random) -> str:
    street, number = draw.choice(_STREETS), draw.randint(1, 240)
    return draw.choice((f"{street} {number}", f"{number} {street}", f"{number}b, {street}"))


def _birth_date(draw: random.Random) -> str:
    day = date(1940, 1, 1) + timedelta(days=draw.randrange(25_000))
    return draw.choice((day.isoformat(), day.strftime("%d.%m.%Y"), day.strftime("%m/%d/%Y"), day.strftime("%Y%m%d")))


def _ip(draw: random.Random) -> str:
    v4 = f"{draw.randint(11, 220)}.{draw.randint(0, 255)}.{draw.randint(0, 255)}.{draw.randint(1, 254)}"
    return draw.choice((v4, "2a02:8109:" + ":".join(f"{draw.randrange(65536):x}" for _ in range(6))))


def _id(draw: random.Random) -> str:
    shapes = (
        lambda: "cus_" + _mixed(draw, 14),
        lambda: str(draw.randrange(10**6, 10**9)),
        lambda: f"{draw.getrandbits(96):024x}",
        lambda: f"K-{_digits(draw, 7)}",
    )
    return draw.choice(shapes)()


def _mixed(draw: random.Random, count: int) -> str:
    return "".join(draw.choice(string.ascii_letters + string.digits) for _ in range(count))


def _token(draw: random.Random) -> str:
    return draw.choice(("sk_live_", "ghp_", "", "v1.")) + _mixed(draw, 28)


def _username(draw: random.Random) -> str:
    last = "".join(char for char in draw.choice(_LAST).lower() if char in string.ascii_lowercase)
    return draw.choice((f"{last}{_digits(draw, 2)}", f"the_{last}", f"{last}.{draw.choice('abcdef')}"))


MAKERS: dict[str, Callable[[random.Random], str]] = {
    "person": _person,
    "first_name": lambda draw: draw.choice(_FIRST),
    "last_name": lambda draw: draw.choice(_LAST),
    "email": _email,
    "phone": _phone,
    "card": _card,
    "iban": _iban,
    "national_id": _national_id,
    "address": _address,
    "birth_date": _birth_date,
    "ip": _ip,
    "id": _id,
    "token": _token,
    "username": _username,
}

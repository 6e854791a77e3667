"""The person whom an account belongs to, and where they live."""

from __future__ import annotations

from dataclasses import dataclass

from smartsandbox.demo.service.records.values import Json


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; `country` is ISO 3166-1 alpha-2."""

    line1: str
    city: str
    postcode: str
    country: str

    def to_json(self) -> Json:
        return {"line1": self.line1, "city": self.city, "postcode": self.postcode, "country": self.country}


@dataclass(frozen=True, slots=True)
class Holder:
    """The person whom an account belongs to; `phone` is E.164, `birth_date` an ISO date."""

    name: str
    email: str
    phone: str
    birth_date: str
    gender: str
    address: Address

    def to_json(self) -> Json:
        return {
            "name": self.name,
            "email": self.email,
            "phone": self.phone,
            "birth_date": self.birth_date,
            "gender": self.gender,
            "address": self.address.to_json(),
        }

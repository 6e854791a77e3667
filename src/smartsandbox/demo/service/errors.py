"""What the API answers when it says no: one shape for every error, with a type, a code and a sentence."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer that is an error. `param` names the field at fault; `headers` go out with the answer."""

    def __init__(
        self,
        status: int,
        kind: str,
        code: str,
        message: str,
        param: str | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(message)
        self.status, self.kind, self.code, self.message = status, kind, code, message
        self.param, self.headers = param, headers

    def to_json(self, request_id: str) -> dict[str, Any]:
        """The body of the answer."""
        return {
            "error": {
                "type": self.kind,
                "code": self.code,
                "message": self.message,
                "param": self.param,
                "request_id": request_id,
            }
        }


def not_found(kind: str, identifier: str) -> ApiError:
    """404 for an object that is not there, or is another customer's."""
    return ApiError(404, "invalid_request_error", "resource_missing", f"{kind} {identifier} not found", "id")


def invalid(param: str, message: str) -> ApiError:
    """422 for a field that is there and wrong."""
    return ApiError(422, "validation_error", f"invalid_{param.rsplit('.', 1)[-1]}", message, param)


def missing(param: str) -> ApiError:
    """400 for a field that is not there."""
    return ApiError(400, "invalid_request_error", "parameter_missing", f"Missing required parameter: {param}", param)


def conflict(code: str, message: str) -> ApiError:
    """409 for a request that the state of things does not allow."""
    return ApiError(409, "conflict_error", code, message)


def unauthorised(code: str, message: str) -> ApiError:
    """401, with the challenge that RFC 6750 asks for."""
    challenge = f'Bearer realm="harbourpay", error="{code}"'
    return ApiError(401, "authentication_error", code, message, headers=(("www-authenticate", challenge),))


def declined(code: str, message: str) -> ApiError:
    """402: the issuer said no."""
    return ApiError(402, "card_error", code, message, "card")


def throttled(message: str) -> ApiError:
    """429 for a caller that asks too fast."""
    return ApiError(429, "rate_limit_error", "rate_limit", message, headers=(("retry-after", "1"),))

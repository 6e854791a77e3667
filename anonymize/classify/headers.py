"""Standard headers: a reviewed table of what becomes of each. A header that is not here is judged by its values."""

from __future__ import annotations

from smartsandbox.anonymize.policy import Action, Decision

_KEEP = """
accept accept-encoding accept-ranges accept-charset age allow cache-control content-type content-encoding
content-language connection vary pragma strict-transport-security x-content-type-options x-frame-options
x-xss-protection
access-control-allow-methods access-control-allow-headers access-control-expose-headers access-control-allow-credentials
access-control-max-age access-control-request-method access-control-request-headers upgrade-insecure-requests upgrade
sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user sec-gpc dnt te expect retry-after max-forwards range
content-range x-ratelimit-limit x-ratelimit-remaining x-ratelimit-used x-ratelimit-resource x-rate-limit-limit
x-rate-limit-remaining ratelimit-limit ratelimit-remaining ratelimit-policy x-requested-with idempotent-replayed
referrer-policy cross-origin-opener-policy cross-origin-resource-policy cross-origin-embedder-policy x-download-options
x-permitted-cross-domain-policies x-dns-prefetch-control x-ua-compatible x-robots-tag accept-post accept-patch priority
x-envoy-upstream-service-time content-transfer-encoding mime-version x-content-duration save-data
"""
_COMMON = """
server accept-language x-powered-by www-authenticate proxy-authenticate warning x-github-media-type api-version
stripe-version x-api-version x-sandbox-scenario x-chaos origin-agent-cluster x-accepted-oauth-scopes x-oauth-scopes
x-github-api-version-selected x-cache x-cache-status cf-cache-status x-runtime x-request-source timing-allow-origin
"""
_DROP = """
content-security-policy content-security-policy-report-only report-to nel p3p expect-ct public-key-pins
public-key-pins-report-only alt-svc alternate-protocol x-stripe-client-user-agent x-stripe-client-telemetry
permissions-policy feature-policy sec-ch-ua sec-ch-ua-mobile sec-ch-ua-platform sec-ch-ua-arch sec-ch-ua-model
sec-ch-ua-full-version-list via x-served-by x-timer x-cache-hits x-amz-cf-pop x-amz-cf-id cf-ray x-backend server-timing
reporting-endpoints content-md5 digest x-varnish x-hits set-login clear-site-data x-hostname x-node x-datadome
if-none-match-x x-client-data x-goog-hash x-guploader-uploadid accept-ch critical-ch x-fb-debug x-fastly-request-id
x-github-request-id x-stripe-routing-context-priority-tier
"""
_TIME = """
date expires last-modified if-modified-since if-unmodified-since x-ratelimit-reset x-rate-limit-reset ratelimit-reset
x-amz-date sunset x-date request-time
"""
_TOKEN = """
etag if-none-match if-match x-request-id request-id x-correlation-id x-trace-id traceparent tracestate x-amzn-trace-id
x-b3-traceid x-b3-spanid x-b3-parentspanid x-cloud-trace-context x-amzn-requestid x-amz-request-id x-amz-id-2
idempotency-key x-csrf-token x-xsrf-token x-api-key x-okta-request-id x-auth-token x-session-id x-device-id
sec-websocket-key sec-websocket-accept x-newrelic-id x-newrelic-transaction newrelic sentry-trace baggage
x-transaction-id x-amz-security-token x-client-id stripe-signature x-hub-signature x-hub-signature-256
x-webhook-signature original-request
"""
_URL = """
location content-location referer origin link access-control-allow-origin refresh x-original-url x-rewrite-url sourcemap
x-sourcemap
"""
_IP = "x-forwarded-for x-real-ip forwarded true-client-ip cf-connecting-ip x-client-ip x-cluster-client-ip x-remote-ip"
_HOST = "host x-forwarded-host x-host x-forwarded-server"
_USER_AGENT = "user-agent x-user-agent x-okta-user-agent-extended x-device-user-agent"
_TEXT = "content-disposition x-error-message x-message"


def _table() -> dict[str, Decision]:
    groups = (
        (_KEEP, Decision(Action.KEEP)),
        (_COMMON, Decision(Action.COMMON)),
        (_DROP, Decision(Action.DROP)),
        (_TIME, Decision(Action.RETIME)),
        (_TOKEN, Decision(Action.SURROGATE, "token")),
        (_URL, Decision(Action.SURROGATE, "url")),
        (_IP, Decision(Action.SURROGATE, "ip")),
        (_HOST, Decision(Action.SURROGATE, "host")),
        (_USER_AGENT, Decision(Action.SURROGATE, "user_agent")),
        (_TEXT, Decision(Action.FREE_TEXT)),
        ("x-forwarded-proto x-forwarded-port x-forwarded-scheme x-http-method-override", Decision(Action.KEEP)),
        ("from", Decision(Action.SURROGATE, "email")),
    )
    return {name: decision for names, decision in groups for name in names.split()}


HEADERS: dict[str, Decision] = _table()

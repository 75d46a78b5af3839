"""Which names announce a secret, and which only look as if they did."""

from __future__ import annotations

import pytest

from corsdoctor.masking.names import ANYWHERE, AT_THE_END, PAIRS, is_secret, is_secret_name, may_name_secrets

SECRET = """
    password passwd passphrase passcode passkey pwd pw psw pass PASSWORD PassWord passWord password1
    password_confirmation passwordConfirmation newpassword user_password userPassword user.password
    user[password] a[b][token] pass%77ord dbpass db_pass smtp_pass userpw X_PASSWORD secret client_secret
    clientSecret clientsecret webhook_secret token TOKEN access_token accessToken accesstoken refresh_token
    id_token idToken bearer_token remember_token tokenValue x-amz-security-token sb-access-token PRIVATE-TOKEN
    X-Vault-Token X-Auth-Token authenticity_token csrfmiddlewaretoken __RequestVerificationToken oauth_token
    CFTOKEN csrf xsrf _csrf X-CSRF-Token XSRF-TOKEN X-XSRF-TOKEN jwt id_jwt hmac signature X-Amz-Signature
    X-Goog-Signature X-Hub-Signature-256 to%6ben token_type_token with_password allow_secret key2 api_key_2 X-Signature-Ed25519 Stripe-Signature sig sas SharedAccessSignature
    oauth_signature X-Amz-Credential creds credential credentials session session_id sessionId X-Session-Id
    sessionToken PHPSESSID JSESSIONID ASPSESSIONIDQQABCD ASP.NET_SessionId sessid sid connect.sid __Host-session
    laravel_session ci_session phpsession __Secure-next-auth.session-token key api_key apikey APIKEY APIKey
    ApiKey data.apiKey X-Api-Key x-goog-api-key X-Auth-Key secret_key privateKey master_key sharedaccesskey
    access_key_id AWSAccessKeyId awsaccesskeyid license_key Ocp-Apim-Subscription-Key X-Functions-Key code
    auth_code reset_code device_code authorization_code verification_code mfaCode 2fa_code oobCode OOBCODE MFACODE invite_code
    X-Code code_verifier oauth_verifier otp totp otp_code pin X-Pin pin_code pinCode auth X-Auth oauth
    basic_auth Authorization Proxy-Authorization X-Forwarded-Authorization Authentication bearer DPoP ticket
    X-Ticket login_ticket assertion client_assertion Cf-Access-Jwt-Assertion SAMLResponse SAMLRESPONSE SAMLRequest samlrequest RelayState relaystate relay_state SHAREDACCESSSIGNATURE samlart
    recovery_phrase Cookie Set-Cookie contraseña
"""

PUBLIC = """
    i18n_key i18nKey
    sort_key sortKey public_key publicKey cache_key X-Cache-Key Surrogate-Key idempotency-key Idempotency-Key
    partition_key primaryKey foreign_key object_key Sec-WebSocket-Key keys key_id keyword keyboard hotkey monkey
    turkey Public-Key-Pins page_token pageToken pagetoken next_token nextToken nexttoken next_page_token
    nextPageToken NextContinuationToken skiptoken continuation_token token_type tokenType tokens X-Tokens
    max_tokens token_endpoint token_url token_count tokenizer signature_version signatureVersion
    signature_method X-Amz-SignedHeaders X-Amz-Algorithm X-Amz-Date code_challenge code_challenge_method
    status_code statusCode zip-code country_code error_code promo_code codec decode barcode postcode unicode
    author authors X-Author authority authorized authuser auth_type authenticate WWW-Authenticate
    Authentication-Info pinned pins pinning spinner shipping opinion topic pinterest passenger compass bypass
    trespass passport passed pass_count password_policy password_length passwordless secretary designature
    signal assigned design sessions sessionStorage session_timeout SESSION_COOKIE_SAMESITE obsession possession
    sidebar inside residence tickets ticketing credit credits bearers captcha state nonce scope client_id
    grant_type redirect_uri username email id page Origin ETag Location Content-Type X-Request-Id cookies
    cookie_name relay state_relay saml laptop potion powered sasquatch
"""


@pytest.mark.parametrize("name", SECRET.split())
def test_secret_names(name: str) -> None:
    assert is_secret_name(name)
    assert is_secret_name(f"{'x' * 100}_{name}") or name.endswith("ode")


@pytest.mark.parametrize(
    "name",
    [*SECRET.split(), *SECRET.upper().split(), *sorted({*ANYWHERE, *AT_THE_END, *map("_".join, PAIRS)}), "to\u212aen"],
)
def test_a_text_with_a_secret_name_is_looked_at(name: str) -> None:
    assert may_name_secrets(f"before {name} behind")


@pytest.mark.parametrize(
    "text", ["", "Access-Control-Allow-Origin", "https://api.example/items?page=2", "BaseHTTP/0.6"]
)
def test_a_text_without_one_is_not(text: str) -> None:
    assert not may_name_secrets(text)


@pytest.mark.parametrize("name", ["", "%", "___", *PUBLIC.split()])
def test_names_of_no_secret(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("credentials", "include", False),
        ("Access-Control-Allow-Credentials", "true", False),
        ("allow_credentials", "True", False),
        ("credentials", "same-origin", False),
        ("credentials", "bob:pw", True),
        ("token", "include", True),
        ("tokens", "5", False),
    ],
)
def test_a_credentials_mode_is_no_secret(name: str, value: str, *, secret: bool) -> None:
    assert is_secret(name, value) is secret

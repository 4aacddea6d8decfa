"""Access tokens: what is issued, and all that is refused."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outlast.ee.cloud.auth.access_tokens import LIFETIME, AccessTokens
from outlast.ee.cloud.auth.signing_keys import KeyRing, SigningKey
from outlast.ee.cloud.errors import InvalidToken

NOW = datetime(2030, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
KEY = SigningKey.made(NOW)


def tokens(*keys: SigningKey, audience: str = "outlast") -> AccessTokens:
    ring = KeyRing(keys or (KEY,), rotate_after=30 * DAY, verify_for=LIFETIME + timedelta(minutes=1))
    return AccessTokens(ring, issuer="https://outlast.example", audience=audience)


def issue(of: AccessTokens, *, now: datetime = NOW, ends_at: datetime = NOW + DAY, by: str | None = None) -> str:
    return of.issue(user_id="u1", login_session_id="s1", now=now, ends_at=ends_at, impersonator_id=by).token


def b64(data: object) -> str:
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(segment: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    return found


def signed(payload: bytes, *, header: Mapping[str, object] | None = None) -> str:
    """A token with any payload, really signed by the server's key."""
    segment = KEY.header if header is None else b64(header)
    signing = f"{segment}.{b64(payload)}"
    signature = KEY.pair.get_op_key("sign").sign(signing.encode())  # type: ignore[union-attr]
    return f"{signing}.{b64(signature)}"


def claims(**other: object) -> dict[str, object]:
    at = int(NOW.timestamp())
    named = {"iss": "https://outlast.example", "aud": "outlast", "sub": "u1", "sid": "s1", "jti": "j1"}
    return {**named, "iat": at, "nbf": at, "exp": at + 600, **other}


def refused(token: str, *, now: datetime = NOW) -> None:
    with pytest.raises(InvalidToken) as error:
        tokens().verify(token, now=now)
    assert error.value.status == 401
    assert "invalid_token" in error.value.headers["www-authenticate"]


class TestIssue:
    def test_a_token_names_the_device_and_holds_nothing_that_may_change(self) -> None:
        """[security 50]"""
        header, payload, _ = issue(tokens()).split(".")
        assert decoded(header) == {"alg": "Ed25519", "kid": KEY.kid, "typ": "at+jwt"}
        assert set(decoded(payload)) == {"iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"}

    def test_the_type_of_an_access_token_is_in_its_header_and_compared(self) -> None:
        """[security 45]"""
        assert tokens().verify(signed(json.dumps(claims()).encode()), now=NOW).sub == "u1"
        for typ in ("JWT", "at+JWT", "application/at+jwt", "dpop+jwt", "", None):
            header = {"alg": "Ed25519", "kid": KEY.kid, "typ": typ}
            refused(signed(json.dumps(claims()).encode(), header=header))
        refused(signed(json.dumps(claims()).encode(), header={"alg": "Ed25519", "kid": KEY.kid}))

    def test_no_two_tokens_share_their_id(self) -> None:
        """[security 1]"""
        made = [tokens().issue(user_id="u", login_session_id="s", now=NOW, ends_at=NOW + DAY) for _ in range(100)]
        assert len({issued.jti for issued in made}) == len({issued.token for issued in made}) == 100

    def test_it_never_lives_longer_than_its_session(self) -> None:
        """[security 15]"""
        of = tokens()
        issued = of.issue(user_id="u", login_session_id="s", now=NOW, ends_at=NOW + timedelta(seconds=90.9))
        assert issued.expires_at == NOW + timedelta(seconds=90)
        assert of.verify(issued.token, now=NOW + timedelta(seconds=89)).exp == NOW.timestamp() + 90
        with pytest.raises(InvalidToken):
            of.verify(issued.token, now=NOW + timedelta(seconds=90))

    def test_who_acts_as_another_is_named(self) -> None:
        """[security 43]"""
        read = tokens().verify(issue(tokens(), by="operator"), now=NOW)
        assert read.act is not None
        assert (read.sub, read.act.sub) == ("u1", "operator")


class TestHeaders:
    @pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", "", None, "EdDSA", "ES256", "HS256", "Ed448"])
    @pytest.mark.parametrize("signature", ["", "AAAA", "null", "A" * 86])
    def test_another_algorithm_is_refused(self, alg: str | None, signature: str) -> None:
        """[security 44]"""
        header = {"alg": alg, "kid": KEY.kid, "typ": "at+jwt"}
        refused(f"{b64(header)}.{b64(claims())}.{signature}")
        refused(signed(json.dumps(claims()).encode(), header=header))

    @pytest.mark.parametrize("signature", ["", "null", "A" * 86, b64(bytes(64))])
    def test_an_empty_signature_is_refused(self, signature: str) -> None:
        """[security 44]"""
        refused(f"{KEY.header}.{b64(claims())}.{signature}")

    def test_the_public_key_is_no_secret_to_sign_with(self) -> None:
        """[security 44]"""
        public = KEY.pair.as_pem(private=False)
        raw = base64.urlsafe_b64decode(KEY.public()["x"] + "=")
        for secret in (public, public.strip(), raw, json.dumps(dict(KEY.public())).encode()):
            for kid in ({"kid": KEY.kid}, {}):
                signing = f"{b64({'alg': 'HS256', 'typ': 'at+jwt', **kid})}.{b64(claims())}"
                refused(f"{signing}.{b64(hmac.digest(secret, signing.encode(), 'sha256'))}")
                signing = f"{KEY.header}.{b64(claims())}"
                refused(f"{signing}.{b64(hmac.digest(secret, signing.encode(), 'sha512'))}")

    @pytest.mark.parametrize(
        "kid",
        ["", "unknown", "../../../../dev/null", "/proc/sys/kernel/random", "' OR 1=1 --", "x\x00y", None, 7, [KEY.kid]],
    )
    def test_a_key_that_is_not_ours_is_refused(self, kid: object) -> None:
        """[security 44]"""
        refused(signed(json.dumps(claims()).encode(), header={"alg": "Ed25519", "kid": kid, "typ": "at+jwt"}))

    @pytest.mark.parametrize(
        "extra",
        [
            {"jwk": dict(KEY.public())},
            {"jku": "https://evil.example/jwks.json"},
            {"x5u": "https://evil.example/x.pem"},
            {"x5c": ["MIIB"]},
            {"crit": ["exp"]},
            {"crit": ["unknown"], "unknown": 1},
            {"b64": False, "crit": ["b64"]},
            {"zip": "DEF"},
            {"cty": "JWT"},
        ],
    )
    def test_a_header_that_brings_more_is_refused(self, extra: dict[str, object]) -> None:
        """[security 44]"""
        header = {"alg": "Ed25519", "kid": KEY.kid, "typ": "at+jwt", **extra}
        refused(signed(json.dumps(claims()).encode(), header=header))

    def test_two_algorithms_are_refused(self) -> None:
        """[security 44]"""
        for first, second in (("none", "Ed25519"), ("Ed25519", "none"), ("Ed25519", "Ed25519")):
            raw = f'{{"alg":"{first}","alg":"{second}","kid":"{KEY.kid}","typ":"at+jwt"}}'.encode()
            signing = f"{b64(raw)}.{b64(claims())}"
            signature = KEY.pair.get_op_key("sign").sign(signing.encode())  # type: ignore[union-attr]
            refused(f"{signing}.{b64(signature)}")

    def test_another_servers_key_is_refused(self) -> None:
        """[security 44]"""
        refused(issue(tokens(SigningKey.made(NOW))))


class TestClaims:
    @pytest.mark.parametrize("name", ["iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"])
    def test_each_is_required_and_typed(self, name: str) -> None:
        """[security 46]"""
        refused(signed(json.dumps({k: v for k, v in claims().items() if k != name}).encode()))
        odd: list[object] = [None, [], {}, True, "", 1.5]
        for value in odd:
            refused(signed(json.dumps(claims(**{name: value})).encode()))

    @pytest.mark.parametrize("exp", ['"1893456600"', "NaN", "Infinity", "-1", "0", str(2**63), "1e300", "1893456600.5"])
    def test_an_odd_expiry_is_refused_and_breaks_nothing(self, exp: str) -> None:
        """[security 46]"""
        refused(signed(json.dumps(claims(exp="EXP")).replace('"EXP"', exp).encode()))

    @pytest.mark.parametrize(
        "other",
        [{"iss": "https://evil.example"}, {"aud": "other"}, {"aud": ["outlast"]}, {"role": "owner"}, {"act": "x"}],
    )
    def test_another_issuer_audience_or_claim_is_refused(self, other: dict[str, object]) -> None:
        """[security 46]"""
        refused(signed(json.dumps(claims(**other)).encode()))

    def test_the_clocks_may_differ_by_half_a_minute(self) -> None:
        """[security 46]"""
        at = int(NOW.timestamp())
        early = {"iat": at + 29, "nbf": at + 29, "exp": at + 600}
        assert tokens().verify(signed(json.dumps(claims(**early)).encode()), now=NOW).sub == "u1"
        refused(signed(json.dumps(claims(iat=at + 31, nbf=at, exp=at + 600)).encode()))
        refused(signed(json.dumps(claims(nbf=at + 31)).encode()))
        refused(signed(json.dumps(claims()).encode()), now=NOW + LIFETIME)

    def test_a_life_longer_than_any_is_refused(self) -> None:
        """[security 46]"""
        refused(signed(json.dumps(claims(exp=int(NOW.timestamp()) + 601)).encode()))

    @pytest.mark.parametrize("payload", [b"", b"null", b"[]", b'"x"', b"{", b"\xff\xfe", b"[" * 5000])
    def test_what_is_no_object_is_refused(self, payload: bytes) -> None:
        """[security 49]"""
        refused(signed(payload))


class TestShape:
    @pytest.mark.parametrize(
        "token",
        [
            "",
            ".",
            "..",
            "a.b.c",
            "." * 10_000,
            "a." * 10_000,
            "A" * 10_000_000,
            "é.é.é",
            "\ud800.a.b",
            f"{'A' * 8193}.a.b",
        ],
    )
    def test_what_is_no_token_is_refused_at_once(self, token: str) -> None:
        """[security 49]"""
        of = tokens()
        took = []
        for _ in range(5):
            began = time.perf_counter()
            with pytest.raises(InvalidToken):
                of.verify(token, now=NOW)
            took.append(time.perf_counter() - began)
        assert min(took) < 0.01  # the bound of the requirement itself

    def test_each_changed_character_is_noticed(self) -> None:
        token = issue(tokens())
        for at in range(len(token)):
            refused(token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :])

    @given(st.text(alphabet="AZaz09_-.=\n", max_size=200))
    def test_any_text_is_refused_and_nothing_else(self, text: str) -> None:
        refused(text)


class TestRotation:
    def test_a_new_key_signs_and_the_old_one_verifies_until_its_last_token_has_ended(self) -> None:
        """[security 47]"""
        later = NOW + 30 * DAY
        new = SigningKey.made(later)
        before, after = tokens(KEY), tokens(KEY, new)
        old_token = issue(before, now=later - timedelta(seconds=1), ends_at=later + DAY)
        new_token = issue(after, now=later, ends_at=later + DAY)
        assert decoded(new_token.split(".")[0])["kid"] == new.kid
        assert after.verify(old_token, now=later + LIFETIME - timedelta(seconds=2)).sub == "u1"
        assert [key.kid for key in after.ring.current(later)] == [new.kid, KEY.kid]

    def test_a_retired_key_is_refused_also_for_a_token_that_was_good_before(self) -> None:
        """[security 47]"""
        of = tokens(KEY)
        token = issue(of)
        assert of.verify(token, now=NOW).sub == "u1"
        newer = SigningKey.made(NOW - LIFETIME - timedelta(minutes=1))
        older = SigningKey.made(NOW - DAY)
        token = issue(tokens(older), now=NOW)
        of.ring.replace([older, newer])
        with pytest.raises(InvalidToken):
            of.verify(token, now=NOW)
        assert [key.kid for key in of.ring.retired(NOW)] == [older.kid]
        of.ring.replace([])
        with pytest.raises(InvalidToken):
            of.verify(token, now=NOW)

    def test_a_token_of_a_key_not_seen_yet_is_told_from_nonsense(self) -> None:
        of = tokens()
        assert of.is_of_unknown_key(issue(tokens(SigningKey.made(NOW))), now=NOW)
        assert not of.is_of_unknown_key(issue(of), now=NOW)
        assert not of.is_of_unknown_key("nonsense", now=NOW)

    def test_public_keys_tell_nothing_of_the_private_ones(self) -> None:
        """[security 47]"""
        jwk = KEY.public()
        assert set(jwk) == {"kty", "crv", "x", "kid", "use", "alg"}
        assert str(KEY.pair.as_dict(private=True)["d"]) not in json.dumps(dict(jwk))

    def test_a_key_read_back_verifies_what_it_signed(self) -> None:
        again = SigningKey.from_secret(KEY.secret(), NOW)
        assert again.kid == KEY.kid
        assert tokens(again).verify(issue(tokens(KEY)), now=NOW).sid == "s1"

    def test_a_key_is_due_at_its_age_and_when_there_is_none(self) -> None:
        ring = tokens().ring
        assert not ring.is_due(NOW + 29 * DAY)
        assert ring.is_due(NOW + 30 * DAY)
        ring.replace([])
        assert ring.is_due(NOW)
        with pytest.raises(LookupError):
            ring.signer()


def test_a_verified_token_is_remembered_and_not_in_clear() -> None:
    of = tokens()
    first = issue(of)
    of.verify(first, now=NOW)
    for _ in range(10):
        of.verify(first, now=NOW)
    assert len(of._verified) == 1
    assert first not in str(list(of._verified))

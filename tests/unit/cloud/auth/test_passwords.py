"""Which passwords are taken, and how they are compared."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pwdlib.hashers.argon2 import Argon2Hasher

from outlast.ee.cloud.auth import passwords
from outlast.ee.cloud.auth.errors import HashingBusy, PasswordRefused
from outlast.ee.cloud.auth.passwords import PasswordHasher

GOOD = "a quiet harbour at dawn"


@pytest.fixture
def hasher() -> Iterator[PasswordHasher]:
    hasher = PasswordHasher(threads=1, waiting=4)
    yield hasher
    hasher.close()


class TestRules:
    @pytest.mark.parametrize("password", ["ab3dxq8z", "x" * 63 + "y", GOOD * 11, "пароль-сад-окно", "🦉🦊🐌🐢🦔🐝🪲🦋"])
    def test_any_script_from_eight_characters_is_taken(self, password: str) -> None:
        """[security 51]"""
        passwords.check(password)

    @pytest.mark.parametrize("password", ["", "seven77", "x1" * 129, "tab\tinside it", "nul\0inside it", "\ud800" * 9])
    def test_too_short_too_long_or_no_text_is_refused(self, password: str) -> None:
        """[security 51]"""
        with pytest.raises(PasswordRefused) as refused:
            passwords.check(password)
        assert set(refused.value.errors) == {"password"}

    @pytest.mark.parametrize("password", ["password", "PassWord", "iloveyou", "12345678", "qwertyuiop", "zzzzzzzzzzzz"])
    def test_the_most_used_are_refused(self, password: str) -> None:
        """[security 52]"""
        with pytest.raises(PasswordRefused):
            passwords.check(password)

    def test_the_list_covers_the_first_three_thousand_that_are_long_enough(self) -> None:
        """[security 52]"""
        assert len(passwords._common_passwords()) >= 3000

    @pytest.mark.parametrize(
        "password",
        [
            "outlast2026!",
            "OutlastOutlast",
            "ada.lovelace",
            "lovelace1815",
            "Engines-42-x",
            "ada@example.org",
            "example99!",
        ],
    )
    def test_what_a_guesser_knows_of_the_account_is_refused(self, password: str) -> None:
        """[security 52]"""
        with pytest.raises(PasswordRefused):
            passwords.check(password, context=["Ada.Lovelace@example.org", "ada@example.org", "Engines"])

    def test_a_known_word_among_others_is_taken(self) -> None:
        passwords.check("lovelace walks the dog", context=["ada.lovelace@example.org"])


class TestHashing:
    async def test_only_the_same_password_is_right(self, hasher: PasswordHasher) -> None:
        stored = await hasher.hash(GOOD)
        assert (await hasher.verify(GOOD, stored)).right
        assert not (await hasher.verify(GOOD + " ", stored)).right

    async def test_the_hash_is_argon2id_at_the_advised_parameters(self, hasher: PasswordHasher) -> None:
        """[security 53]"""
        assert (await hasher.hash(GOOD)).startswith("$argon2id$v=19$m=19456,t=2,p=1$")

    async def test_nothing_beyond_a_length_is_cut_off(self, hasher: PasswordHasher) -> None:
        """[security 51]"""
        stored = await hasher.hash("x" * 72 + "a")
        assert not (await hasher.verify("x" * 72 + "b", stored)).right

    async def test_two_ways_to_type_one_letter_are_one_password(self, hasher: PasswordHasher) -> None:
        stored = await hasher.hash("cre\u0301me fraiche")
        assert (await hasher.verify("cr\u00e9me fraiche", stored)).right

    async def test_older_parameters_are_hashed_anew(self, hasher: PasswordHasher) -> None:
        """[security 53]"""
        old = Argon2Hasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(GOOD)
        verdict = await hasher.verify(GOOD, old)
        assert verdict.right
        assert verdict.better_hash is not None
        assert (await hasher.verify(GOOD, verdict.better_hash)) == passwords.Verdict(right=True)
        assert (await hasher.verify("wrong", old)).better_hash is None

    async def test_nobodys_password_is_always_wrong(self, hasher: PasswordHasher) -> None:
        for password in ("", GOOD, "\ud800", "x" * 10_000_000):
            assert not (await hasher.verify(password, None)).right

    async def test_a_full_queue_refuses_and_says_when_to_come_again(self, hasher: PasswordHasher) -> None:
        answers = await asyncio.gather(*(hasher.verify(GOOD, None) for _ in range(20)), return_exceptions=True)
        refused = [answer for answer in answers if isinstance(answer, HashingBusy)]
        assert len(refused) == 15
        assert (refused[0].status, refused[0].headers) == (503, {"retry-after": "1"})
        assert not (await hasher.verify(GOOD, None)).right

    async def test_the_event_loop_goes_on_while_hashes_are_made(self, hasher: PasswordHasher) -> None:
        """[security 55]"""
        hashing = [asyncio.ensure_future(hasher.hash(GOOD)) for _ in range(4)]
        turns = 0
        while not all(each.done() for each in hashing):
            await asyncio.sleep(0)
            turns += 1
        assert turns > 100

    async def test_a_caller_that_left_frees_its_place_when_the_thread_is_done(self, hasher: PasswordHasher) -> None:
        leaving = [asyncio.ensure_future(hasher.hash(GOOD)) for _ in range(5)]
        await asyncio.sleep(0)
        for each in leaving:
            each.cancel()
        await asyncio.gather(*leaving, return_exceptions=True)
        with pytest.raises(HashingBusy):
            await hasher.hash(GOOD)
        await asyncio.get_running_loop().run_in_executor(hasher._pool, bool)  # behind them in the queue
        await hasher.hash(GOOD)


@given(st.text(min_size=passwords.MIN_LENGTH, max_size=passwords.MAX_LENGTH))
def test_a_check_takes_or_refuses_any_text_and_never_fails(password: str) -> None:
    with contextlib.suppress(PasswordRefused):
        passwords.check(password, context=[password[:20], "a@b.c"])

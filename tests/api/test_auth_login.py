"""Log-ins by password and by link, registration, and how guessing is slowed down."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from outlast.ee.cloud import auth
from outlast.ee.cloud import unit as units
from outlast.ee.cloud.auth import repository, service, sign_in
from outlast.ee.cloud.auth.errors import TooManyAttempts, WrongCredentials
from outlast.ee.cloud.auth.throttle import FREE_FAILURES, MAX_FAILURES
from outlast.ee.cloud.caller import Origin
from outlast.kit.clock import ManualClock
from tests.api.auth_stage import NO_PAGE, Stage, clock, gather, stage
from tests.api.cloud import PASSWORD, problem, serving_cloud

__all__ = ["clock", "stage"]

WRONG = "wrong wrong wrong"
HERE = Origin(ip="198.51.100.7", user_agent="test")


class TestSameAnswer:
    async def test_whatever_is_wrong_the_answer_is_the_same(self, stage: Stage) -> None:
        """[security 54]"""
        hashed = await auth.hash_password(stage.api.cloud, PASSWORD)
        async with units.writing(stage.api.cloud) as unit:
            for name in ("disabled", "unverified", "without"):
                await auth.create_person(
                    unit,
                    email=f"{name}@example.com",
                    name=name,
                    password_hash=None if name == "without" else hashed,
                    verified=name != "unverified",
                )
            there = await auth.person_by_email(unit, "disabled@example.com")
            assert there is not None
            await service.disable(unit, there.id)
        bodies, counts = [], []
        for name in ("nobody", "disabled", "unverified", "without", "ada"):
            least = 1000
            for _ in range(FREE_FAILURES):
                with stage.count_statements() as statements:
                    body = {"email": f"{name}@example.com", "password": WRONG if name == "ada" else PASSWORD}
                    answer = await stage.api.client(**NO_PAGE).post("/auth/sessions", json=body)
                found = problem(answer, 401, "auth.wrong_credentials")
                bodies.append((answer.status_code, found, sorted(answer.headers.keys())))
                least = min(least, statements.count)  # the server asks for other things at times
            counts.append(least)
        assert [body for body in bodies if body != bodies[0]] == []
        assert len(set(counts)) == 1, counts

    async def test_registering_tells_nobody_who_has_an_account(self, stage: Stage) -> None:
        """[security 54]"""
        answers = []
        for email in ("new@example.com", stage.ada.email, "new@example.com"):
            body = {"email": email, "name": "X", "password": "another quiet harbour"}
            answers.append(await stage.api.client(**NO_PAGE).post("/auth/users", json=body))
        assert {(answer.status_code, answer.content) for answer in answers} == {(202, b"")}
        (told,) = await stage.mails(stage.ada.email)
        assert "an account already" in told.subject
        assert await stage.is_good(stage.ada.access_token)
        assert (await stage.log_in(stage.api.client(**NO_PAGE))).status_code == 201
        problem(
            await stage.log_in(stage.api.client(**NO_PAGE), email="new@example.com", password="another quiet harbour"),
            401,
            "auth.wrong_credentials",
        )

    async def test_an_address_is_taken_once_however_it_is_spelt(self, stage: Stage) -> None:
        answer = await stage.log_in(stage.api.client(**NO_PAGE), email="  ADA@Example.COM ")
        assert answer.status_code == 201
        async with units.writing(stage.api.cloud) as unit:
            with pytest.raises(auth.EmailTaken):
                await auth.create_person(unit, email="Ada@EXAMPLE.com", name="Other")

    async def test_what_can_be_no_address_is_just_wrong(self, stage: Stage) -> None:
        http = stage.api.client(**NO_PAGE)
        for email in ("", "\0", "a\0b@example.com", "\u202e", "x" * 320, "' OR 1=1 --"):
            problem(await stage.log_in(http, email=email), 401, "auth.wrong_credentials")


class TestPasswords:
    async def test_an_older_hash_is_replaced_at_the_next_log_in(self, stage: Stage) -> None:
        """[security 53]"""
        old = Argon2Hasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
        async with units.writing(stage.api.cloud) as unit:
            await repository.change(unit, stage.ada.id, password_hash=old)
        assert (await stage.log_in(stage.api.client(**NO_PAGE))).status_code == 201
        (row,) = await stage.rows("users")
        assert str(row["password_hash"]).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert (await stage.log_in(stage.api.client(**NO_PAGE))).status_code == 201

    async def test_others_are_answered_while_passwords_are_compared(self, stage: Stage) -> None:
        """[security 55]"""
        http = stage.api.client(**NO_PAGE)
        guessing = [
            asyncio.ensure_future(stage.log_in(http, email=f"nobody{number}@example.com")) for number in range(8)
        ]
        answered = 0
        while not all(each.done() for each in guessing):
            assert (await stage.ada.http.get("/auth/me")).status_code == 200
            answered += 1
        assert answered > 1  # how many fit in between is the machine's affair
        assert {(await each).status_code for each in guessing} == {401}

    async def test_no_password_is_in_an_answer_or_the_database(self, stage: Stage) -> None:
        """[security 5, 7]"""
        body = {"email": "eve@example.com", "name": "Eve", "password": "another quiet harbour"}
        answer = await stage.api.client(**NO_PAGE).post("/auth/users", json={**body, "more": 1})
        assert body["password"] not in answer.text
        await stage.api.client(**NO_PAGE).post("/auth/users", json=body)
        assert body["password"] not in await stage.dump()


class TestLinks:
    async def link(self, stage: Stage) -> str:
        async with units.writing(stage.api.cloud) as unit:
            return await auth.issue_link(unit, stage.ada.id, expires_in=timedelta(hours=1))

    async def test_a_link_logs_in_once(self, stage: Stage) -> None:
        code = await self.link(stage)
        answers = await gather(
            *(stage.api.client(**NO_PAGE).post("/auth/sessions", json={"code": code}) for _ in range(8))
        )
        assert sorted(answer.status_code for answer in answers) == [201, *[401] * 7]
        good = next(answer for answer in answers if answer.status_code == 201)
        assert good.json()["session"]["method"] == "link"
        assert await stage.is_good(good.json()["access_token"])

    async def test_it_is_void_when_it_is_old_or_the_account_is_disabled(self, stage: Stage) -> None:
        """[security 37]"""
        old, void = await self.link(stage), await self.link(stage)
        client = stage.api.client(**NO_PAGE)
        async with units.writing(stage.api.cloud) as unit:
            await service.disable(unit, stage.ada.id)
            await service.enable(unit, stage.ada.id)
        problem(await client.post("/auth/sessions", json={"code": void}), 401, "auth.link_spent")
        late = await self.link(stage)
        stage.clock.advance(timedelta(hours=1))
        for code in (old, late):
            problem(await client.post("/auth/sessions", json={"code": code}), 401, "auth.link_spent")

    async def test_no_address_opens_it(self, stage: Stage) -> None:
        """[security 64]"""
        code = await self.link(stage)
        for path in (f"/auth/sessions?code={code}", f"/auth/me?code={code}"):
            assert (await stage.api.client().get(path)).status_code == 401
        assert (await stage.api.client(**NO_PAGE).post("/auth/sessions", json={"code": code})).status_code == 201


class TestGuessing:
    async def guess(self, stage: Stage, ip: str, *, known: str | None = None, password: str = WRONG) -> str:
        try:
            await sign_in.log_in(
                stage.api.cloud, email=stage.ada.email, password=password, origin=Origin(ip=ip), known=known
            )
        except TooManyAttempts:
            return "wait"
        except WrongCredentials:
            return "wrong"
        return "in"

    async def test_from_one_place_it_is_slowed_down_more_and_more(self, stage: Stage) -> None:
        """[security 57]"""
        http = stage.api.client(**NO_PAGE)
        for _ in range(FREE_FAILURES):
            problem(await stage.log_in(http, password=WRONG), 401, "auth.wrong_credentials")
        answer = await stage.log_in(http)
        problem(answer, 429, "auth.too_many_attempts")
        assert answer.headers["retry-after"] == "1"
        stage.clock.advance(timedelta(seconds=1))
        problem(await stage.log_in(http, password=WRONG), 401, "auth.wrong_credentials")
        assert (await stage.log_in(http)).headers["retry-after"] == "2"
        stage.clock.advance(timedelta(seconds=2))
        assert (await stage.log_in(http)).status_code == 201
        assert (await stage.log_in(http, password=WRONG)).status_code == 401

    async def test_many_guesses_at_once_are_all_counted(self, stage: Stage) -> None:
        """[security 56]"""
        answers = [await self.guess(stage, "203.0.113.1") for _ in range(2)]
        answers += await asyncio.gather(*(self.guess(stage, "203.0.113.1") for _ in range(30)))
        assert answers.count("wrong") == FREE_FAILURES
        assert answers.count("wait") == 32 - FREE_FAILURES

    async def test_a_hundred_guesses_from_a_hundred_places_count_a_hundred(self, stage: Stage) -> None:
        """[security 56, 57]"""
        for batch in range(0, MAX_FAILURES, 20):
            places = [f"203.0.113.{number}" for number in range(batch, batch + 20)]
            assert await asyncio.gather(*(self.guess(stage, ip) for ip in places)) == ["wrong"] * 20
        assert max(int(str(row["count"])) for row in await stage.rows("login_failures")) == MAX_FAILURES
        assert await self.guess(stage, "192.0.2.1", password=PASSWORD) == "wait"

    async def test_a_known_device_gets_in_while_others_guess(self, stage: Stage) -> None:
        """[security 57]"""
        browser = await stage.logged_in_browser()
        assert (await browser.delete("/auth/sessions/current")).status_code == 204
        for number in range(MAX_FAILURES // 5):
            await asyncio.gather(*(self.guess(stage, f"203.0.113.{number * 5 + each}") for each in range(5)))
        problem(await stage.log_in(stage.browser()), 429, "auth.too_many_attempts")
        assert (await stage.log_in(browser)).status_code == 201

    async def test_a_device_known_to_one_account_is_none_to_another(self, stage: Stage) -> None:
        """[security 57]"""
        eve = await stage.api.someone("eve")
        browser = stage.browser()
        await stage.log_in(browser, eve)
        known = next(value for name, value in browser.cookies.items() if "device" in name)
        answers = [await self.guess(stage, "203.0.113.1", known=known) for _ in range(FREE_FAILURES + 1)]
        assert answers == ["wrong"] * FREE_FAILURES + ["wait"]
        assert await self.guess(stage, "203.0.113.1") == "wait"

    async def test_an_ipv6_site_is_one_place(self, stage: Stage) -> None:
        """[security 58]"""
        answers = [await self.guess(stage, f"2001:db8::{number:x}") for number in range(FREE_FAILURES + 2)]
        assert answers == ["wrong"] * FREE_FAILURES + ["wait"] * 2
        assert await self.guess(stage, "2001:db8:0:1::1") == "wrong"

    async def test_who_is_unknown_is_slowed_down_alike(self, stage: Stage) -> None:
        """[security 54]"""
        http = stage.api.client(**NO_PAGE)
        for _ in range(FREE_FAILURES):
            assert (await stage.log_in(http, email="nobody@example.com")).status_code == 401
        problem(await stage.log_in(http, email="nobody@example.com"), 429, "auth.too_many_attempts")

    async def test_a_step_up_is_guessed_no_faster(self, stage: Stage) -> None:
        """[security 56]"""
        calls = [stage.ada.http.post("/auth/reauthenticate", json={"password": WRONG}) for _ in range(20)]
        answers = [answer.status_code for answer in await gather(*calls)]
        assert (answers.count(401), answers.count(429)) == (FREE_FAILURES, 20 - FREE_FAILURES)


async def test_log_ins_are_recorded_with_who_and_where(stage: Stage) -> None:
    """[security 84]"""
    http = stage.api.client(**NO_PAGE)
    await stage.log_in(http)
    await stage.log_in(http, password=WRONG)
    await stage.log_in(http, email="nobody\r\n@example.com")
    entries = [row for row in await stage.rows("audit_entries") if row["verb"] == "login_session.open"]
    told = [(row["result"], row["actor_id"], row["actor_name"], row["target_id"], row["ip"]) for row in entries[-3:]]
    assert told == [
        ("ok", stage.ada.id, stage.ada.email, stage.ada.id, "127.0.0.1"),
        ("failed", "", stage.ada.email, stage.ada.id, "127.0.0.1"),
        ("failed", "", "nobody\\u000d\\u000a@example.com", "", "127.0.0.1"),
    ]
    assert PASSWORD not in str(entries)
    assert WRONG not in str(entries)


async def test_a_strangers_word_about_its_address_is_not_taken(
    sqlite_url: str, tmp_path: Path, clock: ManualClock
) -> None:
    """[security 58]"""
    claimed = {"x-forwarded-for": "198.51.100.7", "forwarded": "for=198.51.100.7", "x-real-ip": "198.51.100.7"}
    for proxies, seen in ((), "127.0.0.1"), (("127.0.0.1",), "198.51.100.7"):
        async with serving_cloud(sqlite_url, tmp_path, clock=clock, trusted_proxies=proxies) as api:
            someone = await api.someone(f"ada{len(proxies)}")
            stage = Stage(api, clock, someone)
            answer = await stage.log_in(api.client(**NO_PAGE, **claimed))
            assert answer.json()["session"]["ip"] == seen
            entries = [row for row in await stage.rows("audit_entries") if row["actor_id"] == someone.id]
            assert entries[-1]["ip"] == seen
            for _ in range(FREE_FAILURES):
                await stage.log_in(api.client(**NO_PAGE, **claimed), password=WRONG)
            other = {**claimed, "x-forwarded-for": "198.51.100.8"}
            answer = await stage.log_in(api.client(**NO_PAGE, **other), password=WRONG)
            assert answer.status_code == (401 if proxies else 429)

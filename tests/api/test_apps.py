"""``/apps``: what can be started, and what can't be loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from outlast.client import AsyncClient
from outlast.kit.errors import AppBroken, NotFound
from outlast.testing.fakes import FakeExecutor
from tests.api.conftest import Api, serving
from tests.api.conversation import GREETER, converse


class TestList:
    async def test_it_tells_all_that_a_form_needs(self, api: Api) -> None:
        items = (await api.http.get("/apps")).json()["items"]
        assert [(item["id"], item["title"], item["error"]) for item in items] == [("talk:greet", "Greeter", None)]
        assert items[0]["schema"] == GREETER.schema

    async def test_a_broken_file_is_shown_with_its_error_beside_the_others(
        self, database_url: str, tmp_path: Path
    ) -> None:
        broken = tmp_path / "oops.py"
        broken.write_text("import outlast\n")
        async with serving(database_url, tmp_path, executor=FakeExecutor(converse, apps=None)) as api:
            api.runtime.registry.add(broken)
            await api.runtime.registry.load()
            items = (await api.http.get("/apps")).json()["items"]
            assert [(item["id"], bool(item["error"])) for item in items] == [("talk:greet", False), ("oops", True)]
            async with api.calls() as client:
                with pytest.raises(AppBroken):
                    await client.start("oops:anything")


class TestGet:
    async def test_it_is_found_by_its_id_and_by_its_function(self, client: AsyncClient) -> None:
        assert (await client.app("talk:greet")).title == (await client.app("greet")).title == "Greeter"

    @pytest.mark.parametrize("name", ["nobody", "talk:nobody", "../etc/passwd", "%00", ":", "é"])
    async def test_an_unknown_one_is_not_found(self, client: AsyncClient, name: str) -> None:
        with pytest.raises(NotFound):
            await client.app(name)

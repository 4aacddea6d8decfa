"""Every example, used as a person would."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from outlast import App
from outlast.kit.errors import InvalidAnswer
from outlast.protocol.events import User
from outlast.testing.plugin import MakeAppTest
from tests.unit.examples.loading import NAMES, example

ADDRESS = {"name": "Ada", "street": "Rua Garrett 1", "city": "Lisbon"}
CLAIM = (["Train", 84.5, True], ["Dinner", 20, True])


@pytest.mark.parametrize("name", NAMES)
def test_an_example_starts_with_its_defaults_and_shows_something_at_once(name: str, app_test: MakeAppTest) -> None:
    t = app_test(example(name), crash_everywhere=False).run()
    assert t.failure is None
    assert t.blocks
    assert t.state in ("waiting", "completed")


@pytest.mark.parametrize("name", NAMES)
def test_an_example_says_what_it_is(name: str) -> None:
    app = example(name)
    assert isinstance(app, App)
    info = app.info()
    assert info.doc
    assert info.title
    assert info.icon


class TestTrip:
    def test_a_booked_trip_has_a_reference(self, app_test: MakeAppTest) -> None:
        t = app_test(example("trip"), city="Vienna").run()
        t.answer("How many days?", 2).answer("Style", "packed")
        assert {row["day"] for row in t.tables[0].records} == {1, 2}
        assert t.metrics["Sights"] == len(t.tables[0].rows)
        assert t.question.audience == "admin"
        t.crash().answer(True)
        assert t.result.startswith("VIE-")
        assert t.result in t.text

    def test_a_relaxed_day_is_shorter_than_a_packed_one(self, app_test: MakeAppTest) -> None:
        hours = {}
        for style in ("relaxed", "packed"):
            t = app_test(example("trip")).run().answer(1).answer(style)
            hours[style] = sum(t.tables[0].column("hours"))
        assert 0 < hours["relaxed"] <= 3 < hours["packed"] <= 6

    def test_an_impossible_number_of_days_is_asked_again(self, app_test: MakeAppTest) -> None:
        t = app_test(example("trip")).run()
        with pytest.raises(InvalidAnswer, match="at most 14"):
            t.answer(15)
        assert t.question.label == "How many days?"


class TestCsvExplorer:
    def test_two_numbers_become_points(self, app_test: MakeAppTest) -> None:
        t = app_test(example("csv_explorer")).run().answer("Palmer penguins")
        assert t.metrics["Rows"] == 344
        t.answer("flipper_length_mm").answer("body_mass_g").answer("species")
        spec = t.find("chart")[0].props["spec"]
        assert spec["mark"]["type"] == "circle"
        t.answer("Done")
        assert t.state == "completed"

    def test_a_file_of_ones_own_is_read(self, app_test: MakeAppTest) -> None:
        t = app_test(example("csv_explorer")).run().answer("A file of mine")
        with pytest.raises(InvalidAnswer, match="not of a kind"):
            t.upload(("notes.txt", b"hello"))
        t.upload(("fruit.csv", b"name,weight\napple,150\npear,\n"))
        assert "fruit.csv" in t.text
        assert t.metrics["Gaps"] == 1


class TestSqlConsole:
    def test_a_prepared_query_gives_a_table(self, app_test: MakeAppTest) -> None:
        t = app_test(example("sql_console")).run().answer("Heaviest species")
        assert [row["species"] for row in t.tables[0].records] == ["Gentoo", "Chinstrap", "Adelie"]

    def test_a_wrong_query_is_shown_and_the_console_goes_on(self, app_test: MakeAppTest) -> None:
        t = app_test(example("sql_console")).run().answer("My own").answer("SELEKT 1")
        assert t.find("fault")
        t.crash()
        t.answer("Done")
        assert t.state == "completed"

    def test_no_query_reads_a_file_of_the_machine(self, app_test: MakeAppTest) -> None:
        t = app_test(example("sql_console")).run()
        t.answer("My own").answer("SELECT * FROM read_text('/etc/hostname')")
        assert "disabled" in t.find("fault")[0].text


class TestPhoto:
    def test_the_sample_is_changed_and_can_be_kept(self, app_test: MakeAppTest) -> None:
        t = app_test(example("photo")).run().answer("Sample: a flower")
        assert "cyanotype" in t.question.fields["effect"].options
        t.answer({"effect": "grey", "turn": 90, "square": True})
        assert len(t.find("image")) == 2
        t.answer("Keep")
        assert t.file(t.find("file")[0])[:2] == b"\xff\xd8"
        assert t.state == "completed"


class TestOrder:
    def test_a_small_order_needs_nobody_and_arrives_after_three_days(self, app_test: MakeAppTest) -> None:
        t = app_test(example("order")).run().answer(["Notebook", "Ink, 50 ml"]).answer(ADDRESS)
        assert "Paid" in t.text
        t.hibernate().advance(timedelta(days=1))
        assert "courier" in t.text
        t.crash().advance(timedelta(days=2))
        assert t.result == "delivered"

    def test_a_large_order_waits_for_an_administrator(self, app_test: MakeAppTest) -> None:
        t = app_test(example("order")).run().answer(["Standing desk"]).answer(ADDRESS)
        assert (t.question.kind, t.question.audience) == ("approve", "admin")
        t.answer({"approved": False, "comment": "too dear"}, by=User(id="boss", role="admin"))
        assert t.result == "rejected"
        assert "too dear" in t.text


class TestSurvey:
    def test_the_answers_come_back(self, app_test: MakeAppTest) -> None:
        t = app_test(example("survey")).run().answer({"name": "Ada", "role": "scientist", "years": 30})
        t.answer(["Vim", "Emacs"]).answer(9).answer(None).answer("alone").answer("Fewer meetings").answer(False)
        assert t.metrics["Fun"] == 9
        assert t.result["tools"] == "Vim, Emacs"

    def test_a_wrong_address_is_refused(self, app_test: MakeAppTest) -> None:
        t = app_test(example("survey")).run().answer({"name": "Ada", "role": "other", "years": 1})
        t.answer([]).answer(0).answer("2020-02-29").answer("more").answer(None).answer(True)
        with pytest.raises(InvalidAnswer, match="e-mail"):
            t.answer("ada")
        t.answer("ada@example.org")
        assert t.result["contact"] == "ada@example.org"


class TestMandelbrot:
    def test_a_picture_is_drawn_band_by_band(self, app_test: MakeAppTest) -> None:
        t = app_test(example("mandelbrot"), view="whole set", side_px=96, iterations=30).run()
        assert t.state == "completed"
        assert t.find("progress")[0].props["value"] == 96
        assert t.file(t.find("image")[0])[:8] == b"\x89PNG\r\n\x1a\n"

    def test_bands_that_are_done_are_not_computed_again(self, app_test: MakeAppTest) -> None:
        t = app_test(example("mandelbrot"), view="whole set", side_px=96, iterations=30).run()
        cut = [event.seq for event in t.events if type(event).__name__ == "StepFinished"][9]
        branch = t.branch(cut)
        assert branch.content == t.content


class TestStoryteller:
    def test_a_story_streams_and_goes_on(self, app_test: MakeAppTest) -> None:
        t = app_test(example("storyteller"), words=30, pause_s=0).run()
        first = t.text
        assert len(first.split()) >= 30
        t.crash()
        assert t.text == first
        t.answer("Go on").answer("Enough")
        assert len(t.result.split()) >= 60

    def test_another_seed_tells_another_story(self, app_test: MakeAppTest) -> None:
        stories = {app_test(example("storyteller"), words=30, pause_s=0, seed=seed).run().text for seed in range(3)}
        assert len(stories) == 3


class TestLibrarian:
    def test_a_question_is_answered_from_the_documentation(self, app_test: MakeAppTest) -> None:
        t = app_test(example("librarian")).run().answer("How do I count hashable items?")
        assert "collections.Counter" in t.text
        t.answer("xyzzy").answer("bye")
        assert "I find nothing" in t.text
        assert t.result == 2


class TestWeatherReport:
    def test_another_year_adds_a_section(self, app_test: MakeAppTest) -> None:
        t = app_test(example("weather_report"), year=2012).run().answer("2013").answer("No, thanks")
        assert [block.text for block in t.find("section")] == ["2012", "2013"]
        assert len(t.find("image")) == 4
        assert len(t.tables[0].rows) == 4

    def test_a_year_without_records_is_replaced(self, app_test: MakeAppTest) -> None:
        assert "no records of 1999" in app_test(example("weather_report"), year=1999).run().text


class TestConvert:
    def test_json_becomes_a_markdown_table(self, app_test: MakeAppTest) -> None:
        t = app_test(example("convert")).run().answer("I paste it").answer("json")
        t.answer('[{"a": 1, "b": "x"}, {"a": 2}]').answer("markdown")
        assert t.file(t.find("file")[0]).decode() == "| a | b |\n| --- | --- |\n| 1 | x |\n| 2 |  |\n"

    def test_what_does_not_parse_can_be_put_right(self, app_test: MakeAppTest) -> None:
        t = app_test(example("convert")).run().answer("I paste it").answer("json").answer("{")
        assert "This is not json" in t.text
        t.answer("Sample: penguins").answer("jsonl")
        lines = t.file(t.find("file")[0]).decode().splitlines()
        assert json.loads(lines[0])["species"] == "Adelie"


class TestExpenses:
    def test_an_approved_claim_is_paid(self, app_test: MakeAppTest) -> None:
        t = app_test(example("expenses"), user=User(id="u1", name="Ada")).run()
        t.answer(CLAIM).answer(True)
        assert t.metrics["Paid"] == 104.5
        assert t.result == "SEPA-ADA-10450"

    def test_a_claim_that_is_sent_back_is_filled_in_again(self, app_test: MakeAppTest) -> None:
        t = app_test(example("expenses")).run().answer(CLAIM)
        t.answer({"approved": False, "comment": "which dinner?"})
        assert "which dinner?" in t.text
        assert t.question.kind == "edit_table"

    def test_after_two_reminders_the_claim_is_closed(self, app_test: MakeAppTest) -> None:
        t = app_test(example("expenses")).run().answer(CLAIM)
        t.advance(timedelta(days=3)).hibernate().advance(timedelta(days=3)).crash().advance(timedelta(days=3))
        assert t.text.count("reminder") == 2
        assert t.result == "expired"


class TestWordRace:
    def test_the_readers_agree_on_the_most_frequent_words(self, app_test: MakeAppTest) -> None:
        tables = []
        for readers in (1, 4):
            t = app_test(example("word_race"), readers=readers).run()
            assert len(t.find("progress")) == readers
            tables.append({row["times"] for row in t.tables[0].records})
            t.crash().answer("Queequeg")
            assert t.result == "Queequeg"
        assert tables[0] == tables[1]

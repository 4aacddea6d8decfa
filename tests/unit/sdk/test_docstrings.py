"""What docstrings say of parameters."""

from __future__ import annotations

from outlast.sdk.docstrings import parse, words


def test_google_sections_give_the_parameters_and_leave_the_rest() -> None:
    doc = parse(
        """Plan.

        Args:
            city (str): where: to
            days: how
                long

        Returns:
            A plan.

        Mind the gap.
        """
    )
    assert doc.params == {"city": "where: to", "days": "how long"}
    assert doc.text == "Plan.\n\nMind the gap."


def test_rest_fields_give_the_parameters() -> None:
    assert parse("Plan.\n\n:param str city: where\n  to\n:param days: long").params == {
        "city": "where to",
        "days": "long",
    }


def test_numpy_sections_give_the_parameters() -> None:
    doc = parse("Plan.\n\nParameters\n----------\ncity : str\n    Where\n    to.\ndays\n    Long.\n")
    assert doc.params == {"city": "Where to.", "days": "Long."}
    assert doc.text == "Plan."


def test_a_docstring_that_is_not_there_says_nothing() -> None:
    assert (parse(None).text, parse(None).params) == ("", {})


def test_names_become_words_for_people() -> None:
    assert [words(n) for n in ("max_days", "tripPlan", "x", "use_API", "_")] == [
        "Max days",
        "Trip plan",
        "X",
        "Use API",
        "_",
    ]

"""Recovery codes."""

from __future__ import annotations

from outlast.ee.cloud.auth.recovery import code_hash, looks_like_code, new_codes


def test_ten_codes_of_120_bits_never_repeat() -> None:
    codes = [code for _ in range(500) for code in new_codes()]
    assert len(new_codes()) == 10
    assert len(set(codes)) == len(codes)
    assert {len(code.replace("-", "")) * 5 for code in codes} == {120}


def test_a_code_is_known_however_it_is_typed() -> None:
    code = new_codes()[0]
    typed = f"  {code.upper().replace('-', ' ')} ".replace("0", "O").replace("1", "l")
    assert code_hash(typed) == code_hash(code)
    assert looks_like_code(typed)


def test_a_changed_code_is_another() -> None:
    first, second, *_ = new_codes()
    assert code_hash(first) != code_hash(second)
    assert not looks_like_code("123456")
    assert not looks_like_code(first[:-1])
    assert not looks_like_code("u" + first[1:])

"""What counts as a code, and what is kept of it."""

from __future__ import annotations

import base64
import threading
from typing import Any

import pytest
from django.db import connection, transaction

from loyalty_admin.accounts import two_step
from loyalty_admin.accounts.models import RecoveryCode, TwoStep, User
from loyalty_admin.accounts.two_step import WrongCode
from loyalty_admin.altegio.transport import Secret
from tests.accounts.app import STEP, App, code_at, with_two_step

SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of the examples in RFC 6238
AT = 1_111_111_109.0
NOW = int(AT) // STEP


def test_codes_are_those_of_the_standard(subtests: pytest.Subtests) -> None:
    for moment, code in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")]:
        with subtests.test(moment=moment, code=code):
            assert two_step.step_of(code, Secret(SEED), after=0, at=moment) == moment // STEP


def test_a_clock_may_be_wrong_by_one_step(subtests: pytest.Subtests) -> None:
    for steps, is_good in [(-2, False), (-1, True), (1, True), (2, False)]:
        with subtests.test(steps=steps, is_good=is_good):
            found = two_step.step_of(code_at(SEED, AT + steps * STEP), Secret(SEED), after=0, at=AT)
            assert found == (NOW + steps if is_good else None)


def test_of_a_used_step_and_those_before_it_nothing_is_good_any_more(
    subtests: pytest.Subtests,
) -> None:
    for used in [-1, 0, 1]:
        with subtests.test(used=used):
            for steps in (-1, 0, 1):
                found = two_step.step_of(
                    code_at(SEED, AT + steps * STEP), Secret(SEED), after=NOW + used, at=AT
                )
                assert found == (NOW + steps if steps > used else None)


def test_what_is_no_code_is_wrong(subtests: pytest.Subtests) -> None:
    for odd in ["", "12345", "1234567", "١٢٣٤٥٦", "12345a", "-12345", "1e5000"]:
        with subtests.test(odd=odd):
            assert two_step.step_of(odd, Secret(SEED), after=0, at=AT) is None


def test_spaces_in_a_code_do_not_matter() -> None:
    code = code_at(SEED, AT)
    assert two_step.step_of(f" {code[:3]} {code[3:]} ", Secret(SEED), after=0, at=AT) == NOW


@pytest.mark.django_db
def test_a_code_works_once(viewer: User) -> None:
    app, _codes = with_two_step(viewer)
    code = app.code()
    two_step.use_code(person=viewer, code=code)
    with pytest.raises(WrongCode):
        two_step.use_code(person=viewer, code=code)


@pytest.mark.django_db
def test_the_code_that_turned_it_on_does_not_sign_in(viewer: User) -> None:
    two_step.begin_set_up(person=viewer)
    seed = two_step.new_seed(person=viewer)
    assert seed is not None
    code = App(seed.reveal()).code()
    two_step.finish_set_up(person=viewer, code=code)
    with pytest.raises(WrongCode):
        two_step.use_code(person=viewer, code=code)


@pytest.mark.django_db
def test_codes_are_good_for_one_person(viewer: User, editor: User) -> None:
    app, codes = with_two_step(viewer)
    with_two_step(editor)
    with pytest.raises(WrongCode):
        two_step.use_code(person=editor, code=app.code())
    with pytest.raises(WrongCode):
        two_step.use_recovery_code(person=editor, code=codes[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_two_who_use_a_code_at_the_same_moment_one_gets_in(viewer: User, kind: str) -> None:
    app, codes = with_two_step(viewer)
    code = app.code()
    outcome: list[object] = []

    def use() -> None:
        if kind == "app":
            two_step.use_code(person=viewer, code=code)
        else:
            two_step.use_recovery_code(person=viewer, code=codes[0])

    def second() -> None:
        try:
            use()
            outcome.append("in")
        except WrongCode as error:
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        use()
        thread.start()
        thread.join(0.5)
        assert not outcome  # it has read that the code is unused, and waits to use it
    thread.join(30)
    assert [type(one) for one in outcome] == [WrongCode]


@pytest.mark.django_db
def test_recovery_codes_work_once_each_however_they_are_typed(viewer: User) -> None:
    _app, codes = with_two_step(viewer)
    assert len(set(codes)) == 10 == len({code[0] for code in codes})
    two_step.use_recovery_code(person=viewer, code=codes[0])
    with pytest.raises(WrongCode):
        two_step.use_recovery_code(person=viewer, code=codes[0])
    two_step.use_recovery_code(person=viewer, code=f"  {codes[1].upper().replace('-', ' ')}")
    assert two_step.recovery_codes_left(person=viewer) == 8


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["", "-", "x", "0000-0000-0000", "\0"])
def test_what_is_no_recovery_code_is_wrong(viewer: User, wrong: str) -> None:
    _app, codes = with_two_step(viewer)
    for typed in (wrong, codes[0][:-1], codes[0] + "a", codes[0][0]):
        with pytest.raises(WrongCode):
            two_step.use_recovery_code(person=viewer, code=typed)


@pytest.mark.django_db
def test_new_recovery_codes_end_the_old_ones(viewer: User) -> None:
    _app, old = with_two_step(viewer)
    new = two_step.make_recovery_codes(person=viewer)
    for code in old:
        with pytest.raises(WrongCode):
            two_step.use_recovery_code(person=viewer, code=code)
    two_step.use_recovery_code(person=viewer, code=new[0])


@pytest.mark.django_db
def test_a_copy_of_the_database_holds_no_seed_and_no_recovery_code(viewer: User) -> None:
    app, codes = with_two_step(viewer)
    two_step.begin_set_up(person=viewer)
    waiting = two_step.new_seed(person=viewer)
    assert waiting is not None
    rows = b"".join(
        bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
        for model in (TwoStep, RecoveryCode)
        for row in model.objects.values_list()
        for value in row
    )
    for seed in (app.seed, waiting.reveal()):
        for form in (seed.encode(), base64.b32decode(seed)):
            assert form not in rows
    for code in codes:
        assert code.encode() not in rows
        assert code.replace("-", "").encode() not in rows


@pytest.mark.django_db
def test_a_seed_that_no_key_opens_is_a_wrong_code_and_a_recovery_code_helps(
    viewer: User, settings: Any
) -> None:
    app, codes = with_two_step(viewer)
    settings.TOKEN_KEYS = ["b3RoZXItb3RoZXItb3RoZXItb3RoZXItb3RoZXItMDE="]
    with pytest.raises(WrongCode):
        two_step.use_code(person=viewer, code=app.code())
    assert two_step.new_seed(person=viewer) is None
    two_step.use_recovery_code(person=viewer, code=codes[0])


@pytest.mark.django_db
def test_setting_up_anew_leaves_the_old_device_until_the_new_one_gave_a_code(
    viewer: User,
) -> None:
    old, _codes = with_two_step(viewer)
    two_step.begin_set_up(person=viewer)
    two_step.use_code(person=viewer, code=old.code())
    seed = two_step.new_seed(person=viewer)
    assert seed is not None
    new = App(seed.reveal())
    two_step.finish_set_up(person=viewer, code=new.code())
    with pytest.raises(WrongCode):
        two_step.use_code(person=viewer, code=old.code(1))
    two_step.use_code(person=viewer, code=new.code(1))

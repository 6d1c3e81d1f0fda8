"""What a record shows at the least if it passes a role."""

import re

from passrole.catalogue import load_catalogue
from passrole.trail import passes_of
from passrole.trail.signs import OF_UNKNOWN, signs_of
from tests.unit.catalogue.proofs import covered, records_of


def test_the_signs_of_calls_are_names_of_members() -> None:
    for call in load_catalogue().calls():
        signs = signs_of(call, call.source)
        assert (signs is not None) is call.passes_roles
        if signs:
            assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name) for name in signs.request), call
            assert all(re.fullmatch(rb"[A-Za-z0-9]{5,}", name) for name in signs.response), call


def test_each_pass_shows_a_sign() -> None:
    for call in covered():
        signs = signs_of(call, call.source)
        for told in records_of(call):
            if passes_of(told):
                assert signs
                is_asked = not signs.request.isdisjoint(told["requestParameters"] or ())
                shown = str(told.get("responseElements")).encode()
                assert is_asked or any(name in shown for name in signs.response), told


def test_calls_that_no_catalogue_knows() -> None:
    assert signs_of(None, "new.amazonaws.com") is OF_UNKNOWN
    assert signs_of(None, "sts.amazonaws.com") is None

"""A profile goes to another process by its name."""

from __future__ import annotations

import pickle

import pytest

from corsdoctor.browsers import BROWSERS, Profile


@pytest.mark.parametrize("profile", BROWSERS, ids=lambda profile: profile.name)
def test_a_profile_stays_the_same_object(profile: Profile) -> None:
    assert pickle.loads(pickle.dumps(profile)) is profile


def test_a_changed_profile_is_refused() -> None:
    changed = BROWSERS[0]._replace(max_age_of_garbage=6)
    with pytest.raises(TypeError, match="'standard' is not one of those"):
        pickle.dumps(changed)

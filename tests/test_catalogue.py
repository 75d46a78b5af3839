"""Every rule has its words, a known anchor and a scene that shows it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from corsdoctor import catalogue
from corsdoctor.browsers import BROWSERS
from corsdoctor.diagnose import Diagnosis, Verdict
from corsdoctor.fetch.advice import COOKIE_CARRIED, ORIGIN_NOT_REFLECTED
from corsdoctor.fetch.local_network_access import TARGET_ADDRESS_SPACE
from corsdoctor.fetch.navigation import EMBEDDER_POLICY, FORM_ALLOWED
from corsdoctor.fetch.network import CERTIFICATE_FOLLOWS
from corsdoctor.fetch.websocket import WEBSOCKET_STAYS_OPEN
from corsdoctor.lab.in_process import in_process
from corsdoctor.lab.scene import Places, Scene
from corsdoctor.lab.scenes import SCENES
from corsdoctor.rule import Outcome, Rule

PLACES = Places(18090, 18091)
ANCHORS = Path(__file__).parent / "spec_anchors.txt"
ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def ids(things: Iterable[Rule]) -> list[str]:
    return [thing.id for thing in things]


def play(scene: Scene) -> list[Diagnosis]:
    """The scene in each browser, without sockets."""
    return [scene.diagnosed(PLACES, profile, in_process(PLACES)) for profile in BROWSERS]


@pytest.fixture(scope="module")
def anchors() -> set[str]:
    lines = ANCHORS.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def test_ids_are_unique() -> None:
    assert [i for i, n in Counter(ids(catalogue.RULES)).items() if n > 1] == []


@pytest.mark.parametrize("rule", catalogue.RULES, ids=ids(catalogue.RULES))
def test_a_rule_is_found_by_its_id(rule: Rule) -> None:
    assert ID.fullmatch(rule.id)
    assert catalogue.by_id(rule.id) is rule


def test_an_unknown_id_is_no_rule() -> None:
    with pytest.raises(KeyError):
        catalogue.by_id("no-such-rule")


@pytest.mark.parametrize("rule", catalogue.RULES, ids=ids(catalogue.RULES))
def test_every_text_is_there(rule: Rule) -> None:
    texts = {
        name: text for name, text in rule._asdict().items() if isinstance(text, str) and name not in ("step", "passed")
    }
    assert {name for name, text in texts.items() if not text or text != text.strip()} == set()
    assert not rule.title.endswith(".")
    assert rule.bad != rule.good
    for sentence in (rule.what, rule.why, rule.fix):
        assert sentence[-1] in ".)"


@pytest.mark.parametrize("rule", catalogue.RULES, ids=ids(catalogue.RULES))
def test_causes_have_ids_and_texts(rule: Rule) -> None:
    assert len({cause.id for cause in rule.causes}) == len(rule.causes)
    for cause in rule.causes:
        assert ID.fullmatch(cause.id)
        assert cause.text.endswith((".", "!", "?"))


@pytest.mark.parametrize("rule", catalogue.RULES, ids=ids(catalogue.RULES))
def test_the_anchor_is_known(rule: Rule, anchors: set[str]) -> None:
    assert re.match(r"https?://", rule.spec)
    assert rule.spec in anchors


def test_no_anchor_is_left_over(anchors: set[str]) -> None:
    assert anchors - {rule.spec for rule in catalogue.RULES} == set()


UNSHOWN = (
    CERTIFICATE_FOLLOWS,
    ORIGIN_NOT_REFLECTED,
    WEBSOCKET_STAYS_OPEN,
    COOKIE_CARRIED,
    EMBEDDER_POLICY,
    FORM_ALLOWED,
    TARGET_ADDRESS_SPACE,
)  # the lab has no TLS, its headers are the same for every origin, it sends no frames, and gives browsers no cookies
SHOWN = [rule for rule in catalogue.RULES if rule not in UNSHOWN]


@pytest.mark.parametrize("rule", SHOWN, ids=ids(SHOWN))
def test_a_scene_shows_the_rule(rule: Rule) -> None:
    scenes = [scene for scene in SCENES if scene.rule == rule.id]
    assert scenes
    for scene in scenes:
        assert any(step.rule is rule for diagnosis in play(scene) for step in diagnosis.steps), scene.path


def test_paths_are_unique() -> None:
    paths = Counter(scene.path for scene in SCENES)
    assert [path for path, n in paths.items() if n > 1] == []


@pytest.mark.parametrize("scene", SCENES, ids=[scene.path for scene in SCENES])
def test_a_scene_comes_to_its_verdicts(scene: Scene) -> None:
    diagnoses = play(scene)
    assert {d.profile.name: d.verdict for d in diagnoses} == {p.name: scene.expected(p.name) for p in BROWSERS}
    assert {name for name, _ in scene.but} <= {p.name for p in BROWSERS}
    for diagnosis in diagnoses:
        if diagnosis.verdict is Verdict.BLOCKED:
            assert diagnosis.failure is not None
            assert scene.rule in {step.rule.id for step in diagnosis.steps if step.outcome is not Outcome.PASS}


@pytest.mark.parametrize("scene", SCENES, ids=[scene.path for scene in SCENES])
def test_causes_are_those_that_the_rule_names(scene: Scene) -> None:
    for diagnosis in play(scene):
        for step in diagnosis.steps:
            named = {cause.id for cause in step.rule.causes}  # the fix of a cause may hold values
            assert step.cause is None or step.cause.id in named

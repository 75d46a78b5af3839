"""What a user calls a server, and what was meant."""

from __future__ import annotations

import re

import pytest

from corsdoctor.fixing import read_server
from corsdoctor.recipes import RECIPES
from corsdoctor.recipes.names import MEANT, meant_by, read_name

IDS = {recipe.id for recipe in RECIPES}
NAMES = {name for recipe in RECIPES for name in (recipe.id, *recipe.aliases)}


@pytest.mark.parametrize(
    ("name", "id"),
    [
        ("nginx", "nginx"),
        (" NGINX ", "nginx"),
        ("deno", "deno"),
        ("Supabase", "deno"),
        ("s3", "aws-s3"),
        ("lambda", "aws-lambda"),
        ("cloud functions", "cloud-functions"),
        ("Firebase Functions", "cloud-functions"),
        ("azure_blob", "azure-blob"),
        ("API Gateway", "aws-api-gateway"),
        ("Next.js", "nextjs"),
        ("node", "node-http"),
        ("Socket.IO", "socket-io"),
        ("ASP.NET", "aspnet"),
        ("", None),
        ("quux", None),
    ],
)
def test_a_name_is_read_however_it_is_written(name: str, id: str | None) -> None:
    recipe = read_name(name)
    assert (None if recipe is None else recipe.id) == id


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("k8s", "ingress-nginx"),
        ("Kubernetes", "ingress-nginx"),
        ("kubernets", "ingress-nginx"),
        ("next", "nextjs"),
        ("Node.js", "express"),
        (".NET", "aspnet"),
        ("aws", "aws-s3"),
        ("python", "fastapi"),
        ("pyhton", "fastapi"),
        ("rust", "tower-http"),
        ("gRPC", "grpc-web"),
        ("ngnix", "nginx"),
        ("exprss", "express"),
        ("denno", "deno"),
        ("functions", "cloud-functions"),
        ("wssgi", "flask"),
        ("nuxtjs", "nuxt"),
        ("python3", "fastapi"),
        ("django-rest-framework", "django"),
        ("spring boot 3", "spring"),
    ],
)
def test_the_nearest_of_meaning_is_named_first(name: str, first: str) -> None:
    [meant, *_] = meant_by(name)
    assert (meant if meant in IDS else next(r.id for r in RECIPES if meant in r.aliases)) == first


@pytest.mark.parametrize("name", ["", "quux", "web", "envoi-de-fleurs", "x" * 1000, "js" * 40, "\x1b[31m"])
def test_a_word_without_a_meaning_means_nothing(name: str) -> None:
    assert meant_by(name) == ()


def test_words_that_share_only_letters_are_not_suggested() -> None:
    assert meant_by("dino") == ("deno",)
    assert meant_by("envoyer") == ("envoy",)
    assert len(meant_by("cloud")) <= 5


def test_what_is_meant_is_a_recipe_and_no_name_hides_it() -> None:
    assert {id for ids in MEANT.values() for id in ids} <= IDS
    assert not any(read_name(word) for word in MEANT)
    assert len({re.sub("[^a-z0-9]", "", name) for name in NAMES}) == len(NAMES)
    assert all(len(ids) == len(set(ids)) for ids in MEANT.values())


def test_an_error_names_all_candidates() -> None:
    with pytest.raises(ValueError, match=r"did you mean `nextjs` or `next-rewrites`\? \(list: corsdoctor fix --list\)"):
        read_server("next")
    with pytest.raises(ValueError, match=r"did you mean `spring`, `quarkus` or `micronaut`\?"):
        read_server("java")
    with pytest.raises(ValueError, match=r"^is not a known server \(list: corsdoctor fix --list\)$"):
        read_server("quux")

"""What a user may call a server: the names of the recipes, and what was probably meant by any other word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from corsdoctor.recipes import RECIPES
from corsdoctor.recipes.recipe import Recipe
from corsdoctor.wrong_input import closest

_NODE: Final = ("express", "fastify", "nestjs", "node-http")
_BUCKETS: Final = ("aws-s3", "gcs", "azure-blob", "cloudflare-r2", "minio")
_DEV: Final = ("vite", "webpack", "angular", "next-rewrites")
MEANT: Final = {
    "ai": ("ollama", "lm-studio", "mcp"),
    "amazon": ("aws-s3", "aws-api-gateway", "aws-cloudfront", "aws-lambda"),
    "apollo": ("express", "fastify"),
    "asgi": ("fastapi", "django"),
    "aws": ("aws-s3", "aws-api-gateway", "aws-cloudfront", "aws-lambda"),
    "bucket": _BUCKETS,
    "bun": ("hono", "node-http"),
    "cdn": ("aws-cloudfront", "cloudflare-workers"),
    "ceph": ("aws-s3",),
    "channels": ("django",),
    "create-react-app": ("webpack",),
    "csharp": ("aspnet",),
    "dev-server": _DEV,
    "drf": ("django",),
    "edge": ("cloudflare-workers", "vercel", "netlify", "deno"),
    "gateway": (
        "aws-api-gateway",
        "aws-rest-api",
        "azure-api-management",
        "apigee",
        "google-endpoints",
        "gateway-api",
        "kong",
    ),
    "gcloud": ("gcs", "cloud-functions", "google-endpoints", "apigee"),
    "gcp": ("gcs", "cloud-functions", "google-endpoints", "apigee"),
    "golang": ("go-net-http", "go-rs-cors", "gin", "echo", "fiber"),
    "google": ("gcs", "cloud-functions", "google-endpoints", "apigee"),
    "graphql": ("express", "fastify", "hasura"),
    "grpc": ("grpc-web",),
    "gunicorn": ("flask", "django", "fastapi"),
    "istio": ("gateway-api", "envoy"),
    "java": ("spring", "quarkus", "micronaut"),
    "javascript": _NODE,
    "js": _NODE,
    "k8s": ("ingress-nginx", "gateway-api"),
    "kestrel": ("aspnet",),
    "kotlin": ("ktor", "spring"),
    "kubernetes": ("ingress-nginx", "gateway-api"),
    "llm": ("ollama", "lm-studio"),
    "localstack": ("aws-s3",),
    "microsoft": ("iis", "aspnet", "azure-app-service", "azure-blob"),
    "net": ("aspnet",),
    "next": ("nextjs", "next-rewrites"),
    "node-red": ("express",),
    "nodejs": _NODE,
    "object-storage": _BUCKETS,
    "openresty": ("nginx",),
    "php": ("laravel", "symfony"),
    "proxy": ("nginx", "caddy", "haproxy", *_DEV),
    "python": ("fastapi", "django", "flask", "python-http-server"),
    "react": ("vite", "webpack", "next-rewrites"),
    "ruby": ("rails",),
    "rust": ("tower-http", "actix-web"),
    "sam": ("aws-api-gateway", "aws-rest-api", "aws-lambda"),
    "serverless": ("aws-lambda", "cloud-functions", "azure-app-service", "cloudflare-workers"),
    "sinatra": ("rails",),
    "storage": _BUCKETS,
    "strapi": ("koa",),
    "tomcat": ("spring",),
    "trpc": ("express", "fastify", "nextjs"),
    "typescript": _NODE,
    "uvicorn": ("fastapi",),
    "vue": ("vite", "webpack"),
    "wasabi": ("aws-s3",),
    "web-api": ("aspnet",),
    "websocket": ("socket-io",),
    "websockets": ("socket-io",),
    "windows": ("iis",),
    "wordpress": ("apache", "nginx"),
    "ws": ("socket-io",),
    "wsgi": ("flask", "django"),
}
"""Languages, vendors and products that are the name of no recipe, and the recipes that were probably meant."""

_MOST: Final = 5
_SPELLED: Final = 0.75
"""How alike two names must be. `deno` and `envoy` are not."""


def read_name(name: str) -> Recipe | None:
    """The recipe whose name this is, however it is written: "Cloud Functions", "aws_s3", "Next.js"."""
    return _BY_LETTERS.get(_letters(name))


def meant_by(name: str) -> tuple[str, ...]:
    """The recipes that were probably meant by the name of none, the likeliest first: by meaning, else by spelling."""
    for letters in (_letters(name), *_parts(name)):
        if letters in _MEANT:
            return _MEANT[letters]
        if letters in _BY_LETTERS:
            return (_BY_LETTERS[letters].id,)
    letters = _letters(name)
    near = closest(letters, (*_BY_LETTERS, *_MEANT), _SPELLED)
    if near is not None:
        return _MEANT.get(near) or (_BY_LETTERS[near].id,)
    return tuple(recipe.id for recipe in RECIPES if letters in _words(recipe))[:_MOST]


def _parts(name: str) -> Iterator[str]:
    """The words of `name`, with and without what versions and packages add: of "python3", "vuejs" and "django-rest"."""
    for word in re.findall(r"[a-z0-9]+", name.lower()):
        yield word
        yield re.sub(r"(?<=[a-z])(js|\d+)$", "", word)


def _letters(name: str) -> str:
    """What distinguishes names: people write the same one with spaces, dots, dashes, or none of them."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _words(recipe: Recipe) -> Iterator[str]:
    """The words of its names that tell it from others."""
    for text in (recipe.id, *recipe.aliases, recipe.title.lower()):
        yield from (word for word in re.findall(r"[a-z0-9]+", text) if word not in ("web", "http", "server", "api"))


_BY_LETTERS: Final = {_letters(name): recipe for recipe in RECIPES for name in (recipe.id, *recipe.aliases)}
_MEANT: Final = {_letters(word): ids for word, ids in MEANT.items()}

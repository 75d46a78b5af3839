"""Recipes: a policy -> the configuration that grants it, for each server; one file a server.

A new one is a file with a RECIPE and a line in `RECIPES`; the tests over the table force the rest.
"""

from __future__ import annotations

from typing import Final

from corsdoctor.recipes import (
    aiohttp,
    angular,
    apache,
    aspnet,
    aws_api_gateway,
    aws_cloudfront,
    aws_lambda,
    aws_s3,
    azure_blob,
    caddy,
    cloudflare_workers,
    django,
    envoy,
    express,
    fastapi,
    fastify,
    flask,
    gcs,
    go_jub0bs_cors,
    go_net_http,
    go_rs_cors,
    haproxy,
    iis,
    koa,
    laravel,
    nestjs,
    netlify,
    next_rewrites,
    nextjs,
    nginx,
    node_http,
    rails,
    spring,
    tower_http,
    traefik,
    vercel,
    vite,
    webpack,
)
from corsdoctor.recipes.recipe import Recipe

RECIPES: Final = (
    nginx.RECIPE,
    apache.RECIPE,
    caddy.RECIPE,
    haproxy.RECIPE,
    envoy.RECIPE,
    traefik.RECIPE,
    iis.RECIPE,
    express.RECIPE,
    fastify.RECIPE,
    koa.RECIPE,
    nestjs.RECIPE,
    nextjs.RECIPE,
    node_http.RECIPE,
    flask.RECIPE,
    fastapi.RECIPE,
    django.RECIPE,
    aiohttp.RECIPE,
    spring.RECIPE,
    aspnet.RECIPE,
    laravel.RECIPE,
    rails.RECIPE,
    go_rs_cors.RECIPE,
    go_jub0bs_cors.RECIPE,
    go_net_http.RECIPE,
    tower_http.RECIPE,
    aws_s3.RECIPE,
    aws_api_gateway.RECIPE,
    aws_cloudfront.RECIPE,
    aws_lambda.RECIPE,
    gcs.RECIPE,
    azure_blob.RECIPE,
    cloudflare_workers.RECIPE,
    netlify.RECIPE,
    vercel.RECIPE,
    vite.RECIPE,
    webpack.RECIPE,
    angular.RECIPE,
    next_rewrites.RECIPE,
)


def by_id(id: str) -> Recipe:
    """The recipe with this id or alias; KeyError where there is none."""
    return _BY_NAME[id]


_BY_NAME: Final = {name: recipe for recipe in RECIPES for name in (recipe.id, *recipe.aliases)}
